"""Disks that fail, fill up, vanish or hang, cameras that pause, clocks that jump: what is kept, what is told, and that it goes on alone."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from recordings.directory import IDENTITY_FILE
from recordings.health import Condition
from recordings.recorder import NotRecorded, Plan
from recordings.rules.accounting import Fact, Kind, account
from recordings.rules.cutting import Cutting
from recordings.rules.spans import Span
from recordings.segment_file import NEW_DIRECTORY, scan_file
from recordings.segment_header import parse_header
from streaming.media.packet import Codec, MediaPacket, Role, StreamKey, Tracks
from streaming.media.timing import to_ms
from tests.support import footage
from tests.support.faulty_disk import FaultyDisk
from tests.support.footage import START_MS
from tests.support.recording_rig import STREAM, Rig
from tests.support.stamps import stamped, stamps_in

OTHER_ID = UUID("99999999-2222-3333-4444-555555555555")
OTHER_STREAM = StreamKey(8, Role.MAIN)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


@pytest.fixture
def disk(rig: Rig) -> Iterator[FaultyDisk]:
    with FaultyDisk(rig.directory.path) as disk:
        yield disk


def pictures(seconds: float, *, of: Tracks, start_ms: int = START_MS) -> list[MediaPacket]:
    return list(stamped(footage.packets(seconds, of=of, start_ms=start_ms), of.video.codec))


def spans(files: list[Path]) -> list[Span]:
    found = []
    for path in files:
        whole = scan_file(path)
        started_ms, last = parse_header(whole.header_payload).started_at_ms, whole.fragments[-1]
        found.append(Span(started_ms, started_ms + to_ms(last.start_90k + last.duration_90k)))
    return found


def accounted(rig: Rig, window: Span, stream: StreamKey = STREAM) -> list[tuple[Kind, str]]:
    facts = sorted(
        (Fact(n.at_ms, n.kind, n.reason) for n in rig.notes() if n.camera_id == stream.camera_id and n.role == str(stream.role)),
        key=lambda fact: fact.at_ms,
    )
    return [(entry.kind, entry.reason) for entry in account(window, recorded=spans(rig.files()), deletions=[], facts=facts)]


def test_a_clock_set_back_loses_nothing_and_overwrites_nothing(rig: Rig) -> None:
    """Media time goes on (docs/time.md), the wall clock says the same hour again, to the millisecond."""
    of = footage.tracks()
    sent = pictures(20, of=of)
    again = [replace(packet, captured_at_ms=packet.captured_at_ms - 10_000) if n >= 250 else packet for n, packet in enumerate(sent)]
    files = rig.record(of, again)
    assert [path.name for path in files] == ["11-06-40.000Z-2.mp4", "11-06-40.000Z.mp4"]
    assert sorted(stamp for path in files for stamp in stamps_in(path)) == list(range(500))


def test_a_clock_put_ahead_loses_nothing_and_the_account_says_what_the_hole_is(rig: Rig) -> None:
    """Media time follows some seconds later (docs/time.md), in the middle of a group of pictures."""
    of = footage.tracks()
    hours_ms = 2 * 3_600_000
    sent = [
        replace(
            packet,
            captured_at_ms=packet.captured_at_ms + hours_ms * (n >= 260),
            dts_90k=packet.dts_90k + hours_ms * 90 * (n >= 310),
            pts_90k=packet.pts_90k + hours_ms * 90 * (n >= 310),
        )
        for n, packet in enumerate(pictures(30, of=of))
    ]
    files = rig.record(of, sent)
    assert [stamp for path in files for stamp in stamps_in(path)] == list(range(750))
    found = accounted(rig, Span(START_MS, START_MS + hours_ms + 29_000))
    assert found == [(Kind.RECORDED, ""), (Kind.CLOCK_SET, "by 2 h"), (Kind.RECORDED, "")]
    assert spans(files)[-1].end_ms == pytest.approx(START_MS + hours_ms + 30_000, abs=40)


def test_a_clock_set_back_leaves_no_hole_in_the_account(rig: Rig) -> None:
    of = footage.tracks()
    sent = [replace(p, captured_at_ms=p.captured_at_ms - 60_000 * (n >= 1_800)) for n, p in enumerate(pictures(90, of=of))]
    rig.record(of, sent)
    assert accounted(rig, Span(START_MS, START_MS + 71_000)) == [(Kind.RECORDED, "")]


def test_a_camera_that_sends_keyframes_only_costs_no_fragment_per_picture(rig: Rig) -> None:
    of = footage.tracks(Codec.MJPEG)
    (path,) = rig.record(of, pictures(10, of=of))
    assert stamps_in(path) == list(range(250))
    assert len(scan_file(path).fragments) == 20
    assert all(fragment.is_key for fragment in scan_file(path).fragments)


def test_a_slow_camera_does_not_pause_between_its_pictures(rig: Rig) -> None:
    of = footage.tracks()
    step = 4 * 90_000
    slow = [
        replace(
            p, pts_90k=START_MS * 90 + n * step, dts_90k=START_MS * 90 + n * step, duration_90k=step, captured_at_ms=START_MS + n * 4000
        )
        for n, p in enumerate(pictures(0.4, of=of))
    ]
    (path,) = rig.record(of, slow)
    assert stamps_in(path) == list(range(10))


def test_a_pause_in_a_group_of_pictures_costs_none_of_them_and_a_longer_one_begins_a_file(rig: Rig) -> None:
    of = footage.tracks()

    def later(packet: MediaPacket, pause_ms: int) -> MediaPacket:
        pause_90k = pause_ms * 90
        return replace(
            packet,
            pts_90k=packet.pts_90k + pause_90k,
            dts_90k=packet.dts_90k + pause_90k,
            captured_at_ms=packet.captured_at_ms + pause_ms,
        )

    sent = [later(packet, 4000) if n >= 60 else packet for n, packet in enumerate(pictures(4, of=of))]
    files = rig.record(of, sent)
    assert [stamps_in(path) for path in files] == [list(range(75)), list(range(75, 100))]


@pytest.mark.parametrize("late_ms", [2_400, -2_400])
def test_a_network_that_stalls_where_a_file_ends_leaves_no_hole(rig: Rig, late_ms: int) -> None:
    of = footage.tracks()
    # Late (or early, after a stall) where the second file begins, on time again where the third does.
    sent = [
        replace(packet, captured_at_ms=packet.captured_at_ms + late_ms) if 1_400 <= n < 2_900 else packet
        for n, packet in enumerate(pictures(240, of=of))
    ]
    files = rig.record(of, sent)
    assert sorted(stamp for path in files for stamp in stamps_in(path)) == list(range(6_000))
    assert len(files) >= 4
    assert accounted(rig, Span(START_MS, START_MS + 239_000)) == [(Kind.RECORDED, "")]
    assert abs(spans(files)[-1].end_ms - (START_MS + 240_000)) <= 1_000  # it is not carried along


def test_pictures_reach_the_disk_though_no_more_come(rig: Rig) -> None:
    of = footage.tracks()
    with rig.running():
        rig.feed(of, pictures(1.6, of=of))
        rig.wait_until(lambda: bool(rig.files()) and stamps_in(rig.files()[0]) == list(range(40)), 8)


def test_the_states_of_a_camera_explain_its_gaps(rig: Rig) -> None:
    of = footage.tracks()
    with rig.running() as recorder:
        recorder.interrupt(STREAM, "camera_down", "connecting")
        recorder.resume(STREAM)
        rig.feed(of, pictures(4, of=of))
        recorder.interrupt(STREAM, "camera_down", "The camera refused the connection.")
        recorder.resume(STREAM)
        rig.feed(of, pictures(4, of=of, start_ms=START_MS + 60_000))
    assert accounted(rig, Span(START_MS, START_MS + 64_000)) == [
        (Kind.RECORDED, ""),
        (Kind.CAMERA_DOWN, "The camera refused the connection."),
        (Kind.RECORDED, ""),
    ]


def test_a_stream_that_leaves_the_plans_ends_its_file_with_the_reason(rig: Rig) -> None:
    of = footage.tracks()
    sent = pictures(8, of=of)
    with rig.running():
        rig.feed(of, sent[:100])
        rig.settle()
        rig.wait_until(lambda: rig.kinds() == ["recording"])
        rig.plan({STREAM: NotRecorded("schedule_off", "off by schedule until 18:00")})
        rig.feed(of, sent[100:150])
        rig.plan({STREAM: Plan((rig.directory,), Cutting())})
        rig.feed(of, sent[150:])
    assert [stamps_in(path) for path in rig.files()] == [list(range(100)), list(range(150, 200))]
    assert {(note.kind, note.reason) for note in rig.notes()} == {("recording", ""), ("schedule_off", "off by schedule until 18:00")}


@pytest.mark.parametrize("was_stopped", [True, False])
def test_that_nothing_was_running_is_known_at_the_next_start(rig: Rig, was_stopped: bool) -> None:
    of = footage.tracks()
    rig.record(of, pictures(4, of=of))
    alive = json.loads((rig.journal_dir / "alive").read_text())
    assert alive["was_stopped"] is True
    (rig.journal_dir / "alive").write_text(json.dumps({"at_ms": START_MS + 4500, "was_stopped": was_stopped}))
    rig.start_over()
    rig.record(of, pictures(4, of=of, start_ms=START_MS + 3_600_000))
    (_, gap, _) = accounted(rig, Span(START_MS, START_MS + 3_604_000))
    assert gap == (Kind.NOT_RUNNING, "the NVR was stopped" if was_stopped else "a crash or a power cut")


def test_a_directory_that_vanishes_gets_nothing_until_it_is_back(rig: Rig) -> None:
    """As with a disk that is unmounted: an empty mount point is left."""
    of = footage.tracks()
    aside = rig.root / "aside"
    with rig.running():
        rig.feed(of, pictures(4, of=of))
        rig.wait_until(lambda: len(rig.files()) == 1)
        rig.directory.path.rename(aside)
        rig.directory.path.mkdir()
        rig.feed(of, pictures(4, of=of, start_ms=START_MS + 7_000))
        rig.wait_until(lambda: rig.recorder.reports()[0].state.condition is Condition.FAILING)
        assert list(rig.directory.path.iterdir()) == []
        rig.directory.path.rmdir()
        aside.rename(rig.directory.path)
        rig.wait_until(lambda: rig.recorder.reports()[0].state.is_well)
        rig.feed(of, pictures(4, of=of, start_ms=START_MS + 40_000))
    assert [stamps_in(path)[0] for path in rig.files()] == [0, 0]
    (_, (kind, reason), _) = accounted(rig, Span(START_MS, START_MS + 44_000))
    assert kind is Kind.WRITE_FAILURE
    assert "not mounted" in reason


def test_a_directory_that_was_swapped_for_anothers_gets_nothing(rig: Rig) -> None:
    of = footage.tracks()
    shutil.rmtree(rig.directory.path)
    rig.new_directory("footage", OTHER_ID)
    assert rig.record(of, pictures(4, of=of)) == []
    assert [path.name for path in rig.directory.path.iterdir()] == [IDENTITY_FILE]
    assert "belongs to another" in rig.notes()[-1].reason


def test_when_one_directory_fails_footage_goes_on_in_the_other_and_comes_back(rig: Rig) -> None:
    of, second = footage.tracks(), rig.new_directory("second", OTHER_ID)
    rig.plan({STREAM: Plan((rig.directory, second), Cutting())})
    identity = rig.directory.path / IDENTITY_FILE
    with rig.running():
        rig.feed(of, pictures(4, of=of))
        rig.settle()
        hidden = identity.rename(rig.root / "identity")
        rig.wait_until(lambda: not rig.recorder.reports()[0].state.is_well)
        rig.feed(of, pictures(4, of=of, start_ms=START_MS + 4000))
        hidden.rename(identity)
        rig.wait_until(lambda: rig.recorder.reports()[0].state.is_well)
        rig.feed(of, pictures(4, of=of, start_ms=START_MS + 8000))
    assert [stamps_in(path) for path in rig.files()] == [list(range(100)), list(range(100))]
    assert [stamps_in(path) for path in rig.files(second)] == [list(range(100))]
    assert rig.kinds() == ["recording"]


@pytest.mark.parametrize(("operation", "number"), [("writev", "EIO"), ("writev", "ENOSPC"), ("writev", "EROFS"), ("fdatasync", "EIO")])
def test_an_error_of_the_disk_ends_the_file_with_what_it_holds_and_recording_goes_on_alone(
    rig: Rig, disk: FaultyDisk, operation: str, number: str
) -> None:
    of = footage.tracks()
    with rig.running():
        rig.feed(of, pictures(10, of=of))
        rig.settle()
        rig.wait_until(lambda: bool(rig.files()))
        disk.fail(operation, number)
        rig.feed(of, pictures(10, of=of, start_ms=START_MS + 10_000))
        rig.wait_until(lambda: rig.recorder.reports()[0].state.condition is Condition.FAILING)
        disk.mend()
        rig.wait_until(lambda: rig.recorder.reports()[0].state.is_well)
        rig.feed(of, pictures(10, of=of, start_ms=START_MS + 60_000))
    files = rig.files()
    assert len(files) == 2
    assert stamps_in(files[0])[:225] == list(range(225))
    assert stamps_in(files[1]) == list(range(250))
    kinds = rig.kinds()  # it may have been tried again, in vain, before the disk was mended
    assert kinds == ["recording", "write_failure"] * (len(kinds) // 2) + ["recording"]
    assert rig.notes()[1].reason == f"the disk refuses: {os.strerror(getattr(errno, number))}"


def test_a_disk_that_hangs_holds_up_neither_ingest_nor_another_disk_and_costs_nothing_if_it_is_back_soon(
    rig: Rig, disk: FaultyDisk
) -> None:
    of, second = footage.tracks(), rig.new_directory("second", OTHER_ID)
    rig.plan({STREAM: Plan((rig.directory,), Cutting()), OTHER_STREAM: Plan((second,), Cutting())})
    with rig.running():
        rig.feed(of, pictures(4, of=of))
        rig.settle()
        disk.hang()
        rig.feed(of, pictures(20, of=of, start_ms=START_MS + 4000))
        rig.feed(of, pictures(20, of=of), stream=OTHER_STREAM)
        rig.wait_until(lambda: bool(rig.files(second)) and len(stamps_in(rig.files(second)[0])) >= 450)
        rig.wait_until(lambda: rig.recorder.reports()[0].state.condition is Condition.HANGING)
        rig.plan({STREAM: Plan((rig.directory,), Cutting()), OTHER_STREAM: Plan((second,), Cutting())})
        rig.wait_until(lambda: rig.kinds()[-1] == "write_failure")
        disk.mend()
        rig.settle()
    assert [stamp for path in rig.files() for stamp in stamps_in(path)] == [*range(100), *range(500)]
    assert rig.kinds(OTHER_STREAM) == ["recording"]


def test_memory_is_bounded_in_total_while_all_disks_hang(tmp_path: Path) -> None:
    of = footage.tracks()
    sent = pictures(10, of=of)
    rig = Rig(tmp_path, backlog_bytes=sum(len(p.data) for p in sent) // 4)
    streams = [StreamKey(number, Role.MAIN) for number in range(1, 17)]
    rig.plan({stream: Plan((rig.directory,), Cutting()) for stream in streams})
    for stream in streams:  # nobody takes them: the recorder is not started
        rig.feed(of, sent, stream=stream)
    (report,) = rig.recorder.reports()
    assert report.waiting_bytes <= 8 * rig.backlog_bytes
    assert report.dropped_packets > 0


def test_what_a_kill_left_unnamed_is_named_at_the_next_start(rig: Rig) -> None:
    of = footage.tracks()
    (path,) = rig.record(of, pictures(4, of=of))
    whole = scan_file(path)
    new = rig.directory.path / NEW_DIRECTORY
    (new / "1-1").write_bytes(path.read_bytes()[: whole.fragments[1].offset_bytes + 100])
    (new / "1-2").write_bytes(path.read_bytes()[: whole.fragments[0].offset_bytes + 100])
    path.unlink()
    rig.start_over()
    with rig.running():
        rig.wait_until(lambda: rig.files() == [path] and not list(new.iterdir()))
    assert rig.news[-1].is_finished
    rig.start_over()
    with rig.running():
        pass
    assert stamps_in(path) == list(range(25))


def test_the_catalogue_is_told_the_name_that_a_file_got(rig: Rig) -> None:
    of = footage.tracks()
    for _ in range(3):
        rig.start_over()
        rig.record(of, pictures(2, of=of))
    names = ["11-06-40.000Z.mp4", "11-06-40.000Z-2.mp4", "11-06-40.000Z-3.mp4"]
    assert [Path(news.path).name for news in rig.news if news.is_finished] == names
    assert sorted(path.name for path in rig.files()) == sorted(names)

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import av
import pytest

from recordings.directory import RecordingDirectory
from recordings.journal import Journal, read_notes
from recordings.lane import Pace
from recordings.lane_writer import SegmentNews
from recordings.recorder import Plan, Recorder
from recordings.rules.cutting import Cutting
from recordings.rules.fragments import from_bytes, to_bytes
from recordings.segment_file import scan_file
from recordings.segment_header import parse_header
from streaming.media.packet import Codec, MediaPacket, Role, StreamKey, Tracks
from tests.support.footage import START_MS, packets, tracks

STREAM = StreamKey(7, Role.MAIN)
DIRECTORY_ID = UUID("11111111-2222-3333-4444-555555555555")


class Rig:
    """A recorder on a directory of its own, fed faster than time passes."""

    def __init__(self, root: Path) -> None:
        self.directory = RecordingDirectory(DIRECTORY_ID, root / "footage", keep_free_bytes=0)
        self.directory.claim()
        self.news: list[SegmentNews] = []
        self.journal_dir = root / "journal"
        self.journal = Journal(self.journal_dir)
        self.recorder = Recorder(journal=self.journal, tell=self.news.append, backlog_bytes_per_stream=64 * 2**20, pace=Pace(0.002, 0))
        self.plan({STREAM: Plan((self.directory,), Cutting())})

    def plan(self, plans: dict[StreamKey, Plan]) -> None:
        self.recorder.set_plans(plans)

    def record(self, of: Tracks, *parts: Iterator[MediaPacket]) -> list[Path]:
        self.journal.start()
        self.recorder.start()
        self.recorder.announce(STREAM, of)
        for packet in itertools.chain(*parts):
            self.recorder.write(STREAM, packet)
        assert self.recorder.close(20)
        self.journal.close()
        return self.files()

    def files(self) -> list[Path]:
        return sorted((self.directory.path).rglob("*.mp4"))

    def kinds(self) -> list[str]:
        days = sorted(path.stem for path in self.journal_dir.glob("*.jsonl"))
        return [note.kind for day in days for note in read_notes(self.journal_dir, date.fromisoformat(day))]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def decoded(path: Path) -> tuple[int, int, list[int | None]]:
    """Pictures, audio frames and the pictures' decode times in 90 kHz, by FFmpeg."""
    with av.open(str(path)) as container:
        sounds, times = 0, list[int | None]()
        for packet in container.demux():
            if packet.size == 0:
                continue
            if packet.stream.type == "video":
                times.append(packet.dts)
            else:
                sounds += 1
    with av.open(str(path)) as container:
        pictures = sum(1 for _ in container.decode(video=0))
    return pictures, sounds, times


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265])
@pytest.mark.parametrize("audio", [None, Codec.AAC, Codec.PCMA])
def test_every_picture_is_in_files_of_at_most_a_minute_that_ffmpeg_plays(rig: Rig, codec: Codec, audio: Codec | None) -> None:
    of = tracks(codec, audio=audio)
    files = rig.record(of, packets(130, of=of))
    assert len(files) == 3
    results = [decoded(path) for path in files]
    assert sum(pictures for pictures, _, _ in results) == 130 * 25
    for _, sounds, times in results:
        assert times == [number * 3600 for number in range(len(times))]
        assert len(times) <= 60 * 25
        assert bool(sounds) == (audio is not None)


def test_pictures_go_through_bit_for_bit(rig: Rig) -> None:
    of = tracks()
    sent = list(packets(3, of=of))
    (path,) = rig.record(of, iter(sent))
    with av.open(str(path)) as container:
        units = [bytes(packet) for packet in container.demux(video=0) if packet.size]

    def slices(data: bytes, is_annexb: bool) -> list[bytes]:
        from streaming.media.h264 import nal_type, split_annexb

        if is_annexb:
            nals = split_annexb(data)
        else:
            nals, at = [], 0
            while at < len(data):
                size = int.from_bytes(data[at : at + 4], "big")
                nals.append(data[at + 4 : at + 4 + size])
                at += 4 + size
        return [nal for nal in nals if nal_type(nal) != 9]

    assert [slices(unit, False) for unit in units] == [slices(packet.data, True) for packet in sent]


def test_a_file_tells_who_and_when_it_is_from(rig: Rig) -> None:
    of = tracks()
    (path,) = rig.record(of, packets(3, of=of))
    header = parse_header(scan_file(path).header_payload)
    assert (header.camera_id, header.role, header.started_at_ms, header.directory_id) == (7, "main", START_MS, str(DIRECTORY_ID))
    assert path.relative_to(rig.directory.path).as_posix() == "camera-7/main/2026-11-18/11-06-40.000Z.mp4"


def test_the_index_covers_the_file_and_survives_its_compact_form(rig: Rig) -> None:
    of = tracks(audio=Codec.AAC)
    (path,) = rig.record(of, packets(20, of=of))
    found = scan_file(path)
    assert found.whole_bytes == path.stat().st_size
    assert found.fragments[0].offset_bytes == found.init_bytes
    assert sum(fragment.duration_90k for fragment in found.fragments) == 20 * 90_000
    assert max(fragment.duration_90k for fragment in found.fragments) <= 90_000
    assert from_bytes(to_bytes(found.fragments)) == found.fragments


def test_a_torn_tail_hides_nothing_in_front_of_it(rig: Rig, tmp_path: Path) -> None:
    of = tracks()
    (path,) = rig.record(of, packets(4, of=of))
    data, whole = path.read_bytes(), scan_file(path)
    torn = tmp_path / "torn.mp4"
    last = whole.fragments[-1]
    for size in (last.offset_bytes + 1, last.offset_bytes + 9, last.offset_bytes + last.size_bytes // 2, len(data) - 1):
        torn.write_bytes(data[:size])
        assert scan_file(torn).fragments == whole.fragments[:-1]


def test_a_pause_of_the_camera_ends_the_file(rig: Rig) -> None:
    of = tracks()
    files = rig.record(of, packets(4, of=of), packets(4, of=of, start_ms=START_MS + 10_000))
    assert [decoded(path)[0] for path in files] == [100, 100]


def test_new_parameters_begin_a_new_file(rig: Rig) -> None:
    first, second = tracks(), tracks(generation=2, width_px=480, height_px=272)
    rig.journal.start()
    rig.recorder.start()
    for of, start_ms in ((first, START_MS), (second, START_MS + 4000)):
        rig.recorder.announce(STREAM, of)
        for packet in packets(4, of=of, start_ms=start_ms):
            rig.recorder.write(STREAM, packet)
    rig.recorder.close()
    sizes = []
    for path in rig.files():
        with av.open(str(path)) as container:
            sizes.append((container.streams.video[0].width, decoded(path)[0]))
    assert sizes == [(320, 100), (480, 100)]


def test_an_unmounted_directory_gets_no_byte_and_the_reason_is_kept(rig: Rig) -> None:
    (rig.directory.path / ".nvr-recordings.json").unlink()
    of = tracks()
    assert rig.record(of, packets(4, of=of)) == []
    assert "write_failure" in rig.kinds()
    assert list(rig.directory.path.iterdir()) == []


def test_a_full_queue_costs_pictures_up_to_a_keyframe_and_is_told(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    of = tracks()
    sent = list(packets(10, of=of))
    rig.recorder = Recorder(journal=rig.journal, tell=rig.news.append, backlog_bytes_per_stream=sum(len(p.data) for p in sent[:60]))
    rig.plan({STREAM: Plan((rig.directory,), Cutting())})
    rig.recorder.announce(STREAM, of)
    for packet in sent:  # nobody takes them yet: the disk stands still
        rig.recorder.write(STREAM, packet)
    (report,) = rig.recorder.reports()
    assert report.dropped_packets == len(sent) - 60
    rig.journal.start()
    rig.recorder.start()
    for packet in packets(4, of=of, start_ms=START_MS + 10_000):
        rig.recorder.write(STREAM, packet)
    rig.recorder.close()
    rig.journal.close()
    assert "overload" in rig.kinds()
    assert all(decoded(path)[0] > 0 for path in rig.files())


def test_a_stream_without_a_plan_is_not_recorded(rig: Rig) -> None:
    rig.plan({})
    of = tracks()
    assert rig.record(of, packets(4, of=of)) == []

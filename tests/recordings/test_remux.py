"""What an independent reader, FFmpeg, makes of exported files: the right first picture, the right length, sound in step."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from uuid import UUID

import av
import pytest

from recordings import remux
from recordings.directory import RecordingDirectory
from recordings.rules.export_plan import Piece, Source, pieces_of, weigh
from recordings.rules.fragments import to_gops
from recordings.rules.movie import Labels
from recordings.rules.spans import Span
from recordings.segment_file import scan_file
from recordings.segment_header import parse_header
from streaming.media.packet import Codec, MediaPacket, Role, StreamKey, Tracks
from tests.support.numbered import FPS, beeps, footage, shown
from tests.support.recorded import record

START_MS = 1_795_000_000_000
Parts = tuple[tuple[Tracks, list[MediaPacket]], ...]


def sources(root: Path, *parts: tuple[Tracks, list[MediaPacket]]) -> list[Source]:
    directory = RecordingDirectory(UUID(int=1), root / "footage", keep_free_bytes=0)
    directory.claim()
    found = []
    for path in record(directory, StreamKey(7, Role.MAIN), parts, segment_ms=10_000):
        scan = scan_file(path)
        header = parse_header(scan.header_payload)
        gops = to_gops(scan.fragments)
        end_ms = header.started_at_ms + (gops[-1].start_90k + gops[-1].duration_90k) // 90
        found.append(Source(path, Span(header.started_at_ms, end_ms), header.started_90k, scan.whole_bytes, scan.init_bytes, gops))
    return found


def label(start_ms: int, end_ms: int) -> Labels:
    return Labels(start_ms, "Front door", f"{start_ms}-{end_ms}")


def export(root: Path, pieces: list[Piece]) -> list[Path]:
    paths = []
    for number, movie in enumerate(remux.compose(pieces, label)):
        paths.append(root / f"{number}.mp4")
        told: list[int] = []
        with paths[-1].open("wb") as file:
            remux.write(movie, file, told.append)
        assert paths[-1].stat().st_size == movie.size_bytes
    return paths


def seconds(first_ms: int, last_ms: int) -> Span:
    return Span(START_MS + first_ms, START_MS + last_ms)


@pytest.mark.parametrize(("codec", "b_frames"), [(Codec.H264, 0), (Codec.H264, 2), (Codec.H265, 0), (Codec.MJPEG, 0)])
@pytest.mark.parametrize("audio", [None, Codec.AAC, Codec.PCMA])
def test_shows_exactly_the_span_with_sound_in_step(tmp_path: Path, codec: Codec, b_frames: int, audio: Codec | None) -> None:
    found = sources(tmp_path, footage(25, start_ms=START_MS, codec=codec, audio=audio, b_frames=b_frames))
    assert len(found) >= 3
    pieces = pieces_of(found, seconds(3_300, 22_740))
    (path,) = export(tmp_path, pieces)
    pictures = shown(path)
    first, last = 3_300 // 40, (22_740 - 1) // 40
    assert [number for _, number in pictures] == list(range(first, last + 1))
    assert [round(at * FPS) for at, _ in pictures] == list(range(len(pictures)))
    with av.open(str(path)) as container:
        assert container.duration is not None
        assert abs(container.duration / 1e6 - (last + 1 - first) / FPS) < 0.002
    if audio:
        expected = [second - first / FPS for second in range(4, 23)]
        heard = [at for at in beeps(path) if at > 0.3]
        assert len(heard) == len(expected)
        assert max(abs(at - due) for at, due in zip(heard, expected, strict=True)) < 0.04
    assert path.stat().st_size <= weigh(pieces) < path.stat().st_size + 30_000


def test_a_gap_is_cut_out_and_sound_stays_with_the_pictures(tmp_path: Path) -> None:
    before = footage(12, start_ms=START_MS, audio=Codec.PCMA)
    after = footage(12, start_ms=START_MS + 20_000, audio=Codec.PCMA, first=500)
    (path,) = export(tmp_path, pieces_of(sources(tmp_path, before, after), seconds(5_000, 28_000)))
    pictures = shown(path)
    assert [number for _, number in pictures] == [*range(125, 300), *range(500, 700)]
    times = {number: at for at, number in pictures}
    assert times[500] == pytest.approx(7.0, abs=0.001)
    due = [times[number] for number in [*range(150, 300, 25), *range(525, 700, 25)]]
    # Where the cuts are there may be half a beep, and FFmpeg plays the last frame of sound to its end.
    heard = [at for at in beeps(path) if 0.3 < at < 14.5 and abs(at - 7.0) > 0.3]
    assert heard == pytest.approx(due, abs=0.04)


def test_a_pause_nobody_calls_a_gap_stands_still(tmp_path: Path) -> None:
    before, after = footage(4, start_ms=START_MS), footage(4, start_ms=START_MS + 5_200, first=500)
    (path,) = export(tmp_path, pieces_of(sources(tmp_path, before, after), seconds(0, 9_200)))
    times = {number: at for at, number in shown(path)}
    assert times[500] == pytest.approx(5.2, abs=0.001)


def test_other_parameters_begin_another_file(tmp_path: Path) -> None:
    before, (tracks, packets) = footage(4, start_ms=START_MS), footage(4, start_ms=START_MS + 4_000, first=100, width=480)
    after = Tracks(2, tracks.video, None), [MediaPacket(p.track, 2, *[getattr(p, n) for n in FIELDS]) for p in packets]
    first, second = export(tmp_path, pieces_of(sources(tmp_path, before, after), seconds(1_000, 7_000)))
    assert [number for _, number in shown(first)] == list(range(25, 100))
    assert [number for _, number in shown(second)] == list(range(100, 175))


FIELDS = ("pts_90k", "dts_90k", "duration_90k", "is_key", "captured_at_ms", "data")


def test_tells_when_and_what_it_shows_and_has_its_tables_in_front(tmp_path: Path) -> None:
    pieces = pieces_of(sources(tmp_path, footage(8, start_ms=START_MS, audio=Codec.AAC)), seconds(2_000, 6_000))
    (path,) = export(tmp_path, pieces)
    with av.open(str(path)) as container:
        assert container.metadata["creation_time"] == "2026-11-18T11:06:42.000000Z"
        assert container.metadata["title"] == "Front door"
        assert container.metadata["comment"] == f"{START_MS + 2_000}-{START_MS + 6_000}"
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_a_span_without_footage_makes_no_file(tmp_path: Path) -> None:
    assert pieces_of(sources(tmp_path, footage(4, start_ms=START_MS)), seconds(60_000, 70_000)) == []


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is another make's reader, where there is one")
def test_ffprobe_finds_nothing_wrong(tmp_path: Path) -> None:
    found = sources(tmp_path, footage(15, start_ms=START_MS, audio=Codec.PCMA, b_frames=2))
    (path,) = export(tmp_path, pieces_of(found, seconds(3_000, 13_000)))
    words = [
        "ffprobe",
        "-v",
        "error",
        "-count_frames",
        "-show_entries",
        "stream=codec_type,duration,nb_read_frames,start_time",
        "-of",
        "json",
    ]
    done = subprocess.run([*words, str(path)], capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    video, audio = json.loads(done.stdout)["streams"]
    assert (video["codec_type"], video["nb_read_frames"], float(video["start_time"])) == ("video", "250", 0.0)
    assert float(video["duration"]) == pytest.approx(10.0, abs=0.001)
    assert float(audio["duration"]) == pytest.approx(10.0, abs=0.15)

"""A recorder on a directory of its own that is fed faster than time passes: after each step of media time it waits until all is written, so
that the clock on the wall does not matter.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from recordings.directory import RecordingDirectory
from recordings.journal import Journal, Note, read_notes
from recordings.lane import Pace
from recordings.lane_writer import SegmentNews
from recordings.recorder import Plan, Plans, Recorder
from recordings.rules.cutting import Cutting
from recordings.segment_file import SegmentFile
from streaming.media.packet import MediaPacket, Role, StreamKey, Tracks

QUICK = Pace(poll_s=0.001, between_syncs_s=0.0)
STREAM = StreamKey(7, Role.MAIN)
DIRECTORY_ID = UUID("11111111-2222-3333-4444-555555555555")


class WatchedFile(SegmentFile):
    """Every file that was made, so that what of it is written and synced can be asked at any moment."""

    made: ClassVar[list[WatchedFile]] = []

    def __init__(self, path: Path, pieces: Sequence[bytes], *, root: int) -> None:
        super().__init__(path, pieces, root=root)
        WatchedFile.made.append(self)


@dataclass
class Rig:
    root: Path
    pace: Pace = QUICK
    keep_free_bytes: int = 0
    backlog_bytes: int = 64 * 2**20
    news: list[SegmentNews] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.directory = self.new_directory("footage", DIRECTORY_ID)
        self.journal_dir = self.root / "journal"
        self.start_over()

    def new_directory(self, name: str, directory_id: UUID) -> RecordingDirectory:
        directory = RecordingDirectory(directory_id, self.root / name, self.keep_free_bytes)
        directory.claim()
        return directory

    def start_over(self) -> None:
        """As after a crash or a stop: a new recorder on the same disk."""
        self.fed_bytes = 0
        self.journal = Journal(self.journal_dir)
        self.recorder = Recorder(
            journal=self.journal,
            tell=self.news.append,
            backlog_bytes_per_stream=self.backlog_bytes,
            backlog_bytes=8 * self.backlog_bytes,
            pace=self.pace,
        )
        self.plan({STREAM: Plan((self.directory,), Cutting())})

    def plan(self, plans: Plans) -> None:
        self.recorder.set_plans(plans)

    @contextmanager
    def running(self) -> Iterator[Recorder]:
        self.journal.start()
        self.recorder.start()
        try:
            yield self.recorder
        finally:
            assert self.recorder.close(20)
            self.journal.close()

    def record(self, of: Tracks, *parts: Iterable[MediaPacket], stream: StreamKey = STREAM) -> list[Path]:
        """All at once, then stopped."""
        with self.running():
            self.feed(of, *parts, stream=stream)
        return self.files()

    def feed(self, of: Tracks, *parts: Iterable[MediaPacket], stream: StreamKey = STREAM) -> None:
        self.recorder.announce(stream, of)
        for part in parts:
            for packet in part:
                self.write(stream, packet)

    def write(self, stream: StreamKey, packet: MediaPacket) -> None:
        self.fed_bytes += len(packet.data)
        self.recorder.write(stream, packet)

    def settle(self) -> None:
        """Until the writers have had all that was fed."""
        self.wait_until(lambda: sum(report.figures.received_bytes for report in self.recorder.reports()) >= self.fed_bytes)

    def files(self, directory: RecordingDirectory | None = None) -> list[Path]:
        return sorted((directory or self.directory).path.rglob("*.mp4"))

    def notes(self) -> list[Note]:
        days = sorted(path.stem for path in self.journal_dir.glob("*.jsonl"))
        return [note for day in days for note in read_notes(self.journal_dir, date.fromisoformat(day))]

    def kinds(self, stream: StreamKey = STREAM) -> list[str]:
        return [note.kind for note in self.notes() if (note.camera_id, note.role) == (stream.camera_id, stream.role)]

    @staticmethod
    def wait_until(is_so: Callable[[], bool], within_s: float = 20.0) -> None:
        deadline_s = time.monotonic() + within_s
        while not is_so():
            assert time.monotonic() < deadline_s, "it did not happen in time"
            time.sleep(0.002)


def in_steps(streams: Mapping[StreamKey, Iterable[MediaPacket]], step_ms: int) -> Iterator[list[tuple[StreamKey, MediaPacket]]]:
    """What all streams send in each step of media time."""
    sources = {stream: iter(packets) for stream, packets in streams.items()}
    waiting = {stream: packet for stream, source in sources.items() if (packet := next(source, None))}
    until_ms = min(packet.captured_at_ms for packet in waiting.values()) + step_ms
    while waiting:
        step = []
        for stream in list(waiting):
            while stream in waiting and waiting[stream].captured_at_ms < until_ms:
                step.append((stream, waiting.pop(stream)))
                if (packet := next(sources[stream], None)) is not None:
                    waiting[stream] = packet
        yield sorted(step, key=lambda sent: sent[1].captured_at_ms)
        until_ms += step_ms

"""The packet sink that records: a bounded backlog, a writer thread, and threads that make what was written durable.

Nothing here is waited for by ingest. The recorder needs no Redis, no database and no Celery: which streams to record where is handed in
as a plan, what it did is told through `tell` (best effort, for the catalogue) and the journal (for the account).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from recordings.backlog import Backlog, Item
from recordings.directory import DirectoryError, RecordingDirectory
from recordings.journal import Journal, Note
from recordings.rules.cutting import Cutting
from recordings.segment_file import SegmentFile
from recordings.stream_writer import SegmentNews, StreamWriter
from streaming.media.packet import MediaPacket, StreamKey, Tracks

logger = logging.getLogger(__name__)
BACKLOG_BYTES_PER_STREAM = 16 * 2**20
SYNC_EVERY_S = 0.9
SYNC_THREADS = 4
RETRY_AFTER_FAILURE_S = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How one stream is recorded now; a stream without a plan isn't."""

    directory: RecordingDirectory
    cutting: Cutting


class Recorder:
    """announce() and write() come from the ingest loop, set_plans() from wherever the cameras are read; all return at once."""

    def __init__(self, *, journal: Journal, tell: Callable[[SegmentNews], None], backlog_bytes: int = BACKLOG_BYTES_PER_STREAM) -> None:
        self._journal = journal
        self._tell = tell
        self._backlog = Backlog(backlog_bytes)
        self._plans: Mapping[StreamKey, Plan] = {}
        self._tracks: dict[StreamKey, Tracks] = {}
        self._writers: dict[StreamKey, StreamWriter] = {}
        self._failed_until_s: dict[StreamKey, float] = {}
        self._syncing: dict[StreamKey, Future[None]] = {}
        self._synced_at_s: dict[StreamKey, float] = {}
        self._pool = ThreadPoolExecutor(SYNC_THREADS, thread_name_prefix="recorder-sync")
        self._thread = threading.Thread(target=self._run, name="recorder")
        self.write_failures = 0

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Writes what waits, ends all segments and joins the threads; up to what the disk needs."""
        self._backlog.close()
        self._thread.join()
        self._pool.shutdown()

    def set_plans(self, plans: Mapping[StreamKey, Plan]) -> None:
        """A stream that leaves the plans ends its segment with its next packet or within a second."""
        self._plans = dict(plans)

    def announce(self, stream: StreamKey, tracks: Tracks) -> None:
        self._tracks[stream] = tracks
        self._backlog.put(stream, tracks)

    def write(self, stream: StreamKey, packet: MediaPacket) -> None:
        if stream in self._plans or stream in self._writers:
            self._backlog.put(stream, packet)

    @property
    def dropped_packets(self) -> int:
        return self._backlog.dropped_packets

    def _run(self) -> None:
        while True:
            taken = self._backlog.take(0.2)
            if taken is not None:
                self._handle(*taken)
            elif self._backlog.is_closed:
                break
            self._end_what_left_the_plans()
            self._sync_what_is_due()
        for stream in list(self._writers):
            self._end(stream, "off", "the recorder was stopped")

    def _handle(self, stream: StreamKey, items: list[Item], lost_at_ms: int | None) -> None:
        plan = self._plans.get(stream)
        if plan is None:
            return
        writer = self._writers.get(stream)
        if writer is None:
            writer = self._writers[stream] = StreamWriter(stream, plan.cutting, tell=self._tell)
            if stream in self._tracks:
                self._announce(writer, self._tracks[stream])
        for item in items:
            if isinstance(item, Tracks):
                self._announce(writer, item)
            elif time.monotonic() >= self._failed_until_s.get(stream, 0):
                self._write(stream, writer, item, plan)
        if lost_at_ms is not None:
            self._end(stream, "overload", "the disk was too slow", lost_at_ms)

    def _announce(self, writer: StreamWriter, tracks: Tracks) -> None:
        try:
            writer.announce(tracks)
        except (OSError, ValueError) as error:
            logger.warning("segment end: %s", error)
            writer.abandon()

    def _write(self, stream: StreamKey, writer: StreamWriter, packet: MediaPacket, plan: Plan) -> None:
        was_open = writer.is_open
        try:
            writer.write(packet, plan.directory)
        except (OSError, ValueError) as error:
            self._note_failure(stream, writer, packet, error)
            return
        if writer.is_open and not was_open:
            self._journal.note(Note(packet.captured_at_ms, stream.camera_id, str(stream.role), "recording"))

    def _note_failure(self, stream: StreamKey, writer: StreamWriter, packet: MediaPacket, error: Exception) -> None:
        self.write_failures += 1
        self._failed_until_s[stream] = time.monotonic() + RETRY_AFTER_FAILURE_S
        reason = str(error) if isinstance(error, DirectoryError) or not isinstance(error, OSError) else f"{error.strerror or error}"
        logger.error("camera %s is not recorded: %s", stream, reason)
        writer.abandon()
        self._journal.note(Note(packet.captured_at_ms, stream.camera_id, str(stream.role), "write_failure", reason))

    def _end_what_left_the_plans(self) -> None:
        for stream in [stream for stream in self._writers if stream not in self._plans]:
            self._end(stream, "off", "not to be recorded")
            del self._writers[stream]

    def _end(self, stream: StreamKey, kind: str, reason: str, at_ms: int | None = None) -> None:
        writer = self._writers[stream]
        if not writer.is_open and kind == "off":
            return
        try:
            writer.finish()
        except (OSError, ValueError) as error:
            logger.error("the last second of a segment of camera %s is lost: %s", stream, error)
            writer.abandon()
        self._journal.note(Note(at_ms or time.time_ns() // 1_000_000, stream.camera_id, str(stream.role), kind, reason))

    def _sync_what_is_due(self) -> None:
        now_s = time.monotonic()
        for stream, writer in self._writers.items():
            file, running = writer.file, self._syncing.get(stream)
            if file is None or not file.is_dirty or (running and not running.done()):
                continue
            if now_s - self._synced_at_s.get(stream, 0) >= SYNC_EVERY_S:
                self._synced_at_s[stream] = now_s
                self._syncing[stream] = self._pool.submit(_sync, file)


def _sync(file: SegmentFile) -> None:
    try:
        file.sync()
    except OSError as error:
        logger.error("%s could not be made durable: %s", file.path, error)

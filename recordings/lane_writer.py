"""The writer thread's half of a lane: does what the backlog's items say, and decides what a failure means.

A failure ends the stream's segment and is noted; the next keyframe begins another one when the directory is well. One stream's failure is
not another's: files that are open go on being written as long as that works.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from recordings.backlog import Interrupted, Item, Join, Leave, Lost
from recordings.directory import RecordingDirectory
from recordings.durability import Durability, SyncNews
from recordings.health import Health, words
from recordings.leftovers import cut_torn_tails, take_in_leftovers
from recordings.notebook import RECORDING, Notebook
from recordings.open_segment import OpenSegment
from recordings.rules.event_words import length_text
from recordings.segment_header import SegmentHeader
from recordings.stream_writer import StreamWriter
from streaming.media.packet import MediaPacket, Role, StreamKey, Tracks

logger = logging.getLogger(__name__)
# Nothing came for so long, and nobody said why: the segment ends.
SILENT_AFTER_S = 20.0
WRITE_FAILURE = "write_failure"
OVERLOAD = "overload"
CLOCK_SET = "clock_set"


@dataclass(frozen=True, slots=True)
class SegmentNews:
    """What the catalogue wants to know: a segment has its first footage, or has ended. `path` is relative to the directory."""

    stream: StreamKey
    directory_id: str
    path: str
    is_finished: bool


@dataclass(slots=True)
class Figures:
    """Since the start. `lag_ms`: how long the packet written last had waited since it was captured."""

    received_bytes: int = 0
    written_bytes: int = 0
    failures: int = 0
    lag_ms: int = 0


@dataclass(slots=True)
class _Stream:
    writer: StreamWriter
    heard_at_s: float


class LaneWriter:
    """Everything but `figures` belongs to the lane's thread. It is the keeper of its stream writers."""

    def __init__(
        self,
        directory: RecordingDirectory,
        *,
        durability: Durability,
        health: Health,
        notebook: Notebook,
        tell: Callable[[SegmentNews], None],
    ) -> None:
        self.directory = directory
        self.figures = Figures()
        self._durability = durability
        self._health = health
        self._notebook = notebook
        self._tell = tell
        self._streams: dict[StreamKey, _Stream] = {}

    @property
    def streams(self) -> list[StreamKey]:
        return list(self._streams)

    def tidy(self) -> None:
        """Before the first new file. Raises OSError."""
        with self.directory.opened() as root:
            cut_torn_tails(root)
            for header, path in take_in_leftovers(root):
                self._tell_catalogue(header, path, is_finished=True)

    def handle(self, stream: StreamKey, items: list[Item], now_s: float) -> None:
        for item in items:
            try:
                self._handle(stream, item, now_s)
            except (OSError, ValueError) as error:
                self._fail(stream, error, now_s)
            except Exception as error:
                logger.exception("camera %s: recording failed, and begins anew", stream)
                self._fail(stream, error, now_s)
        if items and isinstance(items[-1], MediaPacket):
            self.figures.lag_ms = max(time.time_ns() // 1_000_000 - items[-1].captured_at_ms, 0)

    def tick(self, now_s: float) -> None:
        for stream, state in self._streams.items():
            try:
                state.writer.tick(now_s)
                if state.writer.segment is not None and now_s - state.heard_at_s > SILENT_AFTER_S:
                    state.writer.finish()
            except (OSError, ValueError) as error:
                self._fail(stream, error, now_s)
        for news in self._durability.news():
            self._hear(news, now_s)
        self._durability.sync_what_is_due(now_s)

    def end_all(self, now_s: float) -> None:
        for stream, state in self._streams.items():
            try:
                state.writer.finish()
            except (OSError, ValueError) as error:
                self._fail(stream, error, now_s)

    def grown(self, segment: OpenSegment) -> None:
        self._notebook.note(_stream_of(segment), segment.header.started_at_ms, RECORDING)
        self._durability.watch(segment)

    def ended(self, segment: OpenSegment) -> None:
        """Its last fragment may be its first."""
        if segment.file is not None:
            self.grown(segment)
            self.figures.written_bytes += segment.file.size_bytes
        self._durability.close(segment)

    def clock_went_ahead(self, segment: OpenSegment, ended_at_ms: int, by_ms: int) -> None:
        self._notebook.note(_stream_of(segment), ended_at_ms, CLOCK_SET, f"by {length_text(by_ms)}")

    def _handle(self, stream: StreamKey, item: Item, now_s: float) -> None:
        state = self._streams.get(stream)
        if isinstance(item, Join):
            self._join(stream, item, now_s)
        elif state is None:
            return
        elif isinstance(item, MediaPacket):
            self._write(stream, state, item, now_s)
        elif isinstance(item, Tracks):
            state.writer.announce(item)
        elif isinstance(item, Leave):
            try:
                self._interrupt(stream, state, item.at_ms, item.kind, item.reason)
            finally:
                del self._streams[stream]
        elif isinstance(item, Interrupted):
            self._interrupt(stream, state, item.at_ms, item.kind, item.reason)
        else:
            self._lose(stream, state, item)

    def _join(self, stream: StreamKey, item: Join, now_s: float) -> None:
        state = self._streams.get(stream)
        if state is None:
            state = self._streams[stream] = _Stream(StreamWriter(stream, self.directory, item.cutting, self), now_s)
        state.writer.cutting = item.cutting
        if item.tracks is not None:
            state.writer.announce(item.tracks)

    def _write(self, stream: StreamKey, state: _Stream, packet: MediaPacket, now_s: float) -> None:
        state.heard_at_s = now_s
        self.figures.received_bytes += len(packet.data)
        if state.writer.segment is None and not self._health.state.is_well:
            self._notebook.note(stream, packet.captured_at_ms, WRITE_FAILURE, self._health.state.reason)
            return
        state.writer.directory = self.directory
        state.writer.write(packet, now_s)

    def _interrupt(self, stream: StreamKey, state: _Stream, at_ms: int, kind: str, reason: str) -> None:
        last_ms = state.writer.last_picture_ms
        since_ms = last_ms if state.writer.segment is not None and last_ms is not None else at_ms
        state.writer.finish()
        if kind:
            self._notebook.note(stream, since_ms, kind, reason)

    def _lose(self, stream: StreamKey, state: _Stream, lost: Lost) -> None:
        logger.error("camera %s: the disk is too slow, packets are lost", stream)
        self._interrupt(stream, state, lost.at_ms, OVERLOAD, "the disk was too slow")

    def _fail(self, stream: StreamKey, error: Exception, now_s: float) -> None:
        self.figures.failures += 1
        if isinstance(error, OSError):
            self._health.note_error(error, now_s)
        reason = words(error) if isinstance(error, (OSError, ValueError)) else "an internal error; the log says more"
        state = self._streams.get(stream)
        at_ms = time.time_ns() // 1_000_000
        if state is not None:
            segment = state.writer.segment
            at_ms = segment.ended_at_ms if segment is not None else state.writer.last_picture_ms or at_ms
            state.writer.abandon()
        logger.error("camera %s is not recorded: %s", stream, reason)
        self._notebook.note(stream, at_ms, WRITE_FAILURE, reason)

    def _hear(self, news: SyncNews, now_s: float) -> None:
        segment, stream = news.segment, _stream_of(news.segment)
        if news.error is None:
            self._health.note_success()
            if news.is_first:
                self._tell_catalogue(segment.header, news.file.path, is_finished=False)
        else:
            self.figures.failures += 1
            self._health.note_error(news.error, now_s)
            logger.error("%s can't be made durable: %s", news.file.path, words(news.error))
            self._notebook.note(stream, segment.synced_until_ms, WRITE_FAILURE, words(news.error))
            state = self._streams.get(stream)
            if not news.is_closed and state is not None and state.writer.segment is segment:
                state.writer.abandon()
        if news.is_closed:
            self._tell_catalogue(segment.header, news.file.path, is_finished=True)

    def _tell_catalogue(self, header: SegmentHeader, path: Path, *, is_finished: bool) -> None:
        self._tell(SegmentNews(StreamKey(header.camera_id, Role(header.role)), header.directory_id, str(path), is_finished))


def _stream_of(segment: OpenSegment) -> StreamKey:
    return StreamKey(segment.header.camera_id, Role(segment.header.role))

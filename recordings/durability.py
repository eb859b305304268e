"""Makes the segments of one directory durable: each is synced as soon as something was written to it, one sync at a time.

The calls belong to the writer thread and return at once; what the disk answered is collected by news(), in that thread too.
"""

from __future__ import annotations

import queue
from collections.abc import Iterator
from dataclasses import dataclass

from recordings.open_segment import OpenSegment
from recordings.segment_file import SegmentFile
from recordings.sync_pool import SyncPool


@dataclass(frozen=True, slots=True)
class SyncNews:
    """`error` is None when everything that was written before is on the disk. `is_first`: now the file has its name."""

    segment: OpenSegment
    file: SegmentFile
    is_closed: bool
    is_first: bool
    error: OSError | None


@dataclass(slots=True)
class _Watched:
    segment: OpenSegment
    file: SegmentFile
    is_syncing: bool = False
    started_at_s: float = 0.0
    has_failed: bool = False


class Durability:
    def __init__(self, pool: SyncPool, between_syncs_s: float) -> None:
        """A stream that ends its fragments quickly doesn't sync more often than `between_syncs_s` says."""
        self._pool = pool
        self._between_syncs_s = between_syncs_s
        self._watched: dict[int, _Watched] = {}
        self._news: queue.SimpleQueue[SyncNews] = queue.SimpleQueue()

    def watch(self, segment: OpenSegment) -> None:
        """From its first fragment on."""
        if segment.file is not None and id(segment) not in self._watched:
            self._watched[id(segment)] = _Watched(segment, segment.file)

    def close(self, segment: OpenSegment) -> None:
        """Ends the segment's file, if it has one."""
        self._watched.pop(id(segment), None)
        file = segment.file
        if file is not None:
            self._pool.submit(lambda: self._close(segment, file))

    def sync_what_is_due(self, now_s: float) -> None:
        for watched in self._watched.values():
            is_due = now_s - watched.started_at_s >= self._between_syncs_s
            if is_due and watched.file.is_dirty and not watched.is_syncing and not watched.has_failed:
                watched.is_syncing, watched.started_at_s = True, now_s
                self._pool.submit(lambda watched=watched: self._sync(watched))  # type: ignore[misc]

    def news(self) -> Iterator[SyncNews]:
        while True:
            try:
                yield self._news.get_nowait()
            except queue.Empty:
                return

    def unsynced_s(self, now_s: float) -> float:
        """How long the disk has been at its oldest sync."""
        return self._pool.longest_wait_s(now_s)

    def _sync(self, watched: _Watched) -> None:
        error = None
        until_ms, is_first = watched.segment.ended_at_ms, not watched.file.synced_bytes
        try:
            watched.file.sync()
            watched.segment.synced_until_ms = until_ms
        except OSError as problem:
            error, watched.has_failed = problem, True
        watched.is_syncing = False
        self._news.put(SyncNews(watched.segment, watched.file, False, is_first, error))

    def _close(self, segment: OpenSegment, file: SegmentFile) -> None:
        error = None
        try:
            file.close()
            segment.synced_until_ms = segment.ended_at_ms
        except OSError as problem:
            error = problem
        self._news.put(SyncNews(segment, file, True, False, error))

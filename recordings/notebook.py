"""What each stream's account says now, so that the journal gets changes only. Shared by everything that records."""

from __future__ import annotations

import threading

from recordings.journal import Journal, Note
from streaming.media.packet import StreamKey

RECORDING = "recording"


class Notebook:
    """Threads share it; it waits for no disk."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        self._now: dict[StreamKey, tuple[str, str]] = {}

    def note(self, stream: StreamKey, at_ms: int, kind: str, reason: str = "") -> None:
        with self._lock:
            if self._now.get(stream) == (kind, reason):
                return
            self._now[stream] = (kind, reason)
            self._journal.note(Note(at_ms, stream.camera_id, str(stream.role), kind, reason))

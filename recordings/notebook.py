"""What each stream's account says now, so that the journal gets changes only. Shared by everything that records."""

from __future__ import annotations

import threading

from recordings.journal import Journal, Note
from streaming.media.packet import StreamKey

RECORDING = "recording"
_NEVER_MIND_MS = 5_000


class Notebook:
    """Threads share it; it waits for no disk."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        self._now: dict[StreamKey, tuple[str, str]] = {}
        self._at_ms: dict[StreamKey, int] = {}

    def note(self, stream: StreamKey, at_ms: int, kind: str, reason: str = "") -> None:
        with self._lock:
            if self._now.get(stream) == (kind, reason):
                return
            self._now[stream] = (kind, reason)
            before_ms = self._at_ms.get(stream, 0)
            if before_ms - _NEVER_MIND_MS < at_ms < before_ms:
                at_ms = before_ms  # told later, by a clock that is read elsewhere
            self._at_ms[stream] = at_ms
            self._journal.note(Note(at_ms, stream.camera_id, str(stream.role), kind, reason))

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator

from recordings.rules.byte_ranges import ByteRange

_CHUNK_BYTES = 256 * 1024


class FootageBytes:
    """A range of an open file, read in a thread as the client takes it: neither the event loop nor memory pays for a large one.

    Owns the descriptor; Django calls close() when the answer has been sent, or its client is gone.
    """

    def __init__(self, descriptor: int, part: ByteRange) -> None:
        self._descriptor = descriptor
        self._part = part
        self._reading = threading.Lock()  # a descriptor that is closed during a read may be another file's a moment later

    async def __aiter__(self) -> AsyncIterator[bytes]:
        at = self._part.start
        while at < self._part.end:
            chunk = await asyncio.to_thread(self._read, at, min(_CHUNK_BYTES, self._part.end - at))
            if not chunk:  # cut off behind our back; the client notices by the length
                return
            at += len(chunk)
            yield chunk

    def close(self) -> None:
        with self._reading:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def _read(self, offset: int, count: int) -> bytes:
        with self._reading:
            return os.pread(self._descriptor, count, offset) if self._descriptor >= 0 else b""

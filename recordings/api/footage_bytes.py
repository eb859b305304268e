from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import AsyncIterator, Callable

from channels.db import database_sync_to_async

from recordings.rules.byte_ranges import ByteRange
from recordings.rules.fragments import SegmentFormatError
from recordings.services.playback import Muting

logger = logging.getLogger(__name__)

ASK_EVERY_S = 3.0
_CHUNK_BYTES = 256 * 1024


class FootageBytes:
    """A range of an open file, read in a thread as the client takes it: neither the event loop nor memory pays for a large one.

    A long answer outlives the check at its door, so `is_allowed` is asked again every few seconds (it may query the database), and when
    it says no, nothing more is sent; the client notices by the length. With `muting`, without the sound.

    Owns the descriptor; Django calls close() when the answer has been sent, or its client is gone.
    """

    def __init__(self, descriptor: int, part: ByteRange, *, is_allowed: Callable[[], bool], muting: Muting | None = None) -> None:
        self._descriptor = descriptor
        self._part = part
        self._is_allowed = is_allowed
        self._muting = muting
        self._reading = threading.Lock()  # a descriptor that is closed during a read may be another file's a moment later

    async def __aiter__(self) -> AsyncIterator[bytes]:
        at, asked_s = self._part.start, time.monotonic()
        while at < self._part.end:
            if time.monotonic() - asked_s >= ASK_EVERY_S:
                if not await database_sync_to_async(self._is_allowed)():
                    logger.info("footage that was being sent ends at byte %d of %d: the right to it has ended", at, self._part.end)
                    return
                asked_s = time.monotonic()
            chunk = await asyncio.to_thread(self._read, at, min(_CHUNK_BYTES, self._part.end - at))
            if not chunk:  # cut off behind our back
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
            if self._descriptor < 0:
                return b""
            chunk = os.pread(self._descriptor, count, offset)
            try:
                return self._muting.muted(chunk, offset, self._read_at) if self._muting else chunk
            except SegmentFormatError as error:  # rather nothing than a sound
                logger.warning("footage can't be sent without its sound: %s", error)
                return b""

    def _read_at(self, offset: int, count: int) -> bytes:
        return os.pread(self._descriptor, count, offset)

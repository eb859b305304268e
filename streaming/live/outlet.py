"""A viewer's socket on a server that only offers `await send()`."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from streaming.live.message import is_text, unframed


class QueueOutlet:
    """Writable when nothing of ours waits to be sent, so at most one message is out of the delivery's hands.

    `send` is a consumer's: it takes text_data or bytes_data. A server may return from it before the network has the message; that is
    why such a viewer is bounded by its acknowledgements.
    """

    reports_writable = False

    def __init__(self, send: Callable[..., Awaitable[Any]]) -> None:
        self._send = send
        self._waiting: deque[bytes] = deque()
        self._has_more = asyncio.Event()
        self._is_empty = asyncio.Event()
        self._is_empty.set()
        self._on_writable: Callable[[], None] = lambda: None
        self._task: asyncio.Task[None] | None = None

    def start(self, on_writable: Callable[[], None]) -> None:
        self._on_writable = on_writable
        self._task = asyncio.create_task(self._run())

    @property
    def is_writable(self) -> bool:
        return self._is_empty.is_set()

    def write(self, frame: bytes) -> None:
        self._waiting.append(frame)
        self._is_empty.clear()
        self._has_more.set()

    async def drain(self) -> None:
        await self._is_empty.wait()

    async def stop(self) -> None:
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        """Ends when the server says that the viewer is gone; the consumer hears of that by itself."""
        with suppress(OSError, RuntimeError):
            while True:
                await self._has_more.wait()
                while self._waiting:
                    frame = self._waiting.popleft()
                    if is_text(frame):
                        await self._send(text_data=unframed(frame).decode())
                    else:
                        await self._send(bytes_data=unframed(frame))
                self._has_more.clear()
                self._is_empty.set()
                self._on_writable()

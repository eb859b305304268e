"""An event loop in a thread of its own, where this process talks to cameras.

Apart from the web server's loop for two reasons: reading a camera's XML must not hold up a picture on its way to a viewer, and a server
that is held up must not keep a camera turning. Views, tasks and consumers all come here; connections stay open between them.
"""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from cameras.onvif.errors import Unreachable

_T = TypeVar("_T")
_GOODBYE_S = 1.5


class ControlThread:
    """Started by the first use, ended with the process; what was asked to happen `at_end` happens then."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        self._at_end: list[Callable[[], Awaitable[None]]] = []

    def submit(self, work: Coroutine[Any, Any, _T]) -> Future[_T]:
        return asyncio.run_coroutine_threadsafe(work, self.loop())

    def run(self, work: Coroutine[Any, Any, _T], *, within_s: float = 30.0) -> _T:
        """For threads that may wait; never from an event loop. Raises Unreachable for a camera that takes longer."""
        future = self.submit(work)
        try:
            return future.result(within_s)
        except TimeoutError as error:
            if future.done():
                raise
            future.cancel()
            raise Unreachable("The camera takes too long to answer.", was_sent=True) from error

    async def arun(self, work: Coroutine[Any, Any, _T]) -> _T:
        """For other event loops."""
        return await asyncio.wrap_future(self.submit(work))

    def at_end(self, work: Callable[[], Awaitable[None]]) -> None:
        self._at_end.append(work)

    def loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="camera control", daemon=True).start()
                atexit.register(self.close)
            return self._loop

    def close(self) -> None:
        """Waits for what has to happen at the end, a second and a half at most."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is None:
            return
        atexit.unregister(self.close)
        ending = asyncio.run_coroutine_threadsafe(self._end(), loop)
        try:
            ending.result(_GOODBYE_S)
        except TimeoutError:
            ending.cancel()
        loop.call_soon_threadsafe(loop.stop)

    async def _end(self) -> None:
        await asyncio.gather(*(work() for work in self._at_end), return_exceptions=True)


control = ControlThread()

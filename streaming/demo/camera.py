"""A source that draws what it sends, in a thread of its own while somebody watches."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from streaming.demo.studio import Moment, Studio, View
from streaming.rtsp.packetize.sender import RtpFrame
from streaming.rtsp.server_source import SourceError, SourceTracks

logger = logging.getLogger(__name__)
_KEYFRAME_SPACING_S = 0.5


class DrawnSource:
    """Keeps its scene when the last client leaves, so that only the first one has to wait for it.

    Scenes are built one after the other on the painter's one thread: side by side they would all be late, and need more memory.
    """

    def __init__(self, view: View, painter: ThreadPoolExecutor) -> None:
        self.view = view
        self._studio = painter.submit(Studio, view)
        self._thread: threading.Thread | None = None
        self._is_stopped = threading.Event()
        self._is_key_wanted = threading.Event()

    async def start(self, publish: Callable[[RtpFrame], None], ended: Callable[[], None]) -> SourceTracks:
        studio = await self._built()
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[SourceTracks] = loop.create_future()

        def tell(function: Callable[..., object], *arguments: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has been closed over a thread that was told to stop
                loop.call_soon_threadsafe(function, *arguments)

        def draw() -> None:
            try:
                self._draw(studio, lambda tracks: tell(_settle, ready, tracks), lambda frame: tell(publish, frame))
            except Exception as error:
                logger.exception("%s: drawing failed", self.view.title)
                tell(_settle, ready, error)
                tell(ended)

        self._is_stopped.clear()
        self._thread = threading.Thread(target=draw, name=f"draw {self.view.title}", daemon=True)
        self._thread.start()
        try:
            return await ready
        except Exception as error:
            raise SourceError(f"{self.view.title} can't be drawn") from error

    async def stop(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            self._is_stopped.set()
            await asyncio.to_thread(thread.join)

    def want_keyframe(self) -> None:
        self._is_key_wanted.set()

    async def _built(self) -> Studio:
        try:
            return await asyncio.wrap_future(self._studio)
        except Exception as error:
            raise SourceError(f"{self.view.title} can't be drawn") from error

    def _draw(self, studio: Studio, begun: Callable[[SourceTracks], None], publish: Callable[[RtpFrame], None]) -> None:
        """A frame each 1/fps seconds; those there was no time for are left out."""
        interval_ns = 10**9 // self.view.fps
        moment = _now()
        tracks, first = studio.begin(moment)
        begun(tracks)
        publish(first)
        due_ns = moment.steady_ns
        last_key_ns = 0
        while True:
            due_ns += interval_ns * max(1, -(-(time.monotonic_ns() - due_ns) // interval_ns))
            if self._is_stopped.wait(max(0, due_ns - time.monotonic_ns()) / 1e9):
                return
            moment = _now()
            is_key = self._is_key_wanted.is_set() and moment.steady_ns - last_key_ns > _KEYFRAME_SPACING_S * 1e9
            if is_key:
                self._is_key_wanted.clear()
                last_key_ns = moment.steady_ns
            publish(studio.picture(moment, is_key=is_key))
            for frame in studio.sound(moment):
                publish(frame)


def _now() -> Moment:
    return Moment(time.time_ns() // 10**6, time.monotonic_ns())


def _settle(future: asyncio.Future[SourceTracks], outcome: SourceTracks | Exception) -> None:
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)

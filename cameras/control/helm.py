"""One camera that is turned while somebody holds it, and stopped otherwise, whatever happens to whom.

All of it runs in one event loop (cameras/control/thread.py). A move in flight never holds up a stop: it is dropped with its connection, and
the stop is said twice then, should the move overtake the first.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from cameras.control.deadman import ANSWER_FOR_S, BEATS_MISSING_S, Hold, Step, Velocity, next_step
from cameras.onvif.errors import NotSupported, OnvifError

logger = logging.getLogger(__name__)

_STOP_WITHIN_S = 0.7
_STOP_TRIES = 6
_AGAIN_AFTER_S = 0.3
_T = TypeVar("_T")


class Head(Protocol):
    """What cameras.onvif.ptz.Ptz can."""

    async def turn(self, pan: float, tilt: float, zoom: float) -> None: ...
    async def stop(self) -> None: ...
    async def focus(self, speed: float) -> None: ...
    async def focus_stop(self) -> None: ...


class Answering(Protocol):
    """What cameras.control.marks.Marks can."""

    async def answer_for(self, camera_id: int, seconds: float) -> None: ...
    async def is_still(self, camera_id: int) -> None: ...


class Noting(Protocol):
    """What cameras.control.history.Move can."""

    def goes_on(self) -> None: ...
    def ends(self) -> None: ...


class Helm:
    """`tell` hears what a person should know, in words; `begun` gives what is to hear that the camera turns, each time that it does."""

    def __init__(
        self,
        camera_id: int,
        head: Callable[[], Awaitable[Head]],
        marks: Answering,
        *,
        begun: Callable[[], Noting],
    ) -> None:
        self._camera_id = camera_id
        self._head = head
        self._marks = marks
        self._begun = begun
        self._hold: Hold | None = None
        self._tell: Callable[[str], None] = lambda _: None
        self._changed = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._marking: set[asyncio.Task[None]] = set()
        self._move: Noting | None = None
        self._has_focused = False
        self._is_doubtful = False

    @property
    def is_turning(self) -> bool:
        """Until the camera has confirmed its stop, or is given up."""
        return self._running is not None and not self._running.done()

    def hold(self, velocity: Velocity, tell: Callable[[str], None]) -> None:
        """Turns the camera until release(), or until beats are missing."""
        if velocity.is_still:
            self.release()
            return
        before = self._hold
        sent_s = before.sent_s if before is not None and before.velocity == velocity else None
        self._hold = Hold(velocity, time.monotonic(), sent_s)
        self._tell = tell
        self._changed.set()
        if not self.is_turning:
            self._running = asyncio.create_task(self._turn(), name=f"camera {self._camera_id} turns")

    def beat(self) -> None:
        """Of no effect once the camera is stopped: what was held on to then needs another hold()."""
        if self._hold is not None and not self._is_over():
            self._hold = replace(self._hold, beat_s=time.monotonic())

    def release(self) -> None:
        self._hold = None
        self._changed.set()

    async def stop(self) -> None:
        """Releases, and waits for the camera to confirm it."""
        self.release()
        if self._running is not None:
            await asyncio.wait({self._running})

    async def _turn(self) -> None:
        """A hold that comes while the camera is being stopped is the next round's."""
        while self._hold is not None:
            try:
                await self._drive()
                if self._hold is not None:
                    self._hold = None
                    self._tell("Stopped: nothing was heard from you.")
            except OnvifError as error:
                self._hold = None
                self._is_doubtful = True
                self._tell(str(error))
            if self._move is not None:
                await self._stop()
                self._move.ends()
            self._move, self._is_doubtful = None, False

    async def _drive(self) -> None:
        """Until nobody holds it any more."""
        head = await self._unless_over(self._head())
        while head is not None:
            hold = self._hold
            step, until_s = next_step(hold, time.monotonic())
            if step is Step.STOP or hold is None:
                return
            if step is Step.WAIT:
                await self._wait(until_s)
                continue
            velocity = hold.velocity
            self._mark()
            if await self._unless_over(self._send(head, velocity)) is None:
                self._is_doubtful = True
                return
            if self._hold is not None and self._hold.velocity == velocity:
                self._hold = replace(self._hold, sent_s=time.monotonic())

    async def _send(self, head: Head, velocity: Velocity) -> bool:
        self._move = self._move or self._begun()
        self._move.goes_on()
        if velocity.turns_head:
            await head.turn(velocity.pan, velocity.tilt, velocity.zoom)
        if velocity.focus:
            self._has_focused = True
            await head.focus(velocity.focus)
        return True

    async def _unless_over(self, work: Awaitable[_T]) -> _T | None:
        """The work's result; None, and the work dropped, when nobody holds the camera any more before it is done."""
        task = asyncio.ensure_future(work)
        try:
            while not task.done() and not self._is_over():
                assert self._hold is not None
                await self._wait(self._hold.beat_s + BEATS_MISSING_S, task)
            return task.result() if task.done() else None
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})

    async def _wait(self, until_s: float, *others: asyncio.Future[Any]) -> None:
        """Until then, or until one of the others is done or somebody did something."""
        changed: asyncio.Future[Any] = asyncio.ensure_future(self._changed.wait())
        try:
            await asyncio.wait({changed, *others}, timeout=max(0.0, until_s - time.monotonic()), return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()
            self._changed.clear()

    def _is_over(self) -> bool:
        return next_step(self._hold, time.monotonic())[0] is Step.STOP

    def _mark(self) -> None:
        """Beside the move and not before it: Redis must not hold up a camera."""
        task = asyncio.create_task(self._marks.answer_for(self._camera_id, ANSWER_FOR_S))
        self._marking.add(task)
        task.add_done_callback(self._marking.discard)

    async def _stop(self) -> None:
        """A camera that does not confirm keeps its mark, so that the watch goes on trying (cameras/control/watch.py)."""
        failure = ""
        for _ in range(_STOP_TRIES):
            try:
                async with asyncio.timeout(_STOP_WITHIN_S):
                    await self._stop_once()
            except (OnvifError, TimeoutError) as error:
                failure = str(error) or "no answer"
                await asyncio.sleep(_AGAIN_AFTER_S)
                continue
            if self._is_doubtful and self._hold is None:
                self._is_doubtful = False
                await asyncio.sleep(_AGAIN_AFTER_S)
                if self._hold is None:
                    continue
            if self._marking:
                await asyncio.wait(self._marking)
            await self._marks.is_still(self._camera_id)
            return
        logger.warning("camera %s does not confirm that it stands still: %s", self._camera_id, failure)
        self._tell(f"The camera does not answer to Stop. {failure}")

    async def _stop_once(self) -> None:
        head = await self._head()
        await head.stop()
        if self._has_focused:
            self._has_focused = False
            with suppress(NotSupported):
                await head.focus_stop()

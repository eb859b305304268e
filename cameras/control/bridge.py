"""Where all cameras that turn are steered from in this process: their connections, their helms, and what is done with them once.

Lives in the control thread; what is called from elsewhere says so.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from cameras.control.deadman import Velocity
from cameras.control.devices import Devices, DeviceSettings
from cameras.control.helm import Helm
from cameras.control.history import note_move
from cameras.control.marks import Marks
from cameras.control.thread import ControlThread, control
from cameras.onvif.client import OnvifClient
from cameras.onvif.errors import OnvifError
from cameras.onvif.ptz import Position, Ptz

_T = TypeVar("_T")
# From one end of its range to the other a slow camera takes half a minute.
_LOOK_EVERY_S = 0.5
_LOOKS = 80


class Bridge:
    def __init__(self) -> None:
        self.devices = Devices()
        self._marks = Marks()
        self._helms: dict[int, tuple[DeviceSettings, Helm]] = {}
        self._following: set[asyncio.Task[None]] = set()

    async def hold(self, settings: DeviceSettings, velocity: Velocity, tell: Callable[[str], None]) -> None:
        self._helm(settings).hold(velocity, tell)

    async def warm(self, settings: DeviceSettings) -> None:
        """Connects, so that the first move need not wait for it. Raises OnvifError."""
        await self.devices.head(settings)

    async def beat(self, camera_id: int) -> None:
        if camera_id in self._helms:
            self._helms[camera_id][1].beat()

    async def release(self, camera_id: int) -> None:
        if camera_id in self._helms:
            self._helms[camera_id][1].release()

    async def stop(self, settings: DeviceSettings) -> None:
        """Whatever it is doing and whoever made it."""
        helm = self._helm(settings)
        if helm.is_turning:
            await helm.stop()
        else:
            await (await self.devices.head(settings)).stop()

    async def once(self, settings: DeviceSettings, work: Callable[[Ptz], Awaitable[_T]]) -> _T:
        """Ends a move that is held, and then does it. Raises OnvifError."""
        helm = self._helm(settings)
        if helm.is_turning:
            await helm.stop()
        return await work(await self.devices.head(settings))

    async def go(
        self,
        settings: DeviceSettings,
        work: Callable[[Ptz], Awaitable[None]],
        *,
        preset_id: int | None = None,
        is_home: bool = False,
    ) -> None:
        """As once(), for a move that ends by itself; when it does is found out and written down. Raises OnvifError."""
        start_ms = time.time_ns() // 1_000_000
        await self.once(settings, work)
        following = asyncio.create_task(self._follow(settings, start_ms, preset_id, is_home=is_home))
        self._following.add(following)
        following.add_done_callback(self._following.discard)

    async def look(self, settings: DeviceSettings, work: Callable[[Ptz], Awaitable[_T]]) -> _T:
        """Disturbs nobody who turns it. Raises OnvifError."""
        return await work(await self.devices.head(settings))

    async def ask(self, settings: DeviceSettings, work: Callable[[OnvifClient], Awaitable[_T]]) -> _T:
        """For what has nothing to do with turning. Raises OnvifError."""
        return await work(await self.devices.client(settings))

    async def forget(self, camera_id: int) -> None:
        await self.devices.forget(camera_id)

    async def aclose(self) -> None:
        """Stops what turns."""
        for following in self._following:
            following.cancel()
        await asyncio.gather(*(helm.stop() for _, helm in self._helms.values()))
        await self.devices.aclose()
        await self._marks.aclose()

    async def _follow(self, settings: DeviceSettings, start_ms: int, preset_id: int | None, *, is_home: bool) -> None:
        head = await self.devices.head(settings)
        await came_to_rest(head)
        note_move(settings.camera_id, start_ms, time.time_ns() // 1_000_000, preset_id, is_home=is_home)

    def _helm(self, settings: DeviceSettings) -> Helm:
        known = self._helms.get(settings.camera_id)
        if known is None or (known[0] != settings and not known[1].is_turning):
            helm = Helm(
                settings.camera_id,
                lambda: self.devices.head(settings),
                self._marks,
                moved=lambda start_ms, end_ms: note_move(settings.camera_id, start_ms, end_ms),
            )
            known = self._helms[settings.camera_id] = (settings, helm)
        return known[1]


async def came_to_rest(head: Ptz) -> bool:
    """Whether the camera said so, or showed the same position twice, in time. Never raises: it is asked only to know."""
    before: Position | None = None
    for _ in range(_LOOKS):
        await asyncio.sleep(_LOOK_EVERY_S)
        try:
            now = await head.status()
        except OnvifError:
            return False
        if now.is_moving is False or (now.is_moving is None and now == before):
            return True
        before = now
    return False


class Steerage:
    """The one bridge of this process, made at its first use, for callers in any thread or loop."""

    def __init__(self, thread: ControlThread) -> None:
        self._thread = thread
        self._bridge: Bridge | None = None

    def run(self, work: Callable[[Bridge], Awaitable[_T]]) -> _T:
        """For threads that may wait. Raises what the work raises."""
        return self._thread.run(self._with_bridge(work))

    async def arun(self, work: Callable[[Bridge], Awaitable[_T]]) -> _T:
        """For other event loops. Raises what the work raises."""
        return await self._thread.arun(self._with_bridge(work))

    async def _with_bridge(self, work: Callable[[Bridge], Awaitable[_T]]) -> _T:
        if self._bridge is None:
            self._bridge = Bridge()
            self._thread.at_end(self._close)
        return await work(self._bridge)

    async def _close(self) -> None:
        bridge, self._bridge = self._bridge, None
        if bridge is not None:
            await bridge.aclose()


steerage = Steerage(control)

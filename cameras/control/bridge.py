"""Where all cameras that turn are steered from in this process: their connections, their helms, and what is done with them once.

Lives in the control thread; what is called from elsewhere says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from cameras.control.deadman import Velocity
from cameras.control.devices import Devices, DeviceSettings
from cameras.control.helm import Helm
from cameras.control.history import Move, note_stop
from cameras.control.journey import followed, told
from cameras.control.marks import Marks
from cameras.control.thread import ControlThread, control
from cameras.onvif.client import OnvifClient
from cameras.onvif.ptz import Ptz

_T = TypeVar("_T")


class Bridge:
    def __init__(self) -> None:
        self.devices = Devices()
        self._marks = Marks()
        self._helms: dict[int, tuple[DeviceSettings, Helm]] = {}
        self._following: dict[int, asyncio.Task[None]] = {}

    async def hold(self, settings: DeviceSettings, velocity: Velocity, tell: Callable[[str], None]) -> None:
        self._leave(settings.camera_id)
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
        self._leave(settings.camera_id)
        note_stop(settings.camera_id)
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
        self._leave(settings.camera_id)
        move = Move(settings.camera_id, is_home=is_home)
        await told(move, self.once(settings, work))
        head = await self.devices.head(settings)
        self._following[settings.camera_id] = asyncio.create_task(followed(move, head, preset_id))

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
        for camera_id in list(self._following):
            self._leave(camera_id)
        await asyncio.gather(*(helm.stop() for _, helm in self._helms.values()))
        await self.devices.aclose()
        await self._marks.aclose()

    def _leave(self, camera_id: int) -> None:
        """Something else is done with it: it will not be where it was sent."""
        following = self._following.pop(camera_id, None)
        if following is not None:
            following.cancel()

    def _helm(self, settings: DeviceSettings) -> Helm:
        known = self._helms.get(settings.camera_id)
        if known is None or (known[0] != settings and not known[1].is_turning):
            helm = Helm(
                settings.camera_id,
                lambda: self.devices.head(settings),
                self._marks,
                begun=lambda: Move(settings.camera_id),
            )
            known = self._helms[settings.camera_id] = (settings, helm)
        return known[1]


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

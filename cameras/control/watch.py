"""Stops cameras that nobody answers for any more: the process that turned them died, or hangs, and they don't stop by themselves.

Runs in another process than those that turn cameras (manage.py onvif). What turns is marked in Redis with a moment until which somebody
answers for it (cameras/control/marks.py). A camera is connected to as soon as its mark is seen, so that a stop need not wait for that.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from cameras.control.devices import Devices, DeviceSettings
from cameras.control.marks import Marks
from cameras.onvif.errors import OnvifError

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 0.1
IDLE_LOOK_EVERY_S = 0.2
_AGAIN_AFTER_S = 0.3
# A camera that could not be stopped for so long is out of reach, or has reached its end.
_GIVE_UP_AFTER_S = 60.0


class Watch:
    def __init__(self, devices: Devices, marks: Marks, settings_of: Callable[[int], Awaitable[DeviceSettings | None]]) -> None:
        self._devices = devices
        self._marks = marks
        self._settings_of = settings_of
        self._known: dict[int, DeviceSettings | None] = {}
        self._stopping: dict[int, asyncio.Task[None]] = {}
        self._warming: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        while True:
            is_busy = await self.run_once()
            await asyncio.sleep(LOOK_EVERY_S if is_busy else IDLE_LOOK_EVERY_S)

    async def run_once(self) -> bool:
        """Whether anything turns."""
        turning = await self._marks.all()
        now_ms = time.time_ns() // 1_000_000
        self._known = {camera_id: known for camera_id, known in self._known.items() if camera_id in turning}
        for camera_id, until_ms in turning.items():
            if camera_id not in self._known:
                self._known[camera_id] = await self._settings_of(camera_id)
                self._warm(camera_id)
            if until_ms <= now_ms and camera_id not in self._stopping:
                self._stopping[camera_id] = asyncio.create_task(self._stop(camera_id, until_ms), name=f"stop camera {camera_id}")
        return bool(turning)

    async def aclose(self) -> None:
        tasks = [*self._stopping.values(), *self._warming]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _warm(self, camera_id: int) -> None:
        task = asyncio.create_task(self._connect(camera_id))
        self._warming.add(task)
        task.add_done_callback(self._warming.discard)

    async def _connect(self, camera_id: int) -> None:
        settings = self._known.get(camera_id)
        if settings is not None:
            try:
                await self._devices.head(settings)
            except OnvifError as error:
                logger.debug("camera %s can't be asked: %s", camera_id, error)

    async def _stop(self, camera_id: int, since_ms: int) -> None:
        try:
            settings = self._known.get(camera_id)
            while settings is not None:
                try:
                    await (await self._devices.head(settings)).stop()
                    logger.warning("camera %s was turning and nobody answered for it: it is stopped", camera_id)
                    break
                except OnvifError as error:
                    if time.time_ns() // 1_000_000 - since_ms > _GIVE_UP_AFTER_S * 1000:
                        logger.error("camera %s could not be stopped: %s", camera_id, error)
                        break
                    await asyncio.sleep(_AGAIN_AFTER_S)
                    if (await self._marks.all()).get(camera_id, since_ms) > since_ms:
                        return  # somebody turns it again, and answers for it
            await self._marks.is_still(camera_id)
        finally:
            self._stopping.pop(camera_id, None)

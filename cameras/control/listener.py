"""Hears what cameras notice, one subscription for each that is to be heard, for as long as it is.

What is heard goes to `take`; how it stands with each camera is written to its OnvifDevice row. Runs in manage.py onvif.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from cameras import events
from cameras.control.devices import DeviceSettings, settings_of
from cameras.control.rows import in_thread
from cameras.models import OnvifDevice
from cameras.onvif.client import OnvifClient
from cameras.onvif.errors import NotAuthorized, NotSupported, OnvifError
from cameras.onvif.events import PullPoint
from cameras.onvif.notices import Notice, notices

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 3.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 60.0
# What a wrong password or a missing service is worth: each try may count as an attack on the camera.
_HOPELESS_PAUSE_S = 300.0
# A device that answers at once, and with nothing, is not asked more often than this.
_SHORTEST_ROUND_S = 1.0
State = OnvifDevice.EventsState


class Taker(Protocol):
    """Where notices go; called in a thread, in order for each camera."""

    def noticed(self, camera_id: int, found: Sequence[Notice]) -> None:
        """Also with nothing, after each time of listening: that nothing is said, too, tells something."""
        ...

    def lost(self, camera_id: int) -> None:
        """What is going on at that camera is not known any more."""
        ...


class Listener:
    def __init__(self, take: Taker, *, pause_s: Callable[[int], float] | None = None) -> None:
        self._take = take
        self._pause_s = pause_s or _pause_s
        self._heard: dict[int, tuple[DeviceSettings, asyncio.Task[None]]] = {}

    async def run(self) -> None:
        while True:
            await self.run_once()
            await asyncio.sleep(LOOK_EVERY_S)

    async def run_once(self) -> None:
        """Begins and ends to listen as the database says."""
        wanted = {settings.camera_id: settings for settings in await in_thread(_wanted)}
        for camera_id, (settings, task) in list(self._heard.items()):
            if wanted.get(camera_id) != settings or task.done():
                del self._heard[camera_id]
                await _ended(task)
                if camera_id not in wanted:
                    await in_thread(partial(self._take.lost, camera_id))
        for camera_id, settings in wanted.items():
            if camera_id not in self._heard:
                self._heard[camera_id] = (settings, asyncio.create_task(self._listen(settings), name=f"events of camera {camera_id}"))

    async def aclose(self) -> None:
        for _, task in self._heard.values():
            task.cancel()
        for _, task in self._heard.values():
            await _ended(task)
        self._heard.clear()

    async def _listen(self, settings: DeviceSettings) -> None:
        """For ever; each failure is told, and followed by a new subscription."""
        failures = 0
        await _say(settings.camera_id, State.CONNECTING, "")
        while True:
            heard = asyncio.Event()
            try:
                await self._listen_once(settings, heard)
            except OnvifError as error:
                failures = 1 if heard.is_set() else failures + 1
                if failures > 1:
                    await _say(settings.camera_id, State.DOWN, str(error))
                    await in_thread(partial(self._take.lost, settings.camera_id))
                hopeless = isinstance(error, NotAuthorized | NotSupported)
                await asyncio.sleep(_HOPELESS_PAUSE_S if hopeless else self._pause_s(failures))

    async def _listen_once(self, settings: DeviceSettings, heard: asyncio.Event) -> None:
        async with OnvifClient(settings.address, settings.credentials) as client:
            point = await PullPoint.open(client)
            try:
                await self._pull(settings.camera_id, point, heard)
            finally:
                await point.close()

    async def _pull(self, camera_id: int, point: PullPoint, heard: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            # The first pull is a short one: it tells whether the device keeps what it promised.
            messages = await (point.pull() if heard.is_set() else point.pull(at_most_s=1.0))
            if not heard.is_set():
                heard.set()
                await _say(camera_id, State.LISTENING, "")
            ahead_s = 0.0 if point.client.clock is None else point.client.clock.ahead_s
            found = [each for message in messages for each in await notices(message, clock_ahead_s=ahead_s, now=datetime.now(UTC))]
            await in_thread(partial(self._take.noticed, camera_id, found))
            await point.renew_if_due()
            if not messages and (rest_s := _SHORTEST_ROUND_S - (loop.time() - begun)) > 0:
                await asyncio.sleep(rest_s)


def _wanted() -> list[DeviceSettings]:
    rows = OnvifDevice.objects.filter(takes_events=True, camera__is_enabled=True).select_related("camera")
    wanted = []
    for device in rows:
        try:
            wanted.append(settings_of(device))
        except OnvifError as error:
            OnvifDevice.objects.filter(pk=device.pk).update(events_state=State.DOWN, events_reason=str(error)[:300])
    off = OnvifDevice.objects.exclude(events_state=State.OFF).exclude(camera__in=[settings.camera_id for settings in wanted])
    off.filter(takes_events=False).update(events_state=State.OFF, events_reason="")
    return wanted


async def _say(camera_id: int, state: str, reason: str) -> None:
    """If it is news."""

    def write() -> None:
        rows = OnvifDevice.objects.filter(camera=camera_id).exclude(events_state=state, events_reason=reason[:300])
        slug = rows.values_list("camera__slug", flat=True).first()
        if slug is not None and rows.update(events_state=state, events_reason=reason[:300]):
            level = logging.WARNING if state == State.DOWN else logging.INFO
            logger.log(level, "events of camera %s: %s. %s", slug, state, reason)
            events.publish(camera_id, events.CameraEventsState(type="onvif.events", camera=slug, state=state, reason=reason[:300]))

    await in_thread(write)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("%s failed and is started again", task.get_name(), exc_info=error)


def _pause_s(failures: int) -> float:
    """Spread, so that cameras behind one switch don't all come back at once."""
    longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(failures - 1, 10))
    return float(longest * random.uniform(0.5, 1.0))

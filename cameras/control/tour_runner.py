"""Runs tours, and sends cameras home: a loop in manage.py onvif that needs no Celery and goes on where it was after a restart."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from cameras.control import tour_rows
from cameras.control.devices import Devices, DeviceSettings
from cameras.control.history import Move, forget_old_moves
from cameras.control.journey import followed, told
from cameras.control.presets import forget_pictures_of_others
from cameras.control.rows import in_thread
from cameras.control.tour_plan import Do, next_step
from cameras.control.tour_rows import Job
from cameras.models import Camera, Tour
from cameras.onvif.errors import OnvifError

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
_TIDY_EVERY_S = 3600.0
_WORDS = {
    Do.PAUSE: (Tour.State.PAUSED, "Somebody is steering, or was a moment ago."),
    Do.SLEEP: (Tour.State.WAITING, ""),
}


class TourRunner:
    def __init__(self, devices: Devices, name: str, *, look_every_s: float = LOOK_EVERY_S) -> None:
        self._devices = devices
        self._name = name
        self._look_every_s = look_every_s
        self._failures: dict[int, tuple[int, int]] = {}
        self._working: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        tidied_s = -_TIDY_EVERY_S
        while True:
            await self.run_once()
            if time.monotonic() - tidied_s > _TIDY_EVERY_S:
                tidied_s = time.monotonic()
                await in_thread(_tidy)
            await asyncio.sleep(self._look_every_s)

    async def run_once(self) -> None:
        """Starts what is due; a slow camera holds up no other."""
        for job in await in_thread(lambda: tour_rows.claimed(self._name)):
            self._start(f"tour {job.tour_id}", self._step(job))
        for camera_id, settings in await in_thread(tour_rows.to_be_sent_home):
            self._start(f"home {camera_id}", self._send_home(camera_id, settings))

    async def aclose(self) -> None:
        tasks = list(self._working.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await in_thread(lambda: tour_rows.give_back(self._name))

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        if name in self._working:
            work.close()
            return
        task = asyncio.create_task(work, name=name)
        self._working[name] = task
        task.add_done_callback(lambda done: self._ended(name, done))

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        self._working.pop(name, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("%s failed and is tried again", name, exc_info=error)

    async def _step(self, job: Job) -> None:
        failures, failed_at_ms = self._failures.get(job.tour_id, (0, 0))
        now_ms = time.time_ns() // 1_000_000
        step = next_step(replace(job.situation, failures=failures, failed_at_ms=failed_at_ms), now_ms)
        if step.do in _WORDS:
            state, reason = _WORDS[step.do]
            if step.do is Do.SLEEP and not job.situation.stops:
                reason = "The tour has no stops."
            await in_thread(lambda: tour_rows.say(job, state, reason))
        elif step.do is Do.GO:
            await self._go(job, step.stop_index)

    async def _go(self, job: Job, stop_index: int) -> None:
        stop = job.situation.stops[stop_index]
        try:
            head = await self._devices.head(job.settings)
            move = Move(job.camera_id, is_by_person=False)
            await told(move, head.go_to_preset(stop.token, speed=stop.speed))
            await followed(move, head, stop.preset_id)
        except OnvifError as error:
            failures = self._failures.get(job.tour_id, (0, 0))[0] + 1
            self._failures[job.tour_id] = (failures, time.time_ns() // 1_000_000)
            reason = str(error)
            await in_thread(lambda: tour_rows.say(job, Tour.State.FAILING, reason))
            return
        self._failures.pop(job.tour_id, None)
        await in_thread(lambda: tour_rows.arrived(job, stop_index))

    async def _send_home(self, camera_id: int, settings: DeviceSettings) -> None:
        try:
            head = await self._devices.head(settings)
            move = Move(camera_id, is_by_person=False, is_home=True)
            await told(move, head.go_home())
            await followed(move, head)
        except OnvifError as error:
            logger.info("camera %s can't be sent home: %s", camera_id, error)
            await asyncio.sleep(30)
            return
        await asyncio.sleep(2)  # until that is written down


def _tidy() -> None:
    forget_old_moves(now_ms=time.time_ns() // 1_000_000)
    forget_pictures_of_others(set(Camera.objects.values_list("pk", flat=True)))

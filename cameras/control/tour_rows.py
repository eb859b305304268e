"""Tours in the database: which are on, who runs them, and where they are. Changes are compare-and-set: two runners never run one tour."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings as project
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from cameras import events
from cameras.control.devices import DeviceSettings, settings_of
from cameras.control.tour_plan import Situation, Stop
from cameras.models import HeadMove, OnvifDevice, Steering, Tour
from cameras.onvif.errors import OnvifError

logger = logging.getLogger(__name__)

LEASE_MS = 6_000


@dataclass(frozen=True, slots=True)
class Job:
    """One tour, to be run now."""

    tour_id: int
    camera_id: int
    slug: str
    settings: DeviceSettings
    situation: Situation
    state: str
    reason: str


def claimed(runner: str) -> list[Job]:
    """The tours that are on and this runner's, those whose runner is gone among them. A query or two for each."""
    now_ms = _now_ms()
    free_or_mine = Q(runner=runner) | Q(runner_until_ms__lte=now_ms)
    tours = Tour.objects.filter(free_or_mine, is_on=True, camera__is_enabled=True).select_related("camera")
    return [job for tour in tours if _claim(tour, runner, now_ms) and (job := _job(tour, now_ms)) is not None]


def arrived(job: Job, stop_index: int) -> None:
    _write(job, stop_index=stop_index, arrived_at_ms=_now_ms(), state=Tour.State.RUNNING, state_reason="")


def say(job: Job, state: str, reason: str) -> None:
    """If it is news."""
    if (job.state, job.reason) != (state, reason):
        _write(job, state=state, state_reason=reason[:300])


def give_back(runner: str) -> None:
    """At the end of the process, so that another need not wait for the lease to run out."""
    Tour.objects.filter(runner=runner).update(runner="", runner_until_ms=0)


def to_be_sent_home() -> Sequence[tuple[int, DeviceSettings]]:
    """Cameras whose last move is longer ago than they may stay away from home; nobody steers them and no tour runs there."""
    now_ms = _now_ms()
    found = []
    for device in OnvifDevice.objects.filter(home_after_s__gt=0, camera__is_enabled=True).select_related("camera"):
        newest = HeadMove.objects.filter(camera=device.camera_id).order_by("-start_ms").first()
        if newest is None or newest.is_home or newest.end_ms + device.home_after_s * 1000 > now_ms:
            continue
        if Steering.objects.filter(camera=device.camera_id, until_ms__gt=now_ms).exists():
            continue
        if Tour.objects.filter(camera=device.camera_id, is_on=True).exists():
            continue
        try:
            found.append((device.camera_id, settings_of(device)))
        except OnvifError as error:
            logger.debug("camera %s can't be sent home: %s", device.camera.slug, error)
    return found


def is_due(schedule: Any, now_ms: int) -> bool:
    """An empty one is always. One that can't be read, which nothing here writes, is never."""
    if not schedule:
        return True
    try:
        return bool(import_string(project.NVR_SCHEDULE_READER)(schedule).is_on(now_ms, timezone.get_default_timezone()))
    except ValueError as error:
        logger.warning("a tour's schedule can't be read: %s", error)
        return False


def _claim(tour: Tour, runner: str, now_ms: int) -> bool:
    if tour.runner == runner and tour.runner_until_ms - now_ms > LEASE_MS // 2:
        return True
    rows = Tour.objects.filter(pk=tour.pk, runner=tour.runner, runner_until_ms=tour.runner_until_ms)
    return rows.update(runner=runner, runner_until_ms=now_ms + LEASE_MS) == 1


def _job(tour: Tour, now_ms: int) -> Job | None:
    device = OnvifDevice.objects.select_related("camera").filter(camera=tour.camera_id).first()
    if device is None:
        return None
    try:
        settings = settings_of(device)
    except OnvifError:
        return None
    stops = [
        Stop(preset_id, token, dwell_s * 1000, speed)
        for preset_id, token, dwell_s, speed in tour.stops.values_list("preset_id", "preset__token", "dwell_s", "speed")
    ]
    person_until_ms = Steering.objects.filter(camera=tour.camera_id).values_list("until_ms", flat=True).first() or 0
    situation = Situation(
        stops,
        tour.stop_index,
        tour.arrived_at_ms,
        is_due(tour.schedule, now_ms),
        person_until_ms,
        tour.resume_after_s * 1000,
    )
    return Job(tour.pk, tour.camera_id, tour.camera.slug, settings, situation, tour.state, tour.state_reason)


def _write(job: Job, **values: Any) -> None:
    if Tour.objects.filter(pk=job.tour_id, is_on=True).update(**values):
        events.publish(job.camera_id, events.PresetsChanged(type="ptz.tours", camera=job.slug))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

"""Tours as people make, start and stop them. Who runs them is in tour_runner.py.

Refused input raises ValidationError by field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings as project
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.module_loading import import_string

from cameras import events
from cameras.addresses import check_name
from cameras.models import Camera, Preset, Tour, TourStop

SHORTEST_DWELL_S = 2
MOST_STOPS = 50
MOST_TOURS = 20


@dataclass(frozen=True, slots=True)
class StopWish:
    preset_id: int
    dwell_s: int
    speed: float | None = None


def create_tour(camera: Camera, *, name: str, stops: Sequence[StopWish], **values: Any) -> Tour:
    if camera.tours.count() >= MOST_TOURS:
        raise ValidationError({"name": f"this camera has {MOST_TOURS} tours already; delete one"})
    tour = Tour(camera=camera)
    change_tour(tour, name=name, stops=stops, **values)
    return tour


def change_tour(
    tour: Tour,
    *,
    name: str | None = None,
    stops: Sequence[StopWish] | None = None,
    schedule: Any = None,
    resume_after_s: int | None = None,
) -> None:
    """None keeps what there is."""
    if name is not None:
        tour.name = _free_name(tour, name)
    if schedule is not None:
        _check_schedule(schedule)
        tour.schedule = schedule
    if resume_after_s is not None:
        tour.resume_after_s = resume_after_s
    found = None if stops is None else _stops(tour, stops)
    with transaction.atomic():
        if found is not None:
            tour.stop_index, tour.arrived_at_ms = 0, 0
        tour.save()
        if found is not None:
            tour.stops.all().delete()
            TourStop.objects.bulk_create(found)
    _tell(tour.camera)


def remove_tour(tour: Tour) -> None:
    tour.delete()
    _tell(tour.camera)


def start(tour: Tour) -> None:
    """One at a time on a camera: another that runs is stopped."""
    if not tour.stops.exists():
        raise ValidationError({"stops": "the tour has no stops"})
    with transaction.atomic():
        Tour.objects.filter(camera=tour.camera, is_on=True).exclude(pk=tour.pk).update(is_on=False, state=Tour.State.OFF, state_reason="")
        begun = {"is_on": True, "state": Tour.State.RUNNING, "state_reason": "", "stop_index": 0, "arrived_at_ms": 0}
        Tour.objects.filter(pk=tour.pk, is_on=False).update(**begun)
    _tell(tour.camera)


def stop(tour: Tour) -> None:
    Tour.objects.filter(pk=tour.pk).update(is_on=False, state=Tour.State.OFF, state_reason="")
    _tell(tour.camera)


def _stops(tour: Tour, wishes: Sequence[StopWish]) -> list[TourStop]:
    if len(wishes) > MOST_STOPS:
        raise ValidationError({"stops": f"a tour has at most {MOST_STOPS} stops"})
    presets = {preset.pk: preset for preset in Preset.objects.filter(camera=tour.camera, is_hidden=False)}
    for wish in wishes:
        if wish.preset_id not in presets:
            raise ValidationError({"stops": f"this camera has no preset {wish.preset_id}"})
    return [
        TourStop(tour=tour, preset=presets[wish.preset_id], position=position, dwell_s=wish.dwell_s, speed=wish.speed)
        for position, wish in enumerate(wishes)
    ]


def _free_name(tour: Tour, name: str) -> str:
    name = check_name(name)
    if Tour.objects.filter(camera=tour.camera, name=name).exclude(pk=tour.pk).exists():
        raise ValidationError({"name": f"there is already a tour called “{name}”"})
    return name


def _check_schedule(schedule: Any) -> None:
    if not schedule:
        return
    try:
        import_string(project.NVR_SCHEDULE_READER)(schedule)
    except ValueError as error:
        raise ValidationError({"schedule": str(error)}) from error


def _tell(camera: Camera) -> None:
    news = events.PresetsChanged(type="ptz.tours", camera=camera.slug)
    transaction.on_commit(lambda: events.publish(camera.pk, news))

"""An event begins, changes and ends: each a short write of one row, and those who are to hear of it do when it is in the database.

Of one camera (or, without one, of one subject) at most one event of a kind goes on: the database refuses a second one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from cameras.models import Camera
from recordings.models import Event
from recordings.services.event_hooks import State, told

_CHANGED_EVERY_MS = 1_000
# How old that an event still goes on may be, by Event.touched_at_ms. Looked at by who ends what nobody goes on with.
TOUCH_EVERY_MS = 10_000


def with_cameras() -> QuerySet[Event]:
    """Without their passwords, which would be decrypted for each; in no order."""
    return Event.objects.select_related("camera").defer("camera__username", "camera__password").order_by()


def going_on() -> QuerySet[Event]:
    """By a small index of those alone: asked for an order, SQLite would rather go through all events."""
    return with_cameras().filter(end_ms__isnull=True)


def going_on_at(camera: Camera, kind: str) -> list[Event]:
    """One at most. There are few: named in the query, the camera would make SQLite search a larger index."""
    rows = Event.objects.filter(end_ms__isnull=True, kind=kind).order_by()
    return known_at(camera, [event for event in rows if event.camera_id == camera.pk])


def known_at(camera: Camera, events: Sequence[Event]) -> list[Event]:
    """With the camera that is there already, which costs less than asking for it with each."""
    for event in events:
        event.camera = camera
    return list(events)


def begin(event: Event, *, now_ms: int) -> bool:
    """Saves a new one; one that is over already has its `end_ms`. False when one of its kind goes on there, or its camera is gone."""
    event.touched_at_ms = event.told_at_ms = now_ms
    try:
        with transaction.atomic():
            event.save(force_insert=True)
            _tell(event, "begun")
            if event.end_ms is not None:
                _tell(event, "ended")
    except IntegrityError:
        return False
    return True


def change(
    event: Event, *, now_ms: int, is_news: bool = True, is_urgent: bool = False, only_if: Mapping[str, Any] | None = None, **changes: Any
) -> bool:
    """Writes these fields if they are others. Tells it if `is_news`, but not within a second of what was told last unless `is_urgent`.

    False when they are the same, the event is gone, or it is not (any more) as `only_if` says.
    """
    changes = {name: value for name, value in changes.items() if getattr(event, name) != value}
    if not changes:
        return False
    is_due = is_news and (is_urgent or now_ms - event.told_at_ms >= _CHANGED_EVERY_MS)
    if is_due:
        changes["told_at_ms"] = now_ms
    return _write(Event.objects.filter(pk=event.pk, **(only_if or {})), event, changes, "changed" if is_due else None)


def touch(event: Event, *, now_ms: int) -> None:
    """It goes on, and there is nothing to tell of it."""
    if now_ms - event.touched_at_ms >= TOUCH_EVERY_MS:
        _write(Event.objects.filter(pk=event.pk), event, {"touched_at_ms": now_ms}, None)


def end(event: Event, at_ms: int, *, now_ms: int) -> bool:
    """False when it has ended already, or was seen later than the one who ends it knows."""
    at_ms = max(at_ms, event.start_ms)
    changes = {"end_ms": at_ms, "seen_until_ms": max(at_ms, event.seen_until_ms), "touched_at_ms": now_ms, "told_at_ms": now_ms}
    return _write(going_on().filter(pk=event.pk, seen_until_ms=event.seen_until_ms), event, changes, "ended")


def _write(rows: QuerySet[Event], event: Event, changes: dict[str, Any], state: State | None) -> bool:
    """`event` is brought up to date too."""
    with transaction.atomic():
        if not rows.update(**changes):
            return False
        for name, value in changes.items():
            setattr(event, name, value)
        if state is not None:
            _tell(event, state)
    return True


def _tell(event: Event, state: State) -> None:
    """Who hears may fail: what happened to the event stands all the same."""
    as_it_is = copy(event)

    def tell() -> None:
        told(as_it_is, state)

    transaction.on_commit(tell, robust=True)

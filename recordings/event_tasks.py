"""Celery jobs of events: finite, safe to do twice and at once. nvr/celery.py says when."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from celery import shared_task
from django.conf import settings

from recordings.exclusive import alone
from recordings.services import event_expiry, event_pictures, events, object_names, system_events
from recordings.services.database_away import while_the_database_answers

_FIRST_BUDGET_S = 10.0
_FINISH_BUDGET_S = 30.0
_EXPIRE_BUDGET_S = 60.0


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    with while_the_database_answers(), alone(Path(settings.DATA_DIR) / "locks" / name) as is_alone:
        yield is_alone


@shared_task(name="recordings.watch_events")
def watch_events() -> None:
    """Cameras that are down, footage that can't be written, directories in trouble; and events that nobody ends."""
    with _alone("watch_events") as is_alone:
        if is_alone:
            system_events.look()
            events.end_abandoned(now_ms=time.time_ns() // 1_000_000)


@shared_task(name="recordings.note_motion_again")
def note_motion_again() -> None:
    """What a crash kept from becoming an event."""
    with _alone("note_motion_again") as is_alone:
        if is_alone:
            events.note_again(now_ms=time.time_ns() // 1_000_000)


@shared_task(name="recordings.first_event_pictures")
def make_first_event_pictures() -> None:
    """Of events that have just begun. Apart from the others, so that these never wait for those."""
    with _alone("first_event_pictures") as is_alone:
        if is_alone:
            event_pictures.make_first(budget_s=_FIRST_BUDGET_S)


@shared_task(name="recordings.event_pictures")
def finish_event_pictures() -> None:
    """Of events that are over."""
    with _alone("event_pictures") as is_alone:
        if is_alone:
            event_pictures.finish(budget_s=_FINISH_BUDGET_S)


@shared_task(name="recordings.name_objects")
def name_objects() -> None:
    """In the pictures of events of cameras whose objects are to be named."""
    with _alone("name_objects") as is_alone:
        if is_alone:
            object_names.catch_up(budget_s=_FIRST_BUDGET_S)


@shared_task(name="recordings.expire_events")
def expire_events() -> None:
    with _alone("expire_events") as is_alone:
        if is_alone:
            event_expiry.expire(budget_s=_EXPIRE_BUDGET_S)


@shared_task(name="recordings.sweep_event_pictures")
def sweep_event_pictures() -> None:
    """What a crash left."""
    with _alone("sweep_event_pictures") as is_alone:
        if is_alone:
            event_pictures.sweep_orphans(budget_s=_EXPIRE_BUDGET_S)

"""Who hears of an event as it begins, changes and ends. Called when the database has it, by event_states.py and nobody else.

Whoever else is to hear of events is one more line in HEARERS. A hearer returns soon: what takes longer it leaves to a task, with the
event's id.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from cameras.events import EventNews, publish, publish_to_staff
from recordings.models import Event
from recordings.services.notices.doorbell import ring

State = Literal["begun", "changed", "ended"]


def told(event: Event, state: State) -> None:
    """`event` is as it was then. "begun" comes first, "changed" about once a second at most, "ended" last, and again if it went on."""
    for hear in HEARERS:
        hear(event, state)


def news_of(event: Event, state: State) -> EventNews:
    """Costs a query unless the camera is loaded."""
    return EventNews(
        type="event",
        state=state,
        id=event.pk,
        camera=event.camera.slug if event.camera else None,
        kind=event.kind,
        start_ms=event.start_ms,
        end_ms=event.end_ms,
        peak_score=event.peak_score,
        zones=list(event.zones),
        labels=[label["label"] for label in event.labels],
        subject=event.subject,
        reason=event.reason,
        has_picture=event.has_picture,
        is_late=event.is_late,
    )


def _publish(event: Event, state: State) -> None:
    """To whoever may view the camera; what is about none is for staff."""
    if event.camera_id is None:
        publish_to_staff(news_of(event, state))
    else:
        publish(event.camera_id, news_of(event, state))


HEARERS: list[Callable[[Event, State], None]] = [_publish, ring]

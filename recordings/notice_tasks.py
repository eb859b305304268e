"""Celery jobs that tell people of events: event, message, delivery, each safe to do twice.

They have a worker of their own (queue "notify"), for the other side may take its time.
"""

from __future__ import annotations

import time
from pathlib import Path

from celery import shared_task
from django.conf import settings

from recordings.exclusive import alone
from recordings.services.database_away import while_the_database_answers
from recordings.services.notices import deliveries, history, lost, matching, sealing


@shared_task(name="recordings.notify_event")
def notify_event(event_id: int, state: str) -> None:
    """`state` is "begun", "changed" or "ended"."""
    with while_the_database_answers():
        now_ms = _now_ms()
        for appointment in matching.take_up(event_id, state, now_ms=now_ms):
            seal_message.apply_async((appointment.message_id,), countdown=max(appointment.earliest_ms - now_ms, 0) / 1000)


@shared_task(name="recordings.notify_seal")
def seal_message(message_id: int) -> None:
    with while_the_database_answers():
        now_ms = _now_ms()
        made = sealing.seal(message_id, now_ms=now_ms)
        for delivery_id in made or ():
            deliver.delay(delivery_id)
        if made is None and (look_ms := sealing.next_look_ms(message_id, now_ms=now_ms)) is not None:
            seal_message.apply_async((message_id,), countdown=max(look_ms - now_ms, 0) / 1000)


@shared_task(name="recordings.notify_deliver")
def deliver(delivery_id: int) -> None:
    with while_the_database_answers():
        delay_s = deliveries.deliver(delivery_id, now_ms=_now_ms())
        if delay_s is not None:
            deliver.apply_async((delivery_id,), countdown=delay_s)


@shared_task(name="recordings.notify_sweep")
def sweep() -> None:
    """What was lost on the way: events, messages that are due, deliveries whose time has come."""
    with while_the_database_answers(), alone(Path(settings.DATA_DIR) / "locks" / "notify_sweep") as is_alone:
        if not is_alone:
            return
        now_ms = _now_ms()
        for event_id, state in lost.lost_events(now_ms=now_ms):
            notify_event.delay(event_id, state)
        for message_id in sealing.due_messages(now_ms=now_ms):
            seal_message.delay(message_id)
        for delivery_id in deliveries.due_deliveries(now_ms=now_ms):
            deliver.delay(delivery_id)


@shared_task(name="recordings.notify_forget")
def forget_old() -> None:
    with while_the_database_answers():
        history.forget_old(now_ms=_now_ms())


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

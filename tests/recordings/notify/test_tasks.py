"""The chain of jobs from an event to its delivery: what each asks for next, and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import pytest_django
from django.conf import settings as site

from nvr.celery import app
from recordings import notice_tasks
from recordings.models import Delivery, Event, NotifyMessage
from recordings.notify.destinations import parse_networks
from recordings.services.notices import lost
from recordings.services.notices.doorbell import TASK
from tests.support.people import House
from tests.support.telling import NOW_MS, make_event, make_rule, make_webhook
from tests.support.webhook_receiver import Receiver, running_receiver

Asked = list[tuple[str, tuple[Any, ...], float]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Names, arguments and delays of the jobs that are asked for."""
    found: Asked = []
    for task in (notice_tasks.notify_event, notice_tasks.seal_message, notice_tasks.deliver):

        def ask(arguments: tuple[Any, ...], *, countdown: float = 0, _name: str = task.name, **_: Any) -> None:
            found.append((_name, tuple(arguments), countdown))

        monkeypatch.setattr(task, "apply_async", ask)
        monkeypatch.setattr(task, "delay", lambda *arguments, _ask=ask: _ask(arguments))
    return found


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    now_ms = [NOW_MS]
    monkeypatch.setattr(notice_tasks, "_now_ms", lambda: now_ms[0])
    return now_ms


@pytest.fixture
def receiver(settings: pytest_django.Settings) -> Iterator[Receiver]:
    settings.NOTIFY_PRIVATE = parse_networks(["127.0.0.0/8"])
    with running_receiver() as receiver:
        yield receiver


def test_an_event_is_told_when_its_picture_is_there(house: House, receiver: Receiver, asked: Asked, clock: list[int]) -> None:
    make_rule(house.alice, make_webhook(house.alice, receiver.url()))
    event = make_event(house.camera)
    notice_tasks.notify_event(event.pk, "begun")
    message = NotifyMessage.objects.get()
    notice_tasks.seal_message(message.pk)
    assert asked == [("recordings.notify_seal", (message.pk,), 0), ("recordings.notify_seal", (message.pk,), 0.5)]
    Event.objects.update(has_picture=True)
    clock[0] += 500
    notice_tasks.seal_message(message.pk)
    delivery = Delivery.objects.get()
    assert asked[2:] == [("recordings.notify_deliver", (delivery.pk,), 0)]
    receiver.statuses = [503]
    notice_tasks.deliver(delivery.pk)
    ((name, arguments, delay_s),) = asked[3:]
    assert (name, arguments) == ("recordings.notify_deliver", (delivery.pk,)) and 3.75 <= delay_s <= 6.25
    clock[0] += 10_000
    notice_tasks.deliver(delivery.pk)
    notice_tasks.deliver(delivery.pk)
    assert (len(receiver.taken), len(asked)) == (2, 4)


def test_the_sweep_asks_for_what_was_lost_on_the_way(
    house: House, receiver: Receiver, asked: Asked, clock: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_rule(house.alice, make_webhook(house.alice, receiver.url()))
    event = make_event(house.camera)
    notice_tasks.notify_event(event.pk, "begun")
    message = NotifyMessage.objects.get()
    del asked[:]
    monkeypatch.setattr(lost, "lost_events", lambda *, now_ms: [(7, "ended")])
    notice_tasks.sweep()
    assert asked == [("recordings.notify_event", (7, "ended"), 0)]
    clock[0] += 4_000
    notice_tasks.sweep()
    assert ("recordings.notify_seal", (message.pk,), 0) in asked
    notice_tasks.seal_message(message.pk)
    del asked[:]
    notice_tasks.sweep()
    assert ("recordings.notify_deliver", (Delivery.objects.get().pk,), 0) in asked
    notice_tasks.forget_old()


def test_they_have_a_queue_of_their_own_and_are_known_to_the_worker() -> None:
    for task in (notice_tasks.notify_event, notice_tasks.seal_message, notice_tasks.deliver, notice_tasks.sweep, notice_tasks.forget_old):
        assert site.CELERY_TASK_ROUTES[task.name] == {"queue": "notify"}
    assert notice_tasks.notify_event.name == TASK
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert {"recordings.notify_sweep", "recordings.notify_forget"} <= scheduled

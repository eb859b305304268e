"""Rules, channels and events for tests of notifications, and the work of the tasks without a worker."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from cameras.models import Camera
from recordings.models import Delivery, Event, Notice, NotifyChannel, NotifyRule
from recordings.notify.signature import to_secret
from recordings.services.notices import deliveries, matching, sealing

NOW_MS = 1_795_000_000_000  # Wednesday, 18 November 2026, 11:06:40 UTC
SECRET = to_secret(b"0123456789abcdef0123456789abcdef")


def make_webhook(owner: User, url: str, name: str = "Hook", **fields: Any) -> NotifyChannel:
    settings: Any = {"url": url, "secret": SECRET, "has_picture": True}
    return NotifyChannel.objects.create(owner=owner, name=name, kind="webhook", settings=settings, **fields)


def make_rule(
    owner: User, *channels: NotifyChannel, kinds: tuple[str, ...] = ("motion",), cameras: tuple[Camera, ...] = (), **fields: Any
) -> NotifyRule:
    rule = NotifyRule.objects.create(owner=owner, name="Rule", kinds=list(kinds), is_all_cameras=not cameras, **fields)
    rule.channels.set(channels)
    rule.cameras.set(cameras)
    return rule


def make_event(camera: Camera | None, at_ms: int = NOW_MS, kind: str = "motion", **fields: Any) -> Event:
    given = {"seen_until_ms": at_ms, "footage_start_ms": at_ms, "footage_end_ms": at_ms, "peak_score": 50} | fields
    return Event.objects.create(camera=camera, kind=kind, start_ms=at_ms, **given)


def tell(event: Event, now_ms: int = NOW_MS, state: str = "begun") -> list[int]:
    """The messages that it is in now."""
    return [appointment.message_id for appointment in matching.take_up(event.pk, state, now_ms=now_ms)]


def send_all(now_ms: int) -> list[Delivery]:
    """Seals what is ready and tries what is due, as the sweep would; returns what was tried."""
    for message_id in sealing.due_messages(now_ms=now_ms):
        sealing.seal(message_id, now_ms=now_ms)
    tried = deliveries.due_deliveries(now_ms=now_ms)
    for delivery_id in tried:
        deliveries.deliver(delivery_id, now_ms=now_ms)
    return list(Delivery.objects.filter(pk__in=tried).order_by("pk"))


def held(rule: NotifyRule) -> list[str]:
    return list(Notice.objects.filter(rule=rule).order_by("pk").values_list("held", flat=True))

"""When a message has waited long enough it is sealed: what comes later is another message, and its deliveries are made."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from recordings.models import Delivery, NotifyChannel, NotifyMessage, PushDevice

_PICTURE_EVERY_MS = 500


def is_ready(message: NotifyMessage, *, now_ms: int) -> bool:
    """At the time it is due; before, if nothing more is waited for than pictures, and they are all there."""
    if now_ms >= message.due_ms:
        return True
    return now_ms >= message.earliest_ms and not message.notices.filter(event__has_picture=False).exists()


def seal(message_id: int, *, now_ms: int) -> list[int] | None:
    """The deliveries to be made; None when it has to wait still. Nothing, and no harm, when somebody else has sealed it."""
    message = NotifyMessage.objects.select_related("rule__owner__notify_mute").filter(pk=message_id, sealed_ms__isnull=True).first()
    if message is None:
        return []
    if not is_ready(message, now_ms=now_ms):
        return None
    with transaction.atomic():
        if not NotifyMessage.objects.filter(pk=message_id, sealed_ms__isnull=True).update(sealed_ms=now_ms):
            return []
        if _is_muted(message, now_ms):
            message.notices.update(held="muted")
            return []
        wanted = list(_deliveries(message, now_ms=now_ms))
        Delivery.objects.bulk_create(wanted, ignore_conflicts=True)
    return list(Delivery.objects.filter(message_id=message_id, state=Delivery.State.WAITING).values_list("pk", flat=True))


def next_look_ms(message_id: int, *, now_ms: int) -> int | None:
    """When an open message is to be looked at again: while it waits for pictures, twice a second."""
    row = NotifyMessage.objects.filter(pk=message_id, sealed_ms__isnull=True).values_list("earliest_ms", "due_ms").first()
    if row is None:
        return None
    earliest_ms, due_ms = row
    return earliest_ms if now_ms < earliest_ms else min(now_ms + _PICTURE_EVERY_MS, max(due_ms, now_ms))


def due_messages(*, now_ms: int) -> list[int]:
    return list(NotifyMessage.objects.filter(sealed_ms__isnull=True, due_ms__lte=now_ms).values_list("pk", flat=True))


def _is_muted(message: NotifyMessage, now_ms: int) -> bool:
    """Somebody who says “quiet” while a message waits means this one, too."""
    mute = getattr(message.rule.owner, "notify_mute", None)
    return now_ms < max(message.rule.muted_until_ms, mute.until_ms if mute else 0)


def _deliveries(message: NotifyMessage, *, now_ms: int) -> Iterable[Delivery]:
    for channel in message.rule.channels.filter(is_enabled=True, owner_id=message.rule.owner_id):
        devices: Iterable[PushDevice | None] = [None]
        if channel.kind == NotifyChannel.Kind.PUSH:
            devices = PushDevice.objects.filter(owner_id=channel.owner_id)
        for device in devices:
            target = str(device.pk) if device else ""
            yield Delivery(message=message, channel=channel, device=device, target=target, next_try_ms=now_ms, made_ms=now_ms)

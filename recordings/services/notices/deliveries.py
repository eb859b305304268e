"""Sending: claimed by compare-and-set, so that a task that comes twice sends once, and tried again by the table of notify/retry.py.

A worker that dies while it sends leaves a claim that runs out; whether the other side got the message nobody knows, so it is sent again,
under the same key.
"""

from __future__ import annotations

import random

from django.db.models import F, Q

from recordings.models import Delivery, NotifyChannel
from recordings.notify.letter import Letter, Outcome, Result
from recordings.notify.retry import LEASE_S, next_delay_s
from recordings.services.notices import senders
from recordings.services.notices.channels import may_use
from recordings.services.notices.letters import letter_of
from recordings.services.notices.outcomes import note_outcome

_REASON_LENGTH = 300
_NO_RIGHT = Outcome(Result.REFUSED, "You have no right to see this camera any more.")
_OFF = Outcome(Result.REFUSED, "The channel was switched off.")
_NOT_YOURS = Outcome(Result.REFUSED, "You may not have such a channel any more.")
_NO_DEVICE = Outcome(Result.REFUSED, "The device was removed.")


def deliver(delivery_id: int, *, now_ms: int) -> float | None:
    """Tries once; blocks as long as the other side takes, some 20 s at most. Returns in how many seconds to try again, or None."""
    delivery = _claimed(delivery_id, now_ms=now_ms)
    if delivery is None:
        return None
    letter = letter_of(delivery, has_picture=delivery.channel.kind != NotifyChannel.Kind.MQTT)
    outcome = _NO_RIGHT if letter is None else _send(delivery, letter)
    return _finish(delivery, letter, outcome, now_ms=now_ms)


def due_deliveries(*, now_ms: int) -> list[int]:
    """What is waiting for its next try, and what a worker that died has left."""
    return list(Delivery.objects.filter(_is_due(now_ms)).order_by("next_try_ms", "pk").values_list("pk", flat=True))


def _is_due(now_ms: int) -> Q:
    return Q(state__in=Delivery.UNFINISHED, next_try_ms__lte=now_ms)


def _claimed(delivery_id: int, *, now_ms: int) -> Delivery | None:
    """For whoever comes first."""
    mine = Delivery.objects.filter(_is_due(now_ms), pk=delivery_id)
    lease = {"state": Delivery.State.SENDING, "next_try_ms": now_ms + LEASE_S * 1000, "attempts": F("attempts") + 1}
    if not mine.update(**lease):
        return None
    return Delivery.objects.select_related("message__rule__owner", "channel__owner", "device").filter(pk=delivery_id).first()


def _send(delivery: Delivery, letter: Letter) -> Outcome:
    if not delivery.channel.is_enabled:
        return _OFF
    if not may_use(delivery.channel):
        return _NOT_YOURS
    if delivery.channel.kind == NotifyChannel.Kind.PUSH:
        return _NO_DEVICE if delivery.device is None else senders.push(letter, delivery.device)
    return senders.send(letter, delivery.channel)


def _finish(delivery: Delivery, letter: Letter | None, outcome: Outcome, *, now_ms: int) -> float | None:
    delay_s: float | None = None
    news: dict[str, object] = {"reason": outcome.reason[:_REASON_LENGTH], "title": letter.title[:_REASON_LENGTH] if letter else ""}
    if outcome.result is Result.SENT:
        news |= {"state": Delivery.State.SENT, "sent_ms": now_ms}
    elif outcome.result is Result.AGAIN:
        delay_s = next_delay_s(delivery.attempts, random.random(), wished_s=outcome.wait_s)
        if delay_s is None:
            news |= {"state": Delivery.State.GIVEN_UP}
        else:
            news |= {"state": Delivery.State.WAITING, "next_try_ms": now_ms + int(delay_s * 1000)}
    else:
        news |= {"state": Delivery.State.FAILED}
    # Only as long as the claim is ours: it may have run out, and somebody else be at it.
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.SENDING, attempts=delivery.attempts).update(**news)
    if letter is not None and outcome not in (_OFF, _NOT_YOURS):
        note_outcome(delivery.channel, delivery.device, outcome, now_ms=now_ms)
    return delay_s

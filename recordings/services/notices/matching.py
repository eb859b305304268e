"""From an event to the messages of whoever wants to hear of it. Safe to do twice, also at the same time: a notice is there once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F

from recordings.models import Event, Notice, NotifyMessage, NotifyRule
from recordings.notify.decision import Happening, Held, Phase, Tell, Told, concerns, decide, sort_of
from recordings.services.notices.rights import tellable
from recordings.services.notices.wishes import happening_of, standing_rules, wish_of

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Appointment:
    """When to look at a message that is open."""

    message_id: int
    earliest_ms: int
    due_ms: int


class _SealedMeanwhile(Exception):
    """The message that it was to join has just gone out."""


def take_up(event_id: int, state: str, *, now_ms: int) -> list[Appointment]:
    """`state` is "begun", "changed" or "ended": what a rule did not concern at first, it may by now. Returns the messages it is in."""
    event = Event.objects.select_related("camera").filter(pk=event_id).first()
    if event is None:
        return []
    appointments = []
    rules = list(standing_rules())
    for phase in _phases(event, state):
        happening = happening_of(event, phase)
        for rule in rules:
            if concerns(wish_of(rule), happening) and tellable(rule.owner, [event]):
                message = _note(rule, event, happening, now_ms=now_ms)
                if message is not None:
                    appointments.append(Appointment(message.pk, message.earliest_ms, message.due_ms))
    return appointments


def _phases(event: Event, state: str) -> Iterable[Phase]:
    yield Phase.BEGUN
    if state == "ended" and event.end_ms is not None:
        yield Phase.ENDED


def _note(rule: NotifyRule, event: Event, happening: Happening, *, now_ms: int) -> NotifyMessage | None:
    """The open message that it is in now; None when it is not to be told, or has been before."""
    for _ in range(_TRIES):
        if Notice.objects.filter(rule=rule, event=event, phase=happening.phase).exists():
            return None
        told = _told(rule, event, happening, now_ms=now_ms)
        verdict = decide(wish_of(rule), happening, told, now_ms)
        try:
            with transaction.atomic():
                return _write(rule, event, happening, verdict, now_ms=now_ms)
        except (IntegrityError, _SealedMeanwhile):
            continue  # another task was quicker: with this event, or with a message of this sort
    raise RuntimeError(f"event {event.pk} could not be noted for rule {rule.pk}")


def _write(rule: NotifyRule, event: Event, happening: Happening, verdict: object, *, now_ms: int) -> NotifyMessage | None:
    sort, message = sort_of(happening, now_ms), None
    if isinstance(verdict, Tell):
        message = NotifyMessage.objects.create(rule=rule, sort=sort, earliest_ms=verdict.earliest_ms, due_ms=verdict.due_ms)
    elif not isinstance(verdict, Held):
        message = _joined(rule, sort)
    Notice.objects.create(
        rule=rule,
        event=event,
        camera_id=event.camera_id,
        phase=happening.phase,
        sort=sort,
        message=message,
        held=verdict if isinstance(verdict, Held) else "",
        at_ms=now_ms,
    )
    return message


def _joined(rule: NotifyRule, sort: str) -> NotifyMessage:
    """Counts it in, which keeps the message open until this transaction ends."""
    message = NotifyMessage.objects.filter(rule=rule, sort=sort, sealed_ms__isnull=True).first()
    if message is None or not NotifyMessage.objects.filter(pk=message.pk, sealed_ms__isnull=True).update(size=F("size") + 1):
        raise _SealedMeanwhile
    return message


def _told(rule: NotifyRule, event: Event, happening: Happening, *, now_ms: int) -> Told:
    sort = sort_of(happening, now_ms)
    of_sort = NotifyMessage.objects.filter(rule=rule, sort=sort)
    sealed = of_sort.filter(sealed_ms__isnull=False).order_by("-sealed_ms")
    told = Notice.objects.filter(rule=rule, sort=sort, held="", message__sealed_ms__isnull=False)
    begins = Notice.objects.filter(rule=rule, event=event, phase=Phase.BEGUN, message__isnull=False).exclude(sort="late")
    return Told(
        has_open=of_sort.filter(sealed_ms__isnull=True).exists(),
        of_sort_ms=sealed.values_list("sealed_ms", flat=True).first(),
        of_camera_ms=told.filter(camera=event.camera).order_by("-message__sealed_ms").values_list("message__sealed_ms", flat=True).first(),
        has_begin=happening.phase is Phase.ENDED and begins.exists(),
    )

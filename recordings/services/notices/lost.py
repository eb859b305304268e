"""Events whose task was lost, as when Redis is away at that moment: found again by looking at the newest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import Q

from recordings.models import Event, Notice, NotifyRule
from recordings.notify.decision import STATES, Phase, concerns
from recordings.services.notices.rights import tellable
from recordings.services.notices.wishes import happening_of, standing_rules, wish_of

_WINDOW_MS = 6 * 3_600_000
_MOST_EVENTS = 2000
# What is newer than this its own task will do.
_LEAVE_S = 20


def lost_events(*, now_ms: int) -> list[tuple[int, str]]:
    """Pairs for matching.take_up(). A few queries per rule, whatever there is to find."""
    rules = list(standing_rules().prefetch_related("channels"))
    if not rules:
        return []
    made_before = datetime.fromtimestamp(now_ms / 1000, UTC) - timedelta(seconds=_LEAVE_S)
    recent = Q(start_ms__gte=now_ms - _WINDOW_MS) | Q(end_ms__isnull=True) | Q(end_ms__gte=now_ms - _WINDOW_MS, kind__in=STATES)
    events = list(Event.objects.filter(recent, made_at__lt=made_before).order_by("-start_ms")[:_MOST_EVENTS])
    noted = set(Notice.objects.filter(event__in=[event.pk for event in events]).values_list("rule_id", "event_id", "phase"))
    found: dict[int, str] = {}
    for rule in rules:
        unnoted = [event for event in events if event.made_at > _standing_since(rule) and _is_unnoted(event, rule, noted)]
        for event in tellable(rule.owner, unnoted):
            found[event.pk] = "ended" if event.end_ms is not None else "begun"
    return list(found.items())


def _is_unnoted(event: Event, rule: NotifyRule, noted: set[tuple[int, int, str]]) -> bool:
    phases = [Phase.BEGUN, Phase.ENDED] if event.end_ms is not None else [Phase.BEGUN]
    wish = wish_of(rule)
    return any((rule.pk, event.pk, phase) not in noted and concerns(wish, happening_of(event, phase)) for phase in phases)


def _standing_since(rule: NotifyRule) -> datetime:
    """What happened before somebody wished to be told, or before there was a way to, is not told afterwards."""
    first = min((channel.updated_at for channel in rule.channels.all() if channel.is_enabled), default=rule.updated_at)
    return max(rule.updated_at, first)

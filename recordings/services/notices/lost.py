"""Events whose task was lost, as when Redis is away at that moment: found again by looking at the newest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from recordings.models import Event, Notice, NotifyRule
from recordings.notify.decision import STATES, Phase, concerns
from recordings.services.notices.recent import MOST, recent_events
from recordings.services.notices.rights import tellable
from recordings.services.notices.wishes import happening_of, standing_rules, wish_of

_WINDOW_MS = 6 * 3_600_000
# What is newer than this its own task will do.
_LEAVE_S = 20


def lost_events(*, now_ms: int) -> list[tuple[int, str]]:
    """Pairs for matching.take_up(). A few queries per rule, whatever there is to find."""
    rules = list(standing_rules().prefetch_related("channels"))
    if not rules:
        return []
    made_before = datetime.fromtimestamp(now_ms / 1000, UTC) - timedelta(seconds=_LEAVE_S)
    since_ms = now_ms - _WINDOW_MS
    events = [event for event in (*recent_events(since_ms), *_ended_states(rules, since_ms)) if event.made_at < made_before]
    noted = set(Notice.objects.filter(event__in=[event.pk for event in events]).values_list("rule_id", "event_id", "phase"))
    found: dict[int, str] = {}
    for rule in rules:
        unnoted = [event for event in events if event.made_at > _standing_since(rule) and _is_unnoted(event, rule, noted)]
        for event in tellable(rule.owner, unnoted):
            found[event.pk] = "ended" if event.end_ms is not None else "begun"
    return list(found.items())


def _ended_states(rules: list[NotifyRule], since_ms: int) -> list[Event]:
    """What began long ago, was told then, and is over now."""
    begins = Notice.objects.filter(rule__in=rules, sort__in=sorted(STATES), phase=Phase.BEGUN, message__isnull=False)
    over = begins.filter(event__end_ms__gte=since_ms, event__start_ms__lt=since_ms).select_related("event__camera")
    return [notice.event for notice in over[:MOST]]


def _is_unnoted(event: Event, rule: NotifyRule, noted: set[tuple[int, int, str]]) -> bool:
    phases = [Phase.BEGUN, Phase.ENDED] if event.end_ms is not None else [Phase.BEGUN]
    wish = wish_of(rule)
    return any((rule.pk, event.pk, phase) not in noted and concerns(wish, happening_of(event, phase)) for phase in phases)


def _standing_since(rule: NotifyRule) -> datetime:
    """What happened before somebody wished to be told, or before there was a way to, is not told afterwards."""
    first = min((channel.updated_at for channel in rule.channels.all() if channel.is_enabled), default=rule.updated_at)
    return max(rule.updated_at, first)

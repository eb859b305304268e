"""Rules and events as the decision sees them."""

from __future__ import annotations

import logging
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import QuerySet
from django.utils import timezone

from recordings.models import Event, NotifyRule
from recordings.notify.decision import Happening, Phase, Wish
from recordings.rules.schedule import ALWAYS, Schedule, ScheduleError, parse_schedule

logger = logging.getLogger(__name__)


def standing_rules() -> QuerySet[NotifyRule]:
    """Those that may have something to tell: switched on, of people who may still sign in, with a channel that is switched on."""
    rules = NotifyRule.objects.filter(is_enabled=True, owner__is_active=True, channels__is_enabled=True).distinct()
    return rules.select_related("owner__notify_mute").prefetch_related("cameras")


def wish_of(rule: NotifyRule) -> Wish:
    mute = getattr(rule.owner, "notify_mute", None)
    return Wish(
        kinds=frozenset(rule.kinds),
        cameras=None if rule.is_all_cameras else frozenset(camera.pk for camera in rule.cameras.all()),
        zones=frozenset(rule.zones),
        labels=frozenset(rule.labels),
        min_score=rule.min_score,
        tells_end=rule.tells_end,
        schedule=_schedule(rule),
        zone=zone_of(rule),
        muted_until_ms=max(rule.muted_until_ms, mute.until_ms if mute else 0),
        every_s=rule.every_s,
        group_s=rule.group_s,
    )


def happening_of(event: Event, phase: Phase) -> Happening:
    return Happening(
        kind=event.kind,
        phase=phase,
        camera_id=event.camera_id,
        start_ms=event.start_ms,
        zones=frozenset(event.zones),
        labels=frozenset(labels_of(event)),
        score=event.peak_score,
        is_late=event.is_late,
        is_over=event.end_ms is not None,
    )


def labels_of(event: Event) -> list[str]:
    return [str(found["label"]) for found in event.labels]


def zone_of(rule: NotifyRule) -> ZoneInfo:
    try:
        return ZoneInfo(rule.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(timezone.get_default_timezone_name())


def _schedule(rule: NotifyRule) -> Schedule:
    """A broken one tells too much rather than nothing."""
    try:
        return parse_schedule(rule.schedule) if rule.schedule else ALWAYS
    except ScheduleError as error:
        logger.error("the hours of the notification rule %s are ignored: %s", rule.pk, error)
        return ALWAYS

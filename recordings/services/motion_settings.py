"""How a camera's picture is watched, as people change it: checked as a whole, and saved at once.

Refused input raises django.core.exceptions.ValidationError with plain words by field name. Who asks has checked the right to configure. The
detector reads rule and zones anew for each batch of footage, so that a change holds for the next one.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction

from cameras.models import Camera
from cameras.services import change_camera
from recordings.models import MotionRule, Zone
from recordings.objects.finder import trouble as objects_trouble
from recordings.rules.schedule import ScheduleError, parse_schedule
from recordings.services.motion import rule_of
from recordings.services.motion_zones import drawn_zones, replace_zones

logger = logging.getLogger(__name__)


def drafted(camera: Camera, changes: Mapping[str, Any], drawn: Sequence[Mapping[str, Any]] | None) -> tuple[MotionRule, list[Zone] | None]:
    """The camera's rule with the changes in it, and zones as they were drawn: checked together, and not saved."""
    problems: dict[str, list[str]] = {}
    rule, zones = rule_of(camera), None
    try:
        if changes:  # what was stored long ago stands in nobody's way
            drafted_rule(rule, changes)
    except ValidationError as error:
        problems |= error.message_dict
    try:
        zones = None if drawn is None else drawn_zones(camera, drawn)
    except ValidationError as error:
        problems |= error.message_dict
    if problems:
        raise ValidationError(problems)
    return rule, zones


def drafted_rule(rule: MotionRule, changes: Mapping[str, Any]) -> MotionRule:
    """The rule with the changes in it, checked and not saved. `changes` are fields of a MotionRule."""
    for name, value in changes.items():
        setattr(rule, name, value)
    problems: dict[str, list[str]] = {}
    try:
        rule.clean_fields(exclude={"camera"})
    except ValidationError as error:
        problems = error.message_dict
    for field, check in _CHECKS.items():
        if field not in problems and (problem := check(rule)):
            problems[field] = [problem]
    if changes.get("finds_objects") and (lack := objects_trouble()):
        problems["finds_objects"] = [lack]
    if problems:
        raise ValidationError(problems)
    return rule


def save_motion(
    camera: Camera,
    *,
    by: AbstractBaseUser,
    rule: MotionRule | None = None,
    changed: Sequence[str] = (),
    zones: Sequence[Zone] | None = None,
    is_on: bool | None = None,
) -> None:
    """What is None stays. Of the rule only the fields in `changed` are written: others belong to whoever changes them meanwhile."""
    with transaction.atomic():
        if rule is not None and changed:
            MotionRule.objects.update_or_create(camera=camera, defaults={name: getattr(rule, name) for name in changed})
        if zones is not None:
            replace_zones(camera, zones)
        if is_on is not None:
            _switch(camera, is_on, by)
    what = [*(changed if rule is not None else ()), *(["zones"] if zones is not None else [])]
    if is_on is not None:
        what.append("on" if is_on else "off")
    logger.info("camera %s: %s changed how motion is found: %s", camera.slug, by.get_username(), ", ".join(what) or "nothing")


def _switch(camera: Camera, is_on: bool, by: AbstractBaseUser) -> None:
    try:
        change_camera(camera, detects_motion=is_on, by=by)
    except ValidationError as error:
        raise ValidationError({"is_on": error.messages}) from error


def next_switch_ms(rule: MotionRule, now_ms: int) -> int | None:
    """When the schedule switches motion detection on or off next; None when it never does."""
    if not rule.schedule:
        return None
    try:
        return parse_schedule(rule.schedule).next_change_ms(now_ms, ZoneInfo(rule.time_zone))
    except (ScheduleError, OSError, ValueError, KeyError):
        return None  # the detector complains of what can't be used


def _problem_of_size(rule: MotionRule) -> str:
    """Django's validators let pass what is neither less than the least nor more than the most."""
    return "give a number from 0 to 100" if math.isnan(rule.smallest_percent) else ""


def _problem_of_schedule(rule: MotionRule) -> str:
    try:
        schedule = parse_schedule(rule.schedule)
    except ScheduleError as error:
        return str(error)
    return "no hours at all: leave it empty for always, or switch motion detection off" if rule.schedule and not schedule.ranges else ""


def _problem_of_time_zone(rule: MotionRule) -> str:
    try:
        ZoneInfo(rule.time_zone)
    except (OSError, ValueError, KeyError):
        return "no time zone of this name; give one as in Europe/Berlin"
    return ""


_CHECKS = {"smallest_percent": _problem_of_size, "schedule": _problem_of_schedule, "time_zone": _problem_of_time_zone}

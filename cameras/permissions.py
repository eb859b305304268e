"""Who may do what to which camera, now: asked by REST, WebSocket, media, admin and templates alike, decided nowhere else.

Denied is whatever no grant allows. A grant counts while it is in force: between its dates, and in its hours of the week, if it has some.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from cameras.models import Action, Camera, Grant
from cameras.token_scope import cameras_within_scope, is_limited, only_unlimited, rights_within_scope

logger = logging.getLogger(__name__)

User = AbstractBaseUser | AnonymousUser
Standing = Literal["now", "closed", "later", "over"]
MANAGE_PEOPLE = "cameras.manage_people"

# Any right on a camera lets one see it: who may point it elsewhere may see it anyway, and footage is playable 5 s after it happened.
# Nobody picks what to export, protect or delete without seeing it; but to configure a camera is not to look into its past. It is to
# point it, though: presets are made by turning it. What is said near a camera is for those only who were granted to hear it.
_ON_FOOTAGE = [Action.PLAYBACK, Action.EXPORT, Action.PROTECT, Action.DELETE]
SUFFICIENT = {action: [action] for action in Action} | {
    Action.VIEW: list(Action),
    Action.PLAYBACK: _ON_FOOTAGE,
    Action.PTZ: [Action.PTZ, Action.CONFIGURE],
}


@cameras_within_scope
def cameras_for(user: User, action: Action = Action.VIEW) -> QuerySet[Camera]:
    """The cameras on which the user may do it: all for an active superuser, else those with a grant. Lazy, one query, no duplicates.

    Whose grants have hours pays a second query for these, at once: what is open is decided now, not when the list is read.
    """
    if not _is_somebody(user):
        return Camera.objects.none()
    if is_superuser(user):
        return Camera.objects.all()
    grants = _in_force(_grants_of(user).filter(action__in=SUFFICIENT[Action(action)]), timezone.now())
    in_groups = Camera.groups.through.objects.filter(cameragroup__in=grants.filter(camera_group__isnull=False).values("camera_group"))
    return Camera.objects.filter(Q(pk__in=grants.filter(camera__isnull=False).values("camera")) | Q(pk__in=in_groups.values("camera")))


@rights_within_scope
def rights_by_camera(user: User) -> dict[int, list[Action]]:
    """What `cameras_for` would say for every action, by camera id, in one query."""
    if not _is_somebody(user):
        return {}
    if is_superuser(user):
        return {camera_id: list(Action) for camera_id in Camera.objects.values_list("pk", flat=True)}
    now = timezone.now()
    granted: dict[int, set[str]] = {}
    rows = _within_dates(_grants_of(user), now).values_list("action", "camera", "camera_group__cameras", "hours")
    for action, camera_id, camera_in_group_id, hours in rows:
        its_camera_id = camera_id or camera_in_group_id
        if its_camera_id and is_open(hours, now):  # an empty group has no camera
            granted.setdefault(its_camera_id, set()).add(action)
    return {camera_id: included(given) for camera_id, given in granted.items()}


def lasting_rights(user: User) -> dict[int, list[Action]]:
    """As `rights_by_camera`, of what has neither hours nor an end: what one has altogether, and might hand on. One query."""
    if is_superuser(user):
        return rights_by_camera(user)
    granted: dict[int, set[str]] = {}
    if _is_somebody(user):
        lasting = _within_dates(_grants_of(user), timezone.now()).filter(hours__isnull=True, valid_until=None)
        for action, camera_id, camera_in_group_id in lasting.values_list("action", "camera", "camera_group__cameras"):
            if its_camera_id := camera_id or camera_in_group_id:
                granted.setdefault(its_camera_id, set()).add(action)
    return {camera_id: included(given) for camera_id, given in granted.items()}


def included(given: Collection[str]) -> list[Action]:
    """What may be done by whoever was granted these."""
    return [action for action in Action if not set(SUFFICIENT[action]).isdisjoint(given)]


def may_read_audit(user: User) -> bool:
    """Who did what is for those who are in charge of people."""
    return is_superuser(user) and not is_limited(user)


def may(user: User, action: Action, camera: Camera) -> bool:
    return cameras_for(user, action).filter(pk=camera.pk).exists()


amay = sync_to_async(may)


@only_unlimited
def may_add(user: User) -> bool:
    """A superuser, or who holds Django's permission "Can add camera"."""
    return _is_somebody(user) and _has(user, "cameras.add_camera")


def may_manage_people(user: User) -> bool:
    """A superuser, or who holds "Can manage people and their rights". It concerns no camera: what its holder may see is granted apart."""
    return _is_somebody(user) and not is_limited(user) and _has(user, MANAGE_PEOPLE)


def is_superuser(user: User) -> bool:
    return _is_somebody(user) and bool(getattr(user, "is_superuser", False))


def is_open(hours: Any, at: datetime) -> bool:
    """Whether these hours of a week, in the installation's time zone, include the moment. None: always. What can't be read: never."""
    if hours is None:
        return True
    try:
        schedule = _read_hours(settings.NVR_SCHEDULE_READER, json.dumps(hours))
    except ValueError as error:
        logger.warning("a right has hours that can't be read, so it is none: %s", error)
        return False
    return bool(schedule.is_on(int(at.timestamp() * 1000), timezone.get_default_timezone()))


def standing_of(grant: Grant, at: datetime) -> Standing:
    """Whether it counts at that moment, and if not, why."""
    if grant.valid_from is not None and at < grant.valid_from:
        return "later"
    if grant.valid_until is not None and at >= grant.valid_until:
        return "over"
    return "now" if is_open(grant.hours, at) else "closed"


def signed_in(user: User) -> AbstractBaseUser:
    """For code behind a check that nobody anonymous passes."""
    assert isinstance(user, AbstractBaseUser), "nobody is signed in"
    return user


def _is_somebody(user: User) -> bool:
    return bool(user.is_authenticated and user.is_active)


def _has(user: User, permission: str) -> bool:
    return bool(getattr(user, "has_perm", lambda _: False)(permission))


def _grants_of(user: User) -> QuerySet[Grant]:
    return Grant.objects.filter(Q(user=user) | Q(user_group__user=user))


def _within_dates(grants: QuerySet[Grant], now: datetime) -> QuerySet[Grant]:
    has_begun, goes_on = Q(valid_from=None) | Q(valid_from__lte=now), Q(valid_until=None) | Q(valid_until__gt=now)
    return grants.filter(has_begun, goes_on)


def _in_force(grants: QuerySet[Grant], now: datetime) -> QuerySet[Grant]:
    """One query, for those that have hours."""
    current = _within_dates(grants, now)
    closed = [pk for pk, hours in current.filter(hours__isnull=False).values_list("pk", "hours") if not is_open(hours, now)]
    return current.exclude(pk__in=closed) if closed else current


@lru_cache(maxsize=256)
def _read_hours(reader: str, stored: str) -> Any:
    """Raises ValueError."""
    return import_string(reader)(json.loads(stored))

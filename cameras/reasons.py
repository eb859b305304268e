"""Why somebody may do something to a camera: through which grants, and which of them count at the moment.

What may be done is cameras/permissions.py's to say; this tells of the same grants, also of those that do not count now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone

from cameras.models import Action, Camera, Grant
from cameras.permissions import SUFFICIENT, Standing, is_superuser, standing_of


@dataclass(frozen=True, slots=True)
class Reason:
    grant: Grant
    standing: Standing


@dataclass(frozen=True, slots=True)
class Right:
    """One action, with every grant that includes it. `is_allowed`: one of them counts now, or no grant is needed."""

    action: Action
    is_allowed: bool
    reasons: tuple[Reason, ...]


def by_camera(user: User) -> list[tuple[Camera, list[Right]]]:
    """All cameras of a superuser; else those that any grant is about, in the order of the dashboard. Four queries."""
    grants: dict[int, list[Grant]] = {}
    for grant in _with_names(Grant.objects.filter(Q(user=user) | Q(user_group__user=user))):
        for camera in _cameras_of(grant):
            grants.setdefault(camera.pk, []).append(grant)
    cameras = Camera.objects.all() if is_superuser(user) else Camera.objects.filter(pk__in=grants)
    return [(camera, _rights(user, grants.get(camera.pk, ()), timezone.now())) for camera in cameras]


def by_person(camera: Camera) -> list[tuple[User, list[Right]]]:
    """Superusers, and everybody whom a grant on the camera is about, by name. Five queries."""
    grants: dict[int, list[Grant]] = {}
    on_it = Grant.objects.filter(Q(camera=camera) | Q(camera_group__cameras=camera))
    for grant in _with_names(on_it).prefetch_related("user_group__user_set"):
        for user_id in _people_of(grant):
            grants.setdefault(user_id, []).append(grant)
    people = User.objects.filter(Q(pk__in=grants) | Q(is_superuser=True)).order_by("username")
    return [(user, _rights(user, grants.get(user.pk, ()), timezone.now())) for user in people]


def _rights(user: User, grants: Iterable[Grant], now: datetime) -> list[Right]:
    reasons = [Reason(grant, standing_of(grant, now)) for grant in sorted(grants, key=lambda grant: grant.pk)]
    found = []
    for action in Action:
        its = tuple(reason for reason in reasons if reason.grant.action in SUFFICIENT[action])
        is_allowed = is_superuser(user) or (user.is_active and any(reason.standing == "now" for reason in its))
        if its or is_allowed:
            found.append(Right(action, is_allowed, its))
    return found


def _with_names(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    named = grants.select_related("user", "user_group", "camera", "camera_group", "granted_by")
    return named.prefetch_related("camera_group__cameras")


def _cameras_of(grant: Grant) -> Iterator[Camera]:
    if grant.camera is not None:
        yield grant.camera
    if grant.camera_group is not None:
        yield from grant.camera_group.cameras.all()


def _people_of(grant: Grant) -> Iterator[int]:
    if grant.user_id is not None:
        yield grant.user_id
    if grant.user_group is not None:
        yield from (user.pk for user in grant.user_group.user_set.all())

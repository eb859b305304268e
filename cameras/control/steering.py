"""Who steers a camera: a lease in the database, changed by compare-and-set, told to everybody who may view the camera."""

from __future__ import annotations

import time

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction

from cameras import events
from cameras.audit.activities import gather
from cameras.audit.actors import current_actor
from cameras.control.ranks import Helmsman, Rank, after
from cameras.models import Action, AuditAction, Camera, Steering
from cameras.permissions import may

_TRIES = 5
# Turning the camera several times in so short a time is one turn at the helm.
_QUIET_MS = 30_000


class SteeredByAnother(Exception):
    """`str()` says who, and until when."""

    def __init__(self, name: str, until_ms: int, *, may_take_over: bool) -> None:
        seconds = max(1, round((until_ms - _now_ms()) / 1000))
        super().__init__(f"{name} is steering this camera; it is free in {seconds} s unless {name} goes on")
        self.name = name
        self.until_ms = until_ms
        self.may_take_over = may_take_over


def take(camera: Camera, user: AbstractBaseUser, *, takes_over: bool = False) -> Helmsman:
    """Takes the helm, or keeps it for another while. Raises SteeredByAnother. About three queries."""
    rank = rank_of(user, camera)
    for _ in range(_TRIES):
        now = helmsman_of(camera)
        now_ms = _now_ms()
        wanted = after(now, user.pk, rank, now_ms, takes_over=takes_over)
        if wanted is None:
            raise SteeredByAnother(name_of(now.user_id), now.until_ms, may_take_over=rank > now.rank)
        if _replace(camera, now, wanted):
            gather(AuditAction.STEER, camera=camera, quiet_ms=_QUIET_MS, by=current_actor().of(user))
            if not now.holds(now_ms) or now.user_id != user.pk:
                tell(camera, wanted)
            return wanted
    raise SteeredByAnother("somebody else", _now_ms(), may_take_over=False)


def release(camera: Camera, user: AbstractBaseUser) -> None:
    """Gives the helm back, if this person has it."""
    now = helmsman_of(camera)
    now_ms = _now_ms()
    if now.user_id == user.pk and now.holds(now_ms):
        free = Helmsman(now.user_id, now.rank, now.since_ms, now_ms)
        if _replace(camera, now, free):
            tell(camera, free)


def helmsman_of(camera: Camera) -> Helmsman:
    found = Steering.objects.filter(camera=camera).values_list("user_id", "rank", "since_ms", "until_ms").first()
    return Helmsman() if found is None else Helmsman(*found)


def rank_of(user: AbstractBaseUser, camera: Camera) -> Rank:
    if getattr(user, "is_superuser", False):
        return Rank.SUPERUSER
    return Rank.CONFIGURER if may(user, Action.CONFIGURE, camera) else Rank.OPERATOR


def name_of(user_id: int | None) -> str:
    user = None if user_id is None else get_user_model().objects.filter(pk=user_id).first()
    return "nobody" if user is None else user.get_username()


def tell(camera: Camera, now: Helmsman) -> None:
    by = name_of(now.user_id) if now.holds(_now_ms()) else None
    news = events.SteeringChanged(
        type="ptz.steering", camera=camera.slug, by=by, rank=int(now.rank), since_ms=now.since_ms, until_ms=now.until_ms
    )
    events.publish(camera.pk, news)


def _replace(camera: Camera, old: Helmsman, new: Helmsman) -> bool:
    values = {"user_id": new.user_id, "rank": int(new.rank), "since_ms": new.since_ms, "until_ms": new.until_ms}
    if old.user_id is None:
        try:
            with transaction.atomic():
                Steering.objects.create(camera=camera, **values)
        except IntegrityError:
            return False
        return True
    rows = Steering.objects.filter(camera=camera, user_id=old.user_id, until_ms=old.until_ms)
    return rows.update(**values) == 1


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

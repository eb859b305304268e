"""Who may do what to which camera: asked by REST, WebSocket, media, admin and templates alike, decided nowhere else."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q, QuerySet

from cameras.models import Action, Camera, Grant

User = AbstractBaseUser | AnonymousUser

# Any right on a camera lets one see it: who may point it elsewhere may see it anyway, and footage is playable 5 s after it happened.
# Nobody picks what to export, protect or delete without seeing it; but to configure a camera is not to look into its past. It is to
# point it, though: presets are made by turning it.
_ON_FOOTAGE = [Action.PLAYBACK, Action.EXPORT, Action.PROTECT, Action.DELETE]
_SUFFICIENT = {action: [action] for action in Action} | {
    Action.VIEW: list(Action),
    Action.PLAYBACK: _ON_FOOTAGE,
    Action.PTZ: [Action.PTZ, Action.CONFIGURE],
}


def cameras_for(user: User, action: Action = Action.VIEW) -> QuerySet[Camera]:
    """The cameras on which the user may do it: all for an active superuser, else those with a grant. Lazy, one query, no duplicates."""
    if not user.is_authenticated or not user.is_active:
        return Camera.objects.none()
    if getattr(user, "is_superuser", False):
        return Camera.objects.all()
    actions = _SUFFICIENT[Action(action)]
    grants = _grants_of(user).filter(action__in=actions)
    in_groups = Camera.groups.through.objects.filter(cameragroup__in=grants.filter(camera_group__isnull=False).values("camera_group"))
    return Camera.objects.filter(Q(pk__in=grants.filter(camera__isnull=False).values("camera")) | Q(pk__in=in_groups.values("camera")))


def rights_by_camera(user: User) -> dict[int, list[Action]]:
    """What `cameras_for` would say for every action, by camera id, in one query."""
    if not user.is_authenticated or not user.is_active:
        return {}
    if getattr(user, "is_superuser", False):
        return {camera_id: list(Action) for camera_id in Camera.objects.values_list("pk", flat=True)}
    granted: dict[int, set[str]] = {}
    for action, camera_id, camera_in_group_id in _grants_of(user).values_list("action", "camera", "camera_group__cameras"):
        # an empty group has no camera: its None is nobody's id
        granted.setdefault(camera_id or camera_in_group_id, set()).add(action)
    return {camera_id: [action for action in Action if given.intersection(_SUFFICIENT[action])] for camera_id, given in granted.items()}


def may_add(user: User) -> bool:
    """A superuser, or who holds Django's permission "Can add camera"."""
    return user.is_authenticated and user.is_active and bool(getattr(user, "has_perm", lambda _: False)("cameras.add_camera"))


def may_read_audit(user: User) -> bool:
    """Who did what is for those who are in charge of people."""
    return user.is_authenticated and user.is_active and bool(getattr(user, "is_superuser", False))


def may(user: User, action: Action, camera: Camera) -> bool:
    return cameras_for(user, action).filter(pk=camera.pk).exists()


amay = sync_to_async(may)


def signed_in(user: User) -> AbstractBaseUser:
    """For code behind a check that nobody anonymous passes."""
    assert isinstance(user, AbstractBaseUser), "nobody is signed in"
    return user


def _grants_of(user: User) -> QuerySet[Grant]:
    return Grant.objects.filter(Q(user=user) | Q(user_group__user=user))

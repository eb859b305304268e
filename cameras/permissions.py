"""Who may do what to which camera: asked by REST, WebSocket, media, admin and templates alike, decided nowhere else."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q, QuerySet

from cameras.models import Action, Camera, Grant

User = AbstractBaseUser | AnonymousUser

# Who may point a camera elsewhere may see it anyway.
_SUFFICIENT = {Action.VIEW: [Action.VIEW, Action.CONFIGURE], Action.CONFIGURE: [Action.CONFIGURE]}


def cameras_for(user: User, action: Action = Action.VIEW) -> QuerySet[Camera]:
    """The cameras on which the user may do it: all for an active superuser, else those with a grant. Lazy, one query, no duplicates."""
    if not user.is_authenticated or not user.is_active:
        return Camera.objects.none()
    if getattr(user, "is_superuser", False):
        return Camera.objects.all()
    actions = _SUFFICIENT[Action(action)]
    grants = Grant.objects.filter(Q(user=user) | Q(user_group__user=user), action__in=actions)
    in_groups = Camera.groups.through.objects.filter(cameragroup__in=grants.filter(camera_group__isnull=False).values("camera_group"))
    return Camera.objects.filter(Q(pk__in=grants.filter(camera__isnull=False).values("camera")) | Q(pk__in=in_groups.values("camera")))


def may_add(user: User) -> bool:
    """A superuser, or who holds Django's permission "Can add camera"."""
    return user.is_authenticated and user.is_active and bool(getattr(user, "has_perm", lambda _: False)("cameras.add_camera"))


def may(user: User, action: Action, camera: Camera) -> bool:
    return cameras_for(user, action).filter(pk=camera.pk).exists()


amay = sync_to_async(may)


def signed_in(user: User) -> AbstractBaseUser:
    """For code behind a check that nobody anonymous passes."""
    assert isinstance(user, AbstractBaseUser), "nobody is signed in"
    return user

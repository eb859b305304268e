"""Who may do what to which camera: asked by REST, WebSocket, media, admin and templates alike, decided nowhere else."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q, QuerySet

from cameras.models import Action, Camera

User = AbstractBaseUser | AnonymousUser


def cameras_for(user: User, action: Action = Action.VIEW) -> QuerySet[Camera]:
    """The cameras on which the user may do it: all for an active superuser, else those with a grant. Lazy, one query."""
    if not user.is_authenticated or not user.is_active:
        return Camera.objects.none()
    if getattr(user, "is_superuser", False):
        return Camera.objects.all()
    who = Q(grants__user=user) | Q(grants__user_group__user=user)
    through_group = Q(groups__grants__user=user) | Q(groups__grants__user_group__user=user)
    return Camera.objects.filter((who & Q(grants__action=action)) | (through_group & Q(groups__grants__action=action))).distinct()


def may(user: User, action: Action, camera: Camera) -> bool:
    return cameras_for(user, action).filter(pk=camera.pk).exists()


amay = sync_to_async(may)

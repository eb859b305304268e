"""What those who manage people may do, and to whom. Superusers may everything; the others give nothing that they have not themselves.

NotYours    the message says what they lack

accounts    those of superusers, of staff and of others who manage people are for superusers; so are the password and the e-mail
            address of any account that exists, for with these somebody could become that person
rights      what is handed on, by a grant, by letting somebody into a group or a camera into a camera group, must be one's own at all
            times and without an end; taking away is free
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.contrib.auth.models import Group, User
from django.db.models import Q

from cameras.models import Action, Camera, CameraGroup, Grant
from cameras.permissions import MANAGE_PEOPLE, is_superuser, lasting_rights


class NotYours(Exception):
    """Somebody else has to do it."""


def may_change(by: User, whom: User, in_charge: Collection[int]) -> bool:
    """`in_charge` as of people_in_charge()."""
    return is_superuser(by) or not (whom.is_superuser or whom.is_staff or whom.pk in in_charge)


def check_may_change(by: User, whom: User) -> None:
    if not may_change(by, whom, people_in_charge()):
        raise NotYours("only an administrator can change the account of somebody who is in charge too")


def check_may_hand_on(by: User, actions: Iterable[str], cameras: Iterable[Camera]) -> None:
    """One query."""
    if is_superuser(by):
        return
    own, wanted = lasting_rights(by), [Action(action) for action in actions]
    for camera in cameras:
        lacking = [action.label for action in wanted if action not in own.get(camera.pk, ())]
        if lacking:
            raise NotYours(f"you can't give a right that you don't have at all times yourself: {', '.join(lacking)} {camera.name}")


def check_may_grant(by: User, grant: Grant) -> None:
    """Raises NotYours. An empty group of cameras is given away with what will be put into it: that is checked then."""
    if grant.user is not None and grant.user.is_superuser and not is_superuser(by):
        raise NotYours("only an administrator can change the rights of an administrator")
    check_may_hand_on(by, [grant.action], _cameras_of(grant))


def check_may_let_in(by: User, groups: Iterable[Group]) -> None:
    """Into groups of people, with all that these may do."""
    if is_superuser(by):
        return
    for group in groups:
        if group.permissions.exists():
            raise NotYours(f"only an administrator can let somebody into “{group.name}”, which may do more than use cameras")
        for grant in Grant.objects.filter(user_group=group).select_related("camera", "camera_group"):
            check_may_hand_on(by, [grant.action], _cameras_of(grant))


def check_may_put_in(by: User, group: CameraGroup, cameras: Iterable[Camera]) -> None:
    """Into a group of cameras, for everybody who has rights on it. Whoever puts a camera there must be able to see it at least."""
    actions = set(Grant.objects.filter(camera_group=group).values_list("action", flat=True)) if group.pk else set()
    check_may_hand_on(by, {Action.VIEW, *actions}, cameras)


def check_may_reshape(by: User, group: Group) -> None:
    """Rename a group of people, take members out of it, or delete it."""
    if not is_superuser(by) and group.permissions.exists():
        raise NotYours(f"only an administrator can change “{group.name}”, which may do more than use cameras")


def check_somebody_stays(*, without: User) -> None:
    """Raises NotYours when nobody could manage this installation any more."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=without.pk)
    if without.is_superuser and without.is_active and not others.exists():
        raise NotYours("this is the only administrator: make another one first")


def people_in_charge() -> set[int]:
    """Ids of all who manage people. One query."""
    app, _, codename = MANAGE_PEOPLE.partition(".")
    named = {"content_type__app_label": app, "codename": codename}
    direct = {f"user_permissions__{key}": value for key, value in named.items()}
    through = {f"groups__permissions__{key}": value for key, value in named.items()}
    return set(User.objects.filter(Q(is_superuser=True) | Q(**direct) | Q(**through)).values_list("pk", flat=True))


def _cameras_of(grant: Grant) -> list[Camera]:
    if grant.camera is not None:
        return [grant.camera]
    return list(grant.camera_group.cameras.all()) if grant.camera_group is not None else []

"""What an API token may do of what its owner may: found once, when the token is read, and kept with the user of that request or socket.

cameras/permissions.py asks it for every camera; cameras/api/authentication.py for what is no camera's. The token's `details` (a row of
the app above this one) say the scope; a token without them may nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import QuerySet

from cameras.models import Action, Camera

User = AbstractBaseUser | AnonymousUser

# What only looks. Actions that will come are not among them until somebody says so.
READING = frozenset({"view", "hear", "playback", "export", "configure"})


@dataclass(frozen=True, slots=True)
class Scope:
    """None stands for all of the owner's. To view is part of every scope, as it is part of every right."""

    may_write: bool
    actions: frozenset[str] | None = None
    camera_ids: frozenset[int] | None = None

    @property
    def is_limited(self) -> bool:
        """To some actions or cameras: nothing but cameras is open then."""
        return self.actions is not None or self.camera_ids is not None

    def allows(self, action: str) -> bool:
        if action == Action.VIEW:
            return True
        return (self.actions is None or action in self.actions) and (self.may_write or action in READING)


NOTHING = Scope(may_write=False, actions=frozenset(), camera_ids=frozenset())


def scoped_user(token: Any) -> AbstractBaseUser:
    """The owner of a knox token, with its scope. Two queries."""
    user: Any = copy(token.user)  # whoever holds the same object acts for himself
    user.token_scope = scope_of(token)
    found: AbstractBaseUser = user
    return found


def scope_of(token: Any) -> Scope:
    details = getattr(token, "details", None)
    found: Scope = NOTHING if details is None else details.as_scope()
    return found


def scope_for(user: User) -> Scope | None:
    """None for who came with a session or a ticket."""
    return getattr(user, "token_scope", None)


def is_limited(user: User) -> bool:
    """To some actions or cameras, so that nothing else of the person's is open."""
    scope = scope_for(user)
    return scope is not None and scope.is_limited


def cameras_within_scope(
    find: Callable[[User, Action], QuerySet[Camera]],
) -> Callable[..., QuerySet[Camera]]:
    """For cameras_for()."""

    @wraps(find)
    def within(user: User, action: Action = Action.VIEW) -> QuerySet[Camera]:
        scope = scope_for(user)
        if scope is None:
            return find(user, action)
        if not scope.allows(Action(action)):
            return Camera.objects.none()
        found = find(user, action)
        return found if scope.camera_ids is None else found.filter(pk__in=scope.camera_ids)

    return within


def rights_within_scope(find: Callable[[User], dict[int, list[Action]]]) -> Callable[[User], dict[int, list[Action]]]:
    """For rights_by_camera()."""

    @wraps(find)
    def within(user: User) -> dict[int, list[Action]]:
        scope, found = scope_for(user), find(user)
        if scope is None:
            return found
        mine = scope.camera_ids
        return {pk: [action for action in given if scope.allows(action)] for pk, given in found.items() if mine is None or pk in mine}

    return within


def only_unlimited(may: Callable[[User], bool]) -> Callable[[User], bool]:
    """For what is no single camera's, such as adding one."""

    @wraps(may)
    def within(user: User) -> bool:
        scope = scope_for(user)
        return (scope is None or (scope.may_write and not scope.is_limited)) and may(user)

    return within

"""Of which events somebody may be told now. Asked when a message is thought of, and again when it is sent."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser

from cameras.models import Action
from cameras.permissions import cameras_for
from recordings.models import Event
from recordings.models.events import SEEN_KINDS

# What was seen in footage is for who may see footage; that a camera is down is for who may see the camera.
_ACTIONS = dict.fromkeys([*SEEN_KINDS, Event.Kind.GAP], Action.PLAYBACK)


def tellable(user: AbstractBaseUser, events: Iterable[Event]) -> list[Event]:
    """At most two queries. What concerns no camera is for staff."""
    events = list(events)
    allowed: dict[Action, set[int]] = {}
    found = []
    for event in events:
        if event.camera_id is None:
            if user.is_active and getattr(user, "is_staff", False):
                found.append(event)
            continue
        action = _ACTIONS.get(Event.Kind(event.kind), Action.VIEW)
        if action not in allowed:
            ids = {one.camera_id for one in events if one.camera_id is not None}
            allowed[action] = set(cameras_for(user, action).filter(pk__in=ids).values_list("pk", flat=True))
        if event.camera_id in allowed[action]:
            found.append(event)
    return found

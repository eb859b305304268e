"""What a broker is told of our cameras, and what its clients may do with them: as the owner of the channel may. For one thread."""

from __future__ import annotations

import logging

from django.core.exceptions import ValidationError

from cameras.models import Action, Camera
from cameras.permissions import cameras_for, may
from cameras.services import change_camera
from recordings.models import Event, NotifyChannel
from recordings.notify.decision import Phase
from recordings.notify.mqtt_bridge import Story
from recordings.notify.topics import CameraTruth, Command, CommandError, record_mode
from recordings.services.notices.channels import may_use
from recordings.services.notices.letters import described, picture_of
from recordings.services.notices.recent import recent_events
from recordings.services.notices.rights import tellable

logger = logging.getLogger(__name__)
# What is older than this when we see it is no trigger for somebody's lights.
_FRESH_MS = 120_000
_RECENT_MS = 900_000


class BrokerView:
    def __init__(self, channel_id: int) -> None:
        self._channel_id = channel_id
        self._seen: dict[int, tuple[bool, bool, bool]] | None = None

    def truths(self) -> list[CameraTruth]:
        """Six small queries."""
        channel = self._channel()
        if channel is None:
            return []
        playable, changeable = (
            set(cameras_for(channel.owner, action).values_list("pk", flat=True)) for action in (Action.PLAYBACK, Action.CONFIGURE)
        )
        going_on = Event.objects.filter(kind=Event.Kind.MOTION, end_ms__isnull=True).order_by()
        moving = set(going_on.values_list("camera_id", flat=True))
        return [
            CameraTruth(
                slug=camera.slug,
                name=camera.name,
                state=camera.state,
                is_moving=camera.pk in moving if camera.pk in playable else None,
                detects=camera.detects_motion,
                record=camera.record,
                may_configure=camera.pk in changeable,
            )
            for camera in cameras_for(channel.owner)
        ]

    def stories(self, *, now_ms: int) -> list[Story]:
        """What began, ended or got a picture since this was asked last; at first, nothing."""
        channel = self._channel()
        if channel is None:
            return []
        recent = (event for event in recent_events(now_ms - _RECENT_MS) if event.camera_id is not None)
        events = sorted(tellable(channel.owner, recent), key=lambda event: event.start_ms)
        now = {event.pk: (event.end_ms is not None, event.has_picture, event.needs_pictures) for event in events}
        before, self._seen = self._seen, now
        if before is None:
            return []
        return [story for event in events if before.get(event.pk) != now[event.pk] for story in _stories(event, before, now_ms=now_ms)]

    def obey(self, command: Command) -> None:
        """Raises CommandError."""
        channel = self._channel()
        camera = cameras_for(channel.owner).filter(slug=command.slug).first() if channel is not None else None
        if channel is None or camera is None or not may(channel.owner, Action.CONFIGURE, camera):
            raise CommandError(f"the owner of this channel may not configure a camera “{command.slug}”")
        change = _change(camera, command)
        try:
            change_camera(camera, by=channel.owner, detects_motion=change if isinstance(change, bool) else None, record=_mode(change))
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        logger.info("%s of camera %s is now %s, by MQTT for %s", command.what, camera, change, channel.owner)

    def _channel(self) -> NotifyChannel | None:
        channel = NotifyChannel.objects.select_related("owner").filter(pk=self._channel_id, is_enabled=True).first()
        return channel if channel is not None and channel.owner.is_active and may_use(channel) else None


def _change(camera: Camera, command: Command) -> bool | str:
    if command.what == "detect":
        return command.value == "on"
    return record_mode(command.value, camera.record)


def _mode(change: bool | str) -> str | None:
    return change if isinstance(change, str) else None


def _stories(event: Event, before: dict[int, tuple[bool, bool, bool]], *, now_ms: int) -> list[Story]:
    assert event.camera is not None
    was_over, had_picture, needed_pictures = before.get(event.pk, (False, False, True))
    slug = event.camera.slug
    found = []
    is_fresh = not event.is_late and now_ms - event.start_ms <= _FRESH_MS
    if event.pk not in before and is_fresh:
        found.append(Story(slug, _message(event, Phase.BEGUN)))
    if event.end_ms is not None and not was_over and (event.pk in before or is_fresh):
        found.append(Story(slug, _message(event, Phase.ENDED)))
    if event.has_picture and (not had_picture or (needed_pictures and not event.needs_pictures)):
        found.append(Story(slug, picture=picture_of(event)))
    return found


def _message(event: Event, phase: Phase) -> dict[str, object]:
    return {"event_type": f"{event.kind}_{phase}", **described(event, phase)}

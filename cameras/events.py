"""Events about cameras: typed payloads and the only sender of them on the channel layer.

One channel-layer group per camera. The events consumer forwards any event of a camera its user may see without knowing its type,
so a new kind of event is a new TypedDict here and a call of publish() there.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Iterable, Mapping
from typing import Any, Literal, TypedDict

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
_of_this_thread = threading.local()

# Whoever shows a list of cameras listens here for word that it, or somebody's rights, may have changed. It carries no names.
LIST_GROUP = "cameras"
# What concerns the whole installation is for staff.
STAFF_GROUP = "staff"


class CameraState(TypedDict):
    type: Literal["camera.state"]
    camera: str
    state: str
    reason: str
    changed_at: str


class CameraAdded(TypedDict):
    """Told to a viewer who may see the camera from now on."""

    type: Literal["camera.added"]
    camera: str
    name: str


class CameraRenamed(TypedDict):
    type: Literal["camera.renamed"]
    camera: str
    name: str


class CameraRemoved(TypedDict):
    """Deleted, or no longer this viewer's to see."""

    type: Literal["camera.removed"]
    camera: str


class EventNews(TypedDict):
    """Of an event (recordings/models/events.py) as it begins, goes on and ends. To staff when it is about no camera."""

    type: Literal["event"]
    state: Literal["begun", "changed", "ended"]
    id: int
    camera: str | None
    kind: str
    start_ms: int
    end_ms: int | None
    peak_score: int
    zones: list[str]
    labels: list[str]
    subject: str
    reason: str
    has_picture: bool
    is_late: bool


class MotionLevel(TypedDict):
    """How strongly something moves right now where it is watched, and whether that counts by the camera's settings."""

    type: Literal["motion.level"]
    camera: str
    at_ms: int
    score: int
    is_motion: bool
    lag_ms: int


class DiagnosisNews(TypedDict):
    """To who started it: what an examination has found since the last message. `shares` tell how far each stream has been watched."""

    type: Literal["diagnosis"]
    camera: str
    id: int
    state: str
    shares: dict[str, float]
    findings: list[dict[str, Any]]


class TrialNews(TypedDict):
    """To who tries a camera: what is being done, or what was found. `token` is the one they gave."""

    type: Literal["trial"]
    token: str
    text: str
    findings: list[dict[str, Any]]


class SearchNews(TypedDict):
    """To who searches the network for cameras: what was found since the last message, and how far the search is."""

    type: Literal["search"]
    id: int
    state: str
    looked_at: int
    in_all: int
    found: list[dict[str, Any]]


class SteeringChanged(TypedDict):
    """Who steers a camera that turns: `by` is a user name, None when it is free. The helm is kept until then at least, and somebody of a
    higher `rank` (1 may turn it, 2 may configure it, 3 superuser) may take over.
    """

    type: Literal["ptz.steering"]
    camera: str
    by: str | None
    rank: int
    since_ms: int
    until_ms: int


class PresetsChanged(TypedDict):
    """Its presets or tours are others, or in another state."""

    type: Literal["ptz.presets", "ptz.tours"]
    camera: str


class CameraEventsState(TypedDict):
    """Whether a camera's own events are heard: `state` is off, connecting, listening or down."""

    type: Literal["onvif.events"]
    camera: str
    state: str
    reason: str


class StorageState(TypedDict):
    """To staff: a recording directory fails, fills up, or is well again. `volume` is its name."""

    type: Literal["storage.state"]
    volume: str
    state: str
    reason: str


class ExportProgress(TypedDict):
    """To its owner. `state` is an export's, or "deleted"; `progress` goes from 0 to 1."""

    type: Literal["export.progress"]
    export: str
    state: str
    progress: float
    size_bytes: int
    error: str


def group_of(camera_id: int) -> str:
    return f"camera.{camera_id}"


def group_of_user(user_id: int) -> str:
    return f"user.{user_id}"


async def apublish(camera_id: int, event: Mapping[str, Any]) -> None:
    """Best effort: the database keeps what must survive, so a Redis that is away costs a log line and nothing else."""
    await _send(group_of(camera_id), {"type": "camera.event", "event": dict(event)})


def publish(camera_id: int, event: Mapping[str, Any]) -> None:
    """For synchronous callers; not from a running event loop."""
    async_to_sync(apublish)(camera_id, event)


def publish_often(camera_id: int, event: Mapping[str, Any]) -> None:
    """As publish(), a tenth of its cost: for threads of a worker, whose loop, and with it the connection to Redis, is kept for them."""
    if not hasattr(_of_this_thread, "runner"):
        _of_this_thread.runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
    _of_this_thread.runner.run(apublish(camera_id, event))


def publish_to_staff(event: Mapping[str, Any]) -> None:
    """For synchronous callers; not from a running event loop."""
    async_to_sync(_send)(STAFF_GROUP, {"type": "staff.event", "event": dict(event)})


def publish_to_user(user_id: int, event: Mapping[str, Any]) -> None:
    """For synchronous callers; not from a running event loop."""
    async_to_sync(_send)(group_of_user(user_id), {"type": "user.event", "event": dict(event)})


def publish_list_change() -> None:
    """For synchronous callers; not from a running event loop."""
    async_to_sync(_send)(LIST_GROUP, {"type": "cameras.changed"})


class NewsAway(Exception):
    """Redis does not answer, so nobody hears of anything."""


async def news(groups: Iterable[str]) -> AsyncGenerator[dict[str, Any], None]:
    """Messages to any of these groups from now on, for a process that is no consumer. Raises NewsAway."""
    layer = get_channel_layer()
    try:
        name = await layer.new_channel()
        for group in groups:
            await layer.group_add(group, name)
        while True:
            yield await layer.receive(name)
    except (RedisError, OSError) as error:
        raise NewsAway(str(error)) from error


async def _send(group: str, message: dict[str, Any]) -> None:
    try:
        await get_channel_layer().group_send(group, message)
    except (RedisError, OSError) as error:
        logger.warning("%s to %s was not sent: %s", message["type"], group, error)

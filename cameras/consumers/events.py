"""/ws/events/: what happens to the cameras one may view, as it happens (docs/api.md).

An event of a camera is forwarded as it was published. Every LOOK_EVERY_S, and whenever the list of cameras is said to have changed, the
database is asked who may see what now: so rights that end, cameras that come and go, and states whose event was lost are told then.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from redis.exceptions import RedisError

from cameras.access import Identity, Refused, identify, is_person, is_staff, visible_cameras
from cameras.events import LIST_GROUP, STAFF_GROUP, CameraAdded, CameraRemoved, CameraRenamed, CameraState, group_of, group_of_user
from cameras.models import Camera

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 4.0
_ERROR_CODES = {4401: "unauthenticated", 4403: "forbidden", 4408: "expired"}


class EventsConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    look_every_s = LOOK_EVERY_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._identity: Identity | None = None
        self._is_person = False
        self._joined: set[str] = set()
        self._known: dict[int, Camera] = {}
        self._told: dict[str, tuple[str, str]] = {}
        self._one_look = asyncio.Lock()
        self._watch: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Joins before it accepts: what a page reads once its socket is open, and what it is told from then on, leave nothing out."""
        try:
            identity = await identify(self.scope)
            self._is_person = await is_person(identity)
        except Refused as refusal:
            await self.accept()
            await self._refuse(refusal)
            return
        self._identity = identity
        await self._join(LIST_GROUP)
        await self._join_own(identity)
        await self.accept()
        await self._look()
        self._watch = asyncio.create_task(self._keep_looking())

    async def disconnect(self, code: int) -> None:
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        for group in list(self._joined):
            await self._leave(group)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Nothing a viewer says here means anything."""

    async def camera_event(self, message: dict[str, Any]) -> None:
        event = message["event"]
        if event["type"] == "camera.state":
            if event["camera"] not in self._told:
                return  # left its group a moment ago
            self._told[event["camera"]] = (event["state"], event["reason"])
        await self.send_json(event)

    async def staff_event(self, message: dict[str, Any]) -> None:
        if STAFF_GROUP in self._joined:
            await self.send_json(message["event"])

    async def user_event(self, message: dict[str, Any]) -> None:
        await self.send_json(message["event"])

    async def cameras_changed(self, message: dict[str, Any]) -> None:
        await self._look()

    async def _keep_looking(self) -> None:
        """Closes the connection rather than leave it open with rights that nobody checks any more."""
        try:
            while self._identity is not None:
                await asyncio.sleep(self.look_every_s)
                await self._look()
        except Exception:
            logger.exception("the events of user %s end here", self._identity and self._identity.user_id)
            await self.close(1011)

    async def _look(self) -> None:
        """Joins before it reads, so that no change falls between the two."""
        if self._identity is None:
            return
        async with self._one_look:
            try:
                await self._join(LIST_GROUP)
                await self._join_own(self._identity)
                new = [camera for camera in await visible_cameras(self._identity) if camera.pk not in self._known]
                for camera in new:
                    await self._join(group_of(camera.pk))
                await (self._join if await is_staff(self._identity) else self._leave)(STAFF_GROUP)
                now = {camera.pk: camera for camera in await visible_cameras(self._identity)}
            except Refused as refusal:
                self._identity = None
                await self._refuse(refusal)
                return
            await self._tell(now, is_first=self._watch is None)

    async def _tell(self, now: dict[int, Camera], *, is_first: bool) -> None:
        for pk in self._known.keys() - now.keys():
            slug = self._known.pop(pk).slug
            self._told.pop(slug, None)
            await self._leave(group_of(pk))
            await self.send_json(CameraRemoved(type="camera.removed", camera=slug))
        for pk, camera in now.items():
            before = self._known.get(pk)
            self._known[pk] = camera
            if before is None and not is_first:
                await self.send_json(CameraAdded(type="camera.added", camera=camera.slug, name=camera.name))
            elif before is not None and before.name != camera.name:
                await self.send_json(CameraRenamed(type="camera.renamed", camera=camera.slug, name=camera.name))
            if self._told.get(camera.slug) != (camera.state, camera.state_reason):
                self._told[camera.slug] = (camera.state, camera.state_reason)
                await self.send_json(
                    CameraState(
                        type="camera.state",
                        camera=camera.slug,
                        state=camera.state,
                        reason=camera.state_reason,
                        changed_at=camera.state_changed_at.isoformat(),
                    )
                )

    async def _join_own(self, identity: Identity) -> None:
        """What is told to the person, and not to a ticket or a token with limits."""
        if self._is_person:
            await self._join(group_of_user(identity.user_id))

    async def _join(self, group: str) -> None:
        """Without Redis the regular look still tells what changes; it joins again each time."""
        if group in self._joined:
            return
        try:
            await self.channel_layer.group_add(group, self.channel_name)
            self._joined.add(group)
        except (RedisError, OSError) as error:
            logger.debug("not joined %s: %s", group, error)

    async def _leave(self, group: str) -> None:
        self._joined.discard(group)
        with contextlib.suppress(RedisError, OSError):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def _refuse(self, refusal: Refused) -> None:
        await self.send_json({"type": "error", "code": _ERROR_CODES[refusal.close_code], "message": refusal.text})
        await self.close(refusal.close_code)

"""/ws/ptz/<slug>/: turning a camera while a key is held (docs/ptz.md).

The camera is stopped when beats are missing, when the connection ends however it ends, when the right to turn it ends, and when somebody
else takes the helm. The first of these is counted in the control thread, which a busy server does not hold up.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
import time
from collections.abc import Coroutine
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.auth import get_user_model
from redis.exceptions import RedisError

from cameras.access import Identity, Refused, find_camera, identify, still_may
from cameras.control.bridge import steerage
from cameras.control.commands import device_of
from cameras.control.deadman import BEAT_EVERY_S, Velocity
from cameras.control.devices import DeviceSettings, settings_of
from cameras.control.ranks import LEASE_MS
from cameras.control.station import Station, describe
from cameras.control.steering import SteeredByAnother, rank_of
from cameras.control.tempo import Tempo
from cameras.events import group_of
from cameras.models import Action, Camera
from cameras.onvif.errors import OnvifError

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 3.0
_PER_S, _AT_ONCE = 30.0, 60
_MOST_CHARACTERS = 500
_ERROR_CODES = {4400: "bad_message", 4401: "unauthenticated", 4403: "forbidden", 4404: "not_found", 4408: "expired", 4429: "too_many"}


class BadMessage(ValueError):
    """Not what docs/ptz.md describes."""


class PtzConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    look_every_s = LOOK_EVERY_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._station: Station | None = None
        self._camera: Camera | None = None
        self._identity: Identity | None = None
        self._me = ""
        self._tempo = Tempo(_PER_S, _AT_ONCE)
        self._watch: asyncio.Task[None] | None = None
        self._telling: set[asyncio.Task[None]] = set()

    async def connect(self) -> None:
        await self.accept()
        try:
            self._identity = await identify(self.scope)
            self._camera = await find_camera(self._identity, self.scope["url_route"]["kwargs"]["slug"], Action.PTZ)
            settings, abilities, self._me, rank = await _facts(self._camera, self._identity.user_id)
        except Refused as refusal:
            await self._refuse(refusal.close_code, refusal.text)
            return
        except OnvifError as error:
            await self._refuse(4404, str(error))
            return
        loop = asyncio.get_running_loop()

        def tell(words: str) -> None:
            loop.call_soon_threadsafe(self._tell_stopped, words)

        self._station = Station(self._camera, self._identity.user_id, settings, steerage, tell)
        with contextlib.suppress(RedisError, OSError):
            await self.channel_layer.group_add(group_of(self._camera.pk), self.channel_name)
        self._watch = asyncio.create_task(self._keep_looking())
        self._beside(self._warm(self._station))
        await self.send_json(
            {
                "type": "ready",
                "abilities": abilities,
                "beat_every_ms": round(BEAT_EVERY_S * 1000),
                "lease_ms": LEASE_MS,
                "me": self._me,
                "rank": rank,
                "steering": await database_sync_to_async(describe)(self._camera),
            }
        )

    async def disconnect(self, code: int) -> None:
        if self._station is not None:
            await self._station.stop()
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        for task in self._telling:
            task.cancel()
        if self._camera is not None:
            with contextlib.suppress(RedisError, OSError):
                await self.channel_layer.group_discard(group_of(self._camera.pk), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        if self._station is None:
            return
        if not self._tempo.allows(time.monotonic()):
            await self._refuse(4429, "these are more commands than anybody can give by hand")
            return
        try:
            await self._obey(self._station, read_message(text_data or ""))
        except BadMessage as error:
            await self._refuse(4400, str(error))
        except SteeredByAnother as refusal:
            await self.send_json(
                {
                    "type": "refused",
                    "message": f"{refusal}.",
                    "by": refusal.name,
                    "until_ms": refusal.until_ms,
                    "may_take_over": refusal.may_take_over,
                }
            )

    async def camera_event(self, message: dict[str, Any]) -> None:
        event = message["event"]
        if event["type"] == "ptz.steering" and self._station is not None:
            was_holding = self._station.is_holding
            await self._station.steering_changed(event["by"], self._me)
            until_ms = event["until_ms"] if event["by"] else None
            await self.send_json({"type": "steering", "by": event["by"], "rank": event["rank"], "until_ms": until_ms})
            if was_holding and event["by"] not in (None, self._me):
                await self.send_json({"type": "stopped", "message": f"{event['by']} has taken over."})

    async def _obey(self, station: Station, message: dict[str, Any]) -> None:
        match message["type"]:
            case "move":
                await station.move(message["velocity"])
            case "beat":
                await station.beat()
            case "stop":
                await station.stop()
            case "take":
                await station.take(takes_over=message["take_over"])
            case "release":
                await station.give_back()

    def _tell_stopped(self, words: str) -> None:
        self._beside(self.send_json({"type": "stopped", "message": words}))

    async def _warm(self, station: Station) -> None:
        try:
            await station.warm()
        except OnvifError as error:
            await self.send_json({"type": "trouble", "message": str(error)})

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _keep_looking(self) -> None:
        """Closes the connection rather than leave it open with a right that nobody checks any more."""
        assert self._identity is not None
        assert self._camera is not None
        try:
            while True:
                await asyncio.sleep(self.look_every_s)
                if not await still_may(self._identity, self._camera.pk, Action.PTZ):
                    await self._refuse(4403, "you have no right to turn this camera any more")
                    return
        except Exception:
            logger.exception("the right of user %s to turn camera %s can't be checked", self._identity.user_id, self._camera.slug)
            await self._refuse(1011, "your rights can't be checked at the moment")

    async def _refuse(self, code: int, words: str) -> None:
        if self._station is not None:
            await self._station.stop()
            self._station = None
        await self.send_json(
            {"type": "error", "code": _ERROR_CODES.get(code, "failed"), "message": f"{words[:1].upper()}{words[1:].rstrip('.')}."}
        )
        await self.close(code)


def read_message(text: str) -> dict[str, Any]:
    """Raises BadMessage."""
    if len(text) > _MOST_CHARACTERS:
        raise BadMessage(f"a message has at most {_MOST_CHARACTERS} characters")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadMessage("a message is JSON") from error
    kind = message.get("type") if isinstance(message, dict) else None
    if kind == "move":
        return {"type": kind, "velocity": Velocity(*(_part(message.get(name, 0), name) for name in ("pan", "tilt", "zoom", "focus")))}
    if kind == "take":
        return {"type": kind, "take_over": message.get("take_over") is True}
    if kind in ("beat", "stop", "release"):
        return {"type": kind}
    raise BadMessage("a message has one of the types move, beat, stop, take, release")


def _part(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not -1 <= value <= 1:
        raise BadMessage(f"{name} is a number from -1 to 1")
    return float(value)


@database_sync_to_async  # type: ignore[untyped-decorator]  # channels ships no types
def _facts(camera: Camera, user_id: int) -> tuple[DeviceSettings, dict[str, Any], str, int]:
    device = device_of(camera)
    user = get_user_model().objects.get(pk=user_id)
    return settings_of(device), device.abilities, user.get_username(), int(rank_of(user, camera))

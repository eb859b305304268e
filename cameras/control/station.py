"""What one person at one WebSocket may do with one camera: the helm is taken before the first move, kept while it lasts, and lost when
somebody of a higher rank takes it. No socket here: cameras/consumers/ptz.py has it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model

from cameras.control import steering
from cameras.control.bridge import Steerage
from cameras.control.deadman import Velocity
from cameras.control.devices import DeviceSettings
from cameras.control.ranks import LEASE_MS
from cameras.models import Camera

# The lease is lengthened when less than this is left of it.
_KEEP_FROM_MS = LEASE_MS - 3_000


class Station:
    """`tell` is called with what happens to a move, from another thread."""

    def __init__(self, camera: Camera, user_id: int, settings: DeviceSettings, steerage: Steerage, tell: Callable[[str], None]) -> None:
        self._camera = camera
        self._user_id = user_id
        self._settings = settings
        self._steerage = steerage
        self._tell = tell
        self._until_ms = 0
        self._is_holding = False

    @property
    def is_holding(self) -> bool:
        return self._is_holding

    async def warm(self) -> None:
        """Connects to the camera, so that the first move need not wait for it. Raises OnvifError."""
        await self._steerage.arun(lambda bridge: bridge.warm(self._settings))

    async def move(self, velocity: Velocity) -> None:
        """Raises SteeredByAnother. Within the lease it costs no query."""
        if velocity.is_still:
            await self.stop()
            return
        if self._until_ms - _now_ms() < _KEEP_FROM_MS:
            await self.take()
        self._is_holding = True
        await self._steerage.arun(lambda bridge: bridge.hold(self._settings, velocity, self._tell))

    async def beat(self) -> None:
        """Raises SteeredByAnother, with the camera stopped."""
        if not self._is_holding:
            return
        await self._steerage.arun(lambda bridge: bridge.beat(self._settings.camera_id))
        if self._until_ms - _now_ms() < _KEEP_FROM_MS:
            try:
                await self.take()
            except steering.SteeredByAnother:
                await self.stop()
                raise

    async def stop(self) -> None:
        """Of what this person holds; what others hold goes on."""
        if self._is_holding:
            self._is_holding = False
            await self._steerage.arun(lambda bridge: bridge.release(self._settings.camera_id))

    async def take(self, *, takes_over: bool = False) -> None:
        """Raises SteeredByAnother."""
        self._until_ms = (await _take(self._camera, self._user_id, takes_over)).until_ms

    async def give_back(self) -> None:
        await self.stop()
        self._until_ms = 0
        await _release(self._camera, self._user_id)

    async def steering_changed(self, by: str | None, me: str) -> None:
        """Somebody has taken the helm, or given it back."""
        if by != me:
            self._until_ms = 0
            await self.stop()


def describe(camera: Camera) -> dict[str, Any]:
    """Who steers, as the API and the WebSocket tell it."""
    now = steering.helmsman_of(camera)
    is_held = now.holds(_now_ms())
    if not is_held:
        return {"by": None, "rank": 0, "until_ms": None}
    return {"by": steering.name_of(now.user_id), "rank": int(now.rank), "until_ms": now.until_ms}


@sync_to_async
def _take(camera: Camera, user_id: int, takes_over: bool) -> Any:
    return steering.take(camera, get_user_model().objects.get(pk=user_id), takes_over=takes_over)


@sync_to_async
def _release(camera: Camera, user_id: int) -> None:
    steering.release(camera, get_user_model().objects.get(pk=user_id))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

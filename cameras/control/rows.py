"""The database as seen from an event loop: each question in a thread, a lost connection found and replaced."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from django.db import close_old_connections

from cameras.control.devices import DeviceSettings, settings_of
from cameras.models import OnvifDevice
from cameras.onvif.errors import OnvifError

_T = TypeVar("_T")


async def in_thread(work: Callable[[], _T]) -> _T:
    def run() -> _T:
        close_old_connections()
        try:
            return work()
        finally:
            close_old_connections()

    return await asyncio.to_thread(run)


async def settings_by_id(camera_id: int) -> DeviceSettings | None:
    """None for a camera that is gone, or whose address can't be used."""

    def read() -> DeviceSettings | None:
        device = OnvifDevice.objects.select_related("camera").filter(camera_id=camera_id).first()
        try:
            return None if device is None else settings_of(device)
        except OnvifError:
            return None

    return await in_thread(read)

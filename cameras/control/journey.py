"""A move that ends by itself: told to the camera, followed until it has come to rest, written down from its start on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from cameras.control.history import Move
from cameras.control.resting import LOOK_EVERY_S, MOST_LOOKS, is_at_rest
from cameras.onvif.errors import CameraRefuses, NotSupported, OnvifError, Unreachable
from cameras.onvif.ptz import Position, Ptz


async def told(move: Move, command: Awaitable[None]) -> None:
    """Raises OnvifError. A move that was not answered for may go on all the same."""
    try:
        await command
    except (CameraRefuses, NotSupported):
        move.is_none()
        raise
    except Unreachable as error:
        if error.was_sent:
            move.ends()
        else:
            move.is_none()
        raise
    except OnvifError:
        move.ends()
        raise


async def followed(move: Move, head: Ptz, preset_id: int | None = None) -> None:
    """Until it has come to rest. Cancelled, it is not where it was sent."""
    arrived_at = None
    try:
        await came_to_rest(head, move.goes_on)
        arrived_at = preset_id
    finally:
        move.ends(arrived_at)


async def came_to_rest(head: Ptz, goes_on: Callable[[], None]) -> None:
    """As far as the camera tells, and within a time. Never raises: it is asked only to know."""
    looks: list[Position] = []
    for _ in range(MOST_LOOKS):
        await asyncio.sleep(LOOK_EVERY_S)
        goes_on()
        try:
            looks.append(await head.status())
        except Unreachable:
            continue
        except OnvifError:
            looks.append(Position())
        if is_at_rest(looks):
            return

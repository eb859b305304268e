"""Single pictures of cameras, for the API and for tiles of cameras that are down. Asks nobody's permission: callers do."""

from __future__ import annotations

import logging

from django.conf import settings

from streaming.bus.base import BusAwayError
from streaming.bus.redis import RedisReader
from streaming.render.still import Still, StillShelf, newest_still, shrunk

logger = logging.getLogger(__name__)

Picture = Still
MAX_PX = 4096
_KEPT_PX = 1280


async def current_picture(camera_id: int, *, at_most_px: int = MAX_PX) -> Picture | None:
    """What the camera shows now, at most as old as its last keyframe; None while it sends nothing or the media bus is away."""
    try:
        return await newest_still(RedisReader(settings.REDIS_URL), camera_id, at_most_px)
    except BusAwayError as error:
        logger.debug("No picture of camera %s: %s", camera_id, error)
        return None


def last_picture(camera_id: int, *, at_most_px: int = MAX_PX) -> Picture | None:
    """What the camera showed when it was last seen, about half a minute old while it is up. Reads a file."""
    kept = _shelf().get(camera_id)
    return None if kept is None else shrunk(kept, at_most_px)


async def keep_last_picture(camera_id: int) -> bool:
    """Whether there was a picture newer than the one kept. Doing it twice does no harm."""
    picture = await current_picture(camera_id, at_most_px=_KEPT_PX)
    shelf = _shelf()
    if picture is None or picture.captured_at_ms <= shelf.captured_at_ms(camera_id):
        return False
    shelf.put(camera_id, picture)
    return True


def forget_other_pictures(camera_ids: list[int]) -> None:
    """Deletes what was kept of cameras that are not among these."""
    _shelf().keep_only(camera_ids)


def _shelf() -> StillShelf:
    return StillShelf(settings.CAMERA_PICTURES_DIR)

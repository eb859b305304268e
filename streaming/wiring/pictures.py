"""Pictures for the live hub: the wish goes to the renderers' board, the pictures come through the channel layer.

This process is one member of a picture group, however many of its viewers want it: a delivery by the layer to each viewer would
cost ten times as much as the hub's own (docs/architecture.md).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from streaming.live.viewer import Picture, PictureKind
from streaming.render.demand import RENEW_EVERY_S, DemandBoard, RenderJob, group_of

logger = logging.getLogger(__name__)

LAYER = "frames"
_RETRY_S = 0.5
_BUS_FAULTS = (RedisError, OSError)


class LayerPictures:
    def __init__(self, board: DemandBoard) -> None:
        self._board = board

    async def pictures(self, camera_id: int, kind: PictureKind, rung: str) -> AsyncIterator[Picture]:
        job = RenderJob(camera_id, kind, rung)
        layer = get_channel_layer(LAYER)
        while True:
            try:
                channel = await layer.new_channel("pictures.")
                await layer.group_add(group_of(job), channel)
            except _BUS_FAULTS as error:
                logger.debug("pictures %s can't be subscribed to: %s", job, error)
                await asyncio.sleep(_RETRY_S)
                continue
            # The wish only after the subscription, or the first picture could be sent to nobody.
            renewing = asyncio.create_task(self._renew(job))
            try:
                while True:
                    message = await layer.receive(channel)
                    if message.get("type") == "render.frame":
                        yield _picture(message)
            except _BUS_FAULTS as error:
                logger.debug("pictures %s were interrupted: %s", job, error)
            finally:
                renewing.cancel()
                with suppress(*_BUS_FAULTS):
                    await layer.group_discard(group_of(job), channel)
                await self._board.drop(job)
            await asyncio.sleep(_RETRY_S)

    async def _renew(self, job: RenderJob) -> None:
        while True:
            await self._board.want(job)
            await asyncio.sleep(RENEW_EVERY_S)


def _picture(message: dict[str, Any]) -> Picture:
    return Picture(message["message"], message["width"], message["height"], message["stream"])

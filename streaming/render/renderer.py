"""Makes pictures while somebody wants them: takes its share of the wishes and keeps the work of each camera going.

wishes on Redis ──claims──▶ Renderer ──▶ CameraWork ──▶ StreamFeed (bus) ──▶ Producer (thread) ──▶ JobOutput ──▶ send
"""

from __future__ import annotations

import asyncio
import logging

from streaming.bus.base import BusAwayError, MediaReader
from streaming.render.camera_work import CameraWork
from streaming.render.claims import RENEW_EVERY_S, JobClaims
from streaming.render.demand import RenderJob
from streaming.render.job_output import Send
from streaming.render.producer import RenderCounters

logger = logging.getLogger(__name__)

_AWAY_RETRY_S = 0.2


class Renderer:
    def __init__(self, reader: MediaReader, claims: JobClaims, send: Send) -> None:
        self._reader = reader
        self._claims = claims
        self._send = send
        self._cameras: dict[int, CameraWork] = {}
        self._is_away = False
        self.counters = RenderCounters()

    async def run(self) -> None:
        """Until cancelled; then its cameras are free for other renderers at once."""
        try:
            while True:
                await self._step()
        finally:
            for work in self._cameras.values():
                await work.aclose()
            self._cameras.clear()
            await self._claims.aclose()

    async def _step(self) -> None:
        try:
            await self._follow(await self._claims.take())
        except BusAwayError as error:
            if not self._is_away:
                logger.warning("Nobody can be heard who wants pictures: %s", error)
            self._is_away = True
            await asyncio.sleep(_AWAY_RETRY_S)
            return
        if self._is_away:
            self._is_away = False
            logger.info("Redis is back")
        for job in await self._claims.wait(RENEW_EVERY_S):
            if job.camera_id in self._cameras:
                self._cameras[job.camera_id].repeat(job)

    async def _follow(self, jobs: frozenset[RenderJob]) -> None:
        wanted: dict[int, list[RenderJob]] = {}
        for job in jobs:
            wanted.setdefault(job.camera_id, []).append(job)
        for camera_id in self._cameras.keys() - wanted.keys():
            await self._cameras.pop(camera_id).aclose()
        for camera_id, of_camera in wanted.items():
            if camera_id not in self._cameras:
                self._cameras[camera_id] = CameraWork(camera_id, self._reader, self._send, self.counters)
            await self._cameras[camera_id].follow(of_camera)

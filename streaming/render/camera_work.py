"""All pictures of one camera: which of its streams each job is made from, now and when one of them falls silent."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from streaming.bus.base import MediaReader
from streaming.media.packet import Role, StreamKey
from streaming.render.demand import RenderJob
from streaming.render.job_output import JobOutput, Send
from streaming.render.producer import RenderCounters
from streaming.render.rungs import rung_named
from streaming.render.source_choice import choose_role
from streaming.render.stream_feed import StreamFeed

logger = logging.getLogger(__name__)

_SILENT_S = 3.0
# A stream that begins later, or comes back, is noticed after so many calls of `follow`.
_LOOK_AGAIN_EVERY = 10


class CameraWork:
    def __init__(self, camera_id: int, reader: MediaReader, send: Send, counters: RenderCounters) -> None:
        self._camera_id = camera_id
        self._reader = reader
        self._send = send
        self._counters = counters
        self._outputs: dict[RenderJob, JobOutput] = {}
        self._roles: dict[RenderJob, Role] = {}
        self._feeds: dict[Role, StreamFeed] = {}
        self._silent_since_ms: dict[Role, int] = {}
        self._calls = 0

    async def follow(self, jobs: Iterable[RenderJob]) -> None:
        """Makes the pictures of these jobs and no others from now on. To be called about twice a second. Raises BusAwayError."""
        wanted = set(jobs)
        for gone in self._outputs.keys() - wanted:
            await self._outputs.pop(gone).aclose()
            self._roles.pop(gone, None)
        for job in wanted - self._outputs.keys():
            self._outputs[job] = JobOutput(job, self._send)
        await self._close_broken_feeds()
        self._calls += 1
        is_unsettled = bool(self._outputs.keys() - self._roles.keys())
        if is_unsettled or self._note_silence() or self._silent_since_ms or self._calls % _LOOK_AGAIN_EVERY == 0:
            await self._assign()
        await self._apply()

    def repeat(self, job: RenderJob) -> None:
        if job in self._outputs:
            self._outputs[job].repeat()

    async def aclose(self) -> None:
        for feed in self._feeds.values():
            await feed.aclose()
        for output in self._outputs.values():
            await output.aclose()

    async def _assign(self) -> None:
        """Leaves everything as it is while no stream is up."""
        widths: dict[Role, int] = {}
        for role in Role:
            tracks = await self._reader.tracks(StreamKey(self._camera_id, role))
            if tracks and await self._is_heard(role):
                widths[role] = tracks.video.width_px
        for job in self._outputs:
            chosen = choose_role(widths, rung_named(job.rung).width_px)
            if chosen is not None:
                if self._roles.get(job, chosen) is not chosen:
                    logger.info("Camera %s: %s pictures come from the %s stream now", self._camera_id, job.rung, chosen)
                self._roles[job] = chosen

    def _note_silence(self) -> bool:
        has_news = False
        for role, feed in self._feeds.items():
            if feed.silent_s > _SILENT_S and role not in self._silent_since_ms:
                self._silent_since_ms[role] = feed.last_captured_ms
                has_news = True
        return has_news

    async def _is_heard(self, role: Role) -> bool:
        """Whether a stream that had fallen silent has begun again."""
        if role not in self._silent_since_ms:
            return True
        feed = self._feeds.get(role)
        if feed is not None:
            newest_ms = feed.last_captured_ms
        else:
            found = await self._reader.newest_keyframe(StreamKey(self._camera_id, role))
            newest_ms = found[1].captured_at_ms if found else 0
        if newest_ms <= self._silent_since_ms[role]:
            return False
        del self._silent_since_ms[role]
        return True

    async def _apply(self) -> None:
        """Opens and closes feeds so that there is one for each stream in use."""
        jobs: dict[Role, dict[RenderJob, JobOutput]] = {}
        for job, role in self._roles.items():
            jobs.setdefault(role, {})[job] = self._outputs[job]
        for role in self._feeds.keys() - jobs.keys():
            await self._feeds.pop(role).aclose()
        for role, of_role in jobs.items():
            if role not in self._feeds:
                self._feeds[role] = StreamFeed(self._reader, StreamKey(self._camera_id, role), self._counters)
            self._feeds[role].set_jobs(of_role)

    async def _close_broken_feeds(self) -> None:
        for role in [role for role, feed in self._feeds.items() if not feed.is_alive]:
            await self._feeds.pop(role).aclose()

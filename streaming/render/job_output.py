"""The pictures of one job on their way out: only the newest one waits while another is being sent."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypedDict

from streaming.codec.jpeg import EncodedPicture
from streaming.media.packet import Role
from streaming.media.wire import Flag, Header, Kind
from streaming.render.demand import RenderJob, group_of

_STALE_S = 0.1


class RenderedFrame(TypedDict):
    """What the renderer sends on a job's group. `message` is a complete message of docs/live-protocol.md."""

    type: Literal["render.frame"]
    message: bytes
    width: int
    height: int
    stream: str


# Must not raise; a picture that can't be delivered is lost.
Send = Callable[[str, RenderedFrame], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class MadePicture:
    picture: EncodedPicture
    role: Role
    pts_us: int
    captured_at_ms: int
    duration_us: int
    generation: int


class JobOutput:
    """Lives as long as the job, whatever stream its pictures come from. Made in the loop; `put` may be called from any thread."""

    def __init__(self, job: RenderJob, send: Send) -> None:
        self.is_raw = job.kind == "raw"
        self._group = group_of(job)
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._sequence = itertools.count()
        self._waiting: RenderedFrame | None = None
        self._newest: RenderedFrame | None = None
        self._sent_at_s = 0.0
        self._sender: asyncio.Task[None] | None = None

    def put(self, made: MadePicture) -> None:
        self._loop.call_soon_threadsafe(self._put, made)

    def repeat(self) -> None:
        """Sends the newest picture once more, for somebody who came just now; not when one was just sent."""
        if self._newest and self._waiting is None and self._loop.time() - self._sent_at_s > _STALE_S:
            self._queue(self._newest)

    async def aclose(self) -> None:
        if self._sender:
            self._sender.cancel()
            await asyncio.wait([self._sender])

    def _put(self, made: MadePicture) -> None:
        header = Header(
            kind=Kind.RAW if self.is_raw else Kind.JPEG,
            flags=Flag.KEY,
            track=0,
            sequence=next(self._sequence),
            pts_us=made.pts_us,
            captured_at_us=made.captured_at_ms * 1000,
            duration_us=made.duration_us,
            generation=made.generation,
        )
        picture = made.picture
        self._newest = RenderedFrame(
            type="render.frame",
            message=header.to_bytes() + picture.data,
            width=picture.width_px,
            height=picture.height_px,
            stream=made.role.value,
        )
        self._queue(self._newest)

    def _queue(self, frame: RenderedFrame) -> None:
        self._waiting = frame
        if self._sender is None or self._sender.done():
            self._sender = self._loop.create_task(self._send_waiting())

    async def _send_waiting(self) -> None:
        while self._waiting is not None:
            frame, self._waiting = self._waiting, None
            self._sent_at_s = self._loop.time()
            await self._send(self._group, frame)

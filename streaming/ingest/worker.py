"""One stream, kept alive: connect, hand units to the source, notice when nothing comes, wait, try again.

`run` retries by the table of states; `run_once` is one connection and always ends in a StreamFailure or in cancellation.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, MutableMapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from cameras.stream_url import Credentials, StreamUrl
from streaming.ingest.gate import ConnectGate
from streaming.ingest.source import StreamSource
from streaming.ingest.state import SHOWN, WORDS, Event, RetryDelays, State, next_state
from streaming.media.packet import PacketSink, StreamKey, Tracks
from streaming.rtsp.client import Session, TransportChoice, open_session
from streaming.rtsp.errors import FailureCode, StreamFailure
from streaming.rtsp.timeouts import Timeouts

logger = logging.getLogger(__name__)

_DOUBTFUL_AFTER = 3

Report = Callable[[StreamKey, str, str], None]


@dataclass(frozen=True, slots=True)
class WantedStream:
    """A stream that should be open. Two that differ in anything are different connections."""

    key: StreamKey
    name: str
    address: StreamUrl
    credentials: Credentials
    transport: TransportChoice = "tcp"
    verify_tls: bool = False


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """`timeouts.no_packet_s` is how long a connected camera may be silent; sound alone is no life sign."""

    no_keyframe_after_s: float = 15.0
    retries: RetryDelays = field(default_factory=RetryDelays)
    timeouts: Timeouts = field(default_factory=Timeouts)


@dataclass(frozen=True, slots=True)
class WorkerWorld:
    """What all workers of a process share. `report` must return at once; it gets (stream, shown state, reason)."""

    sink: PacketSink
    report: Report
    gate: ConnectGate
    chance: Callable[[], float]
    generation: Callable[[], int]
    limits: WorkerLimits = field(default_factory=WorkerLimits)


class CameraLog(logging.LoggerAdapter[logging.Logger]):
    """Puts the camera's name in front of each line."""

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        return f"{self.extra['camera'] if self.extra else ''}: {msg}", kwargs


class StreamWorker:
    def __init__(self, wanted: WantedStream, world: WorkerWorld) -> None:
        self.wanted = wanted
        self._world = world
        self._limits = world.limits
        self._log = CameraLog(logger, {"camera": f"{wanted.name} ({wanted.key.role})".replace("%", "%%")})
        self._source = StreamSource(wanted.key, world.sink, world.generation(), self._on_picture, self._log)
        self._state = State.OFF
        self._reported = ("", "")
        self._failures = 0  # in a row
        self._live_since_s = 0.0
        self._session: Session | None = None
        self._has_fallen_back = False  # "auto" ended in TCP, so that the next connection need not try UDP first

    @property
    def state(self) -> State:
        return self._state

    @property
    def tracks(self) -> Tracks | None:
        return self._source.tracks

    async def run(self) -> None:
        """Until cancelled."""
        self._move(Event.START, "")
        while True:
            failure = await self._attempt()
            self._failures = 1 if self._was_healthy() else self._failures + 1
            self._move(Event.FAILURE, failure.text)
            await asyncio.sleep(self._limits.retries.delay_s(self._failures, failure.code, self._world.chance()))
            self._move(Event.RETRY, failure.text)

    def retire(self, reason: str) -> None:
        """After `run` has ended and nobody wants the stream any more."""
        if self._state is not State.OFF:
            self._move(Event.STOP, reason)

    async def run_once(self) -> None:
        """Raises StreamFailure, always: a camera's stream has no end."""
        wanted = self.wanted
        async with AsyncExitStack() as stack:
            async with self._world.gate.place(is_doubtful=self._failures >= _DOUBTFUL_AFTER):
                opening: AbstractAsyncContextManager[Session] = open_session(
                    wanted.address,
                    wanted.credentials,
                    transport="tcp" if self._has_fallen_back else wanted.transport,
                    verify_tls=wanted.verify_tls,
                    timeouts=self._limits.timeouts,
                )
                session = self._session = await stack.enter_async_context(opening)
            self._source.connect(session)
            await self._watch(session)

    async def _attempt(self) -> StreamFailure:
        self._live_since_s = 0.0
        try:
            await self.run_once()
        except StreamFailure as failure:
            if not self._live_since_s:
                self._has_fallen_back = False
            return failure
        except Exception:
            # Top of the loop: a mistake of ours ends this connection and no other stream.
            self._log.exception("the stream was given up and will be opened again")
            return StreamFailure(FailureCode.PROTOCOL, "Reading the camera failed. The log says why.")
        return StreamFailure(FailureCode.CLOSED, WORDS[FailureCode.CLOSED])

    async def _watch(self, session: Session) -> None:
        """Raises StreamFailure, or what the source raised."""
        loop, limit_s = asyncio.get_running_loop(), self._limits.no_keyframe_after_s
        reading = loop.create_task(session.run(self._source.on_unit))
        keyframes, changed_at_s = self._source.keyframes, loop.time()
        try:
            while loop.time() - changed_at_s < limit_s:
                await asyncio.wait({reading}, timeout=limit_s / 10)
                if reading.done():
                    await reading
                if self._source.keyframes != keyframes:
                    keyframes, changed_at_s = self._source.keyframes, loop.time()
            raise StreamFailure(FailureCode.NO_KEYFRAME, WORDS[FailureCode.NO_KEYFRAME])
        finally:
            if not reading.done():
                reading.cancel()
                await asyncio.wait({reading})
            if not reading.cancelled():
                reading.exception()  # looked at: it ended with the connection while this task was being cancelled

    def _on_picture(self) -> None:
        if self._session is not None:
            self._has_fallen_back = self.wanted.transport == "auto" and self._session.transport_in_use == "tcp"
        self._live_since_s = asyncio.get_running_loop().time()
        self._move(Event.PICTURE, "")

    def _was_healthy(self) -> bool:
        since = self._live_since_s
        return since > 0 and asyncio.get_running_loop().time() - since >= self._limits.retries.healthy_after_s

    def _move(self, event: Event, reason: str) -> None:
        if event is Event.PICTURE and self._state is State.LIVE:
            return
        self._state = next_state(self._state, event)
        news = (SHOWN[self._state], reason)
        if news == self._reported:
            return
        self._reported = news
        level = logging.WARNING if self._state is State.DOWN else logging.INFO
        self._log.log(level, "%s", self._line(reason))
        self._world.report(self.wanted.key, *news)

    def _line(self, reason: str) -> str:
        if self._state is not State.LIVE or self._source.tracks is None:
            return f"{SHOWN[self._state]}: {reason}" if reason else SHOWN[self._state]
        video, audio = self._source.tracks.video, self._source.tracks.audio
        sound = f" with {audio.codec}" if audio else " without sound"
        way = f" over {self._session.transport_in_use}" if self._session else ""
        notes = "".join(f". {note}" for note in self._session.notes) if self._session else ""
        return f"live: {video.codec} {video.width_px}x{video.height_px}{sound}{way}{notes}"

"""Examines one stream of a camera, layer by layer, with one real connection of the kind that ingest makes.

    reach    name, way, port, certificate
    watch    RTSP, login, description; then the stream itself, until enough keyframes came or it has been looked at long enough

Every finding is told as soon as it is certain. What lies behind a layer that failed is told as not reached. Never raises for what a camera
does, and sends its password nowhere but to the camera.

What does not belong here: judging (checks/), two streams of a camera (camera.py), databases.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from cameras.findings import Finding, not_reached
from cameras.stream_url import Credentials, StreamUrl
from streaming.doctor import contact
from streaming.doctor.checks import CHECKS_OF_A_STREAM
from streaming.doctor.checks.name import is_numeric
from streaming.doctor.culprit import culprit_of
from streaming.doctor.evidence import Answer, Evidence, Lookup
from streaming.doctor.measures import intervals
from streaming.doctor.notebook import Notebook
from streaming.ingest.state import WORDS
from streaming.media.packet import Codec
from streaming.rtsp.client import Session, TransportChoice, open_session
from streaming.rtsp.errors import FailureCode, StreamFailure
from streaming.rtsp.timeouts import Timeouts

_TURN_S = 0.2
_REACHING = ("name", "route", "port", "tls")


@dataclass(frozen=True, slots=True)
class Target:
    """One stream, as ingest would open it."""

    address: StreamUrl
    credentials: Credentials
    transport: TransportChoice = "tcp"
    verify_tls: bool = False

    @property
    def door(self) -> tuple[str, int, bool]:
        return self.address.host.lower(), self.address.port, self.address.is_tls


@dataclass(frozen=True, slots=True)
class Limits:
    """`watch_s` is the least time for a stream that works; it is watched for up to `watch_most_s` until `keyframes` have come."""

    connect_s: float = 5.0
    response_s: float = 5.0
    first_packet_s: float = 8.0
    keyframe_s: float = 15.0
    watch_s: float = 10.0
    watch_most_s: float = 30.0
    keyframes: int = 5


THOROUGH = Limits()
QUICK = Limits(keyframe_s=8.0, watch_s=3.0, watch_most_s=5.0, keyframes=3)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the watching of a stream is, from 0 to 1."""

    stream: str
    share: float
    text: str


Step = Finding | Progress


class StreamExamination:
    """For one stream, once. `stream` is what its findings are marked with."""

    def __init__(self, target: Target, limits: Limits, stream: str, tell: Callable[[Step], None]) -> None:
        self._target = target
        self._limits = limits
        self._stream = stream
        self._tell = tell
        self._told: set[str] = set()
        self.is_let_in = asyncio.Event()  # the camera took the login and set the stream up, or never will
        self.evidence = Evidence(
            target.address,
            target.credentials != Credentials(),
            target.verify_tls,
            target.transport,
            time.time_ns() // 1_000_000,
        )
        self.notebook = Notebook(self.evidence)

    async def reach(self) -> bool:
        """Whether the camera's door was reached."""
        evidence, limits, address = self.evidence, self._limits, self._target.address
        if is_numeric(address.host):
            evidence.lookup = Lookup((address.host,), 0)
        else:
            evidence.lookup = await contact.look_up(address.host, limits.connect_s)
        if not evidence.lookup.addresses:
            return self._stop_at("name")
        self._judge(["name"])
        evidence.contact = await contact.reach(evidence.lookup.addresses, address.port, limits.connect_s)
        if evidence.contact.answer is not Answer.OPEN:
            return self._stop_at("port" if evidence.contact.is_there else "route")
        self._judge(["route", "port"])
        if address.is_tls:
            evidence.certificate = await contact.read_certificate(address, limits.connect_s)
            if evidence.certificate.failure or (evidence.verify_tls and evidence.certificate.distrust):
                return self._stop_at("tls")
            self._judge(["tls"])
        return True

    async def watch(self) -> None:
        """After `reach`, unless the way is known to be open."""
        limits, target = self._limits, self._target
        timeouts = Timeouts(connect_s=limits.connect_s, response_s=limits.response_s, no_packet_s=limits.first_packet_s)
        opening = open_session(
            target.address,
            target.credentials,
            transport=target.transport,
            verify_tls=target.verify_tls,
            timeouts=timeouts,
            witness=self.notebook,
        )
        try:
            async with opening as session:
                self.notebook.begin(session)
                self._judge(["rtsp", "login", "description"])
                self.is_let_in.set()
                await self._look_on(session)
            self._finish("")
        except StreamFailure as failure:
            self.evidence.failure = failure
            self._finish(culprit_of(failure, self.evidence))
        finally:
            self.is_let_in.set()

    def skip(self, checks: Iterable[str] = _REACHING) -> None:
        """These are told by somebody else."""
        self._told.update(checks)

    async def _look_on(self, session: Session) -> None:
        """Raises StreamFailure when the stream does not come, or does not stay."""
        loop, notebook = asyncio.get_running_loop(), self.notebook
        reading = loop.create_task(session.run(notebook.on_unit))
        began_s = loop.time()
        try:
            while True:
                await asyncio.wait({reading}, timeout=_TURN_S)
                notebook.update(session)
                if reading.done():
                    reading.result()
                self._tell_what_came()
                if self._has_seen_enough(loop.time() - began_s):
                    return
        finally:
            reading.cancel()
            await asyncio.wait({reading})
            if not reading.cancelled():
                reading.exception()  # looked at: it ended while it was being cancelled

    def _tell_what_came(self) -> None:
        observation = self.evidence.observation
        if observation is None or observation.first_packet_ms is None:
            return
        self._judge(["transport", "packets"])
        if observation.first_keyframe_ms is not None:
            self._judge(["keyframe"])
        share = min(observation.watched_ms / 1000 / max(self._limits.watch_s, 0.1), 1.0)
        keyframes = sum(picture.is_key for picture in observation.pictures)
        keyframes_so_far = "1 keyframe" if keyframes == 1 else f"{keyframes} keyframes"
        self._tell(Progress(self._stream, share, f"{len(observation.pictures)} pictures, {keyframes_so_far}"))

    def _has_seen_enough(self, elapsed_s: float) -> bool:
        """Raises StreamFailure (no_keyframe)."""
        observation, limits = self.evidence.observation, self._limits
        if observation is None or observation.first_packet_ms is None:
            return False  # the session itself ends when nothing comes
        if observation.first_keyframe_ms is None:
            if elapsed_s >= limits.keyframe_s:
                raise StreamFailure(FailureCode.NO_KEYFRAME, WORDS[FailureCode.NO_KEYFRAME])
            return False
        if observation.watched_ms < limits.watch_s * 1000:
            return False
        has_keyframes = observation.codec is Codec.MJPEG or len(intervals(observation.pictures)) >= limits.keyframes - 1
        return has_keyframes or observation.watched_ms >= limits.watch_most_s * 1000

    def _stop_at(self, check: str) -> bool:
        self._finish(check)
        self.is_let_in.set()
        return False

    def _finish(self, failed_check: str) -> None:
        """Tells all that has not been told; what is behind the failed check and can't be judged was not reached."""
        self.evidence.failed_check = failed_check
        is_behind = False
        for name in CHECKS_OF_A_STREAM:
            self._judge([name])
            if is_behind and (name != "tls" or self._target.address.is_tls) and name not in self._told:
                self._say(not_reached(name, failed_check))
            is_behind = is_behind or name == failed_check

    def _judge(self, checks: Iterable[str]) -> None:
        for name in checks:
            if name in self._told:
                continue
            finding = CHECKS_OF_A_STREAM[name](self.evidence)
            if finding is not None:
                self._say(finding)

    def _say(self, finding: Finding) -> None:
        self._told.add(finding.check)
        self._tell(replace(finding, stream="" if finding.check in _REACHING and self._stream == "main" else self._stream))

"""Writes down what passes between us and the camera, as evidence: the witness of one connection.

Everything is called from the event loop's read callbacks, so it only notes; judging is left to the checks.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field

from streaming.doctor.evidence import Evidence, Exchange, Observation
from streaming.doctor.watch import StreamWatch
from streaming.ingest.tracks import VideoParameters, mjpeg_parameters, parameter_sets, video_parameters
from streaming.media.errors import BitstreamError
from streaming.media.packet import Codec
from streaming.rtsp.auth import parse_challenges
from streaming.rtsp.client import Session, Unit
from streaming.rtsp.message import Response
from streaming.rtsp.sdp import SdpError, parse_sdp

_MOST_EXCHANGES = 64


@dataclass(slots=True)
class Notebook:
    """`keyframe` is the first one that can be read, as an access unit or a JPEG picture."""

    evidence: Evidence
    keyframe: bytes = field(default=b"", repr=False)
    _watch: StreamWatch | None = None
    _codec: Codec = Codec.H264
    _playing_since_ms: int = 0
    _first_keyframe_at_ms: int | None = None
    _parameters: VideoParameters | None = None

    def answered(self, method: str, response: Response) -> None:
        if len(self.evidence.exchanges) < _MOST_EXCHANGES:
            challenges = parse_challenges(response.headers.get_all("WWW-Authenticate"))
            self.evidence.exchanges.append(Exchange(method, response.status, _readable(response.headers.get("Server")), challenges))
        if method == "DESCRIBE" and response.status == 200:
            with suppress(SdpError):
                self.evidence.description = parse_sdp(response.body)
        if method == "PLAY" and response.status == 200:
            self._playing_since_ms = _now_ms()

    def arrived(self, media_index: int, packet: bytes, now_ms: int, *, is_rtcp: bool) -> None:
        if self._watch is not None:
            self._watch.take(media_index, packet, now_ms, is_rtcp_channel=is_rtcp)

    def begin(self, session: Session) -> None:
        """Once the session is set up, before it plays."""
        self.evidence.media = session.media
        self._watch = StreamWatch(session.media)
        self._codec = session.media[0].codec or self._codec
        self.update(session)

    def on_unit(self, unit: Unit) -> None:
        if unit.media_index or not unit.is_key or self._parameters is not None:
            return
        if self._first_keyframe_at_ms is None:
            self._first_keyframe_at_ms = unit.arrived_at_ms
        with suppress(BitstreamError):
            if self._codec is Codec.MJPEG:
                self._parameters = mjpeg_parameters(unit.data)
            else:
                self._parameters = video_parameters(self._codec, parameter_sets(self._codec, unit.data))
            self.keyframe = unit.data

    def update(self, session: Session) -> None:
        """Makes an observation of what came so far."""
        evidence = self.evidence
        evidence.notes, evidence.means = session.notes, session.transport_in_use
        if self._watch is None or not self._playing_since_ms:
            return
        video = self._watch.video
        first_ms = video.first_arrived_at_ms
        evidence.observation = Observation(
            codec=self._codec,
            watched_ms=_now_ms() - (self._playing_since_ms if first_ms is None else first_ms),
            packets=video.packets,
            lost_packets=video.lost,
            late_packets=video.late,
            jitter_ms=video.jitter_ms,
            longest_pause_ms=video.longest_pause_ms,
            size_bytes=video.size_bytes,
            sound_packets=self._watch.sound_packets,
            pictures=video.pictures,
            reports=video.reports,
            first_packet_ms=None if first_ms is None else max(first_ms - self._playing_since_ms, 0),
            first_keyframe_ms=self._since_play(self._first_keyframe_at_ms),
            parameters=self._parameters,
        )

    def _since_play(self, at_ms: int | None) -> int | None:
        return None if at_ms is None else max(at_ms - self._playing_since_ms, 0)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _readable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)[:80]

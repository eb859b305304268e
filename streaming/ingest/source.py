"""One stream's units, connection after connection, made into tracks and packets for a sink.

What does not belong here: opening connections and noticing that nothing comes (worker.py); bitstreams (streaming/media).
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from streaming.ingest.feeds import AudioFeed, VideoFeed
from streaming.ingest.timestamps import align
from streaming.media.errors import BitstreamError
from streaming.media.packet import MediaPacket, PacketSink, StreamKey, Tracks
from streaming.rtsp.client import Session, Unit
from streaming.rtsp.errors import FailureCode, StreamFailure

_ALIGN_EVERY_MS = 1000
_GENERATION_STEP_MS = 250
_GENERATIONS = 1 << 31

Log = logging.LoggerAdapter[logging.Logger]


def first_generation(now_ms: int) -> int:
    """Differs between starts of the process, also in its lowest 16 bits, which is what the wire carries."""
    return now_ms // _GENERATION_STEP_MS % _GENERATIONS


class StreamSource:
    """Belongs to one event loop. `pictures` and `keyframes` count what came, for whoever watches over the connection.

    Tracks are announced with the first keyframe and with any that shows that they changed; nothing is published before.
    """

    def __init__(self, stream: StreamKey, sink: PacketSink, generation: int, on_picture: Callable[[], None], log: Log) -> None:
        self._stream = stream
        self._sink = sink
        self._generation = generation
        self._on_picture = on_picture
        self._log = log
        self.tracks: Tracks | None = None
        self.pictures = 0
        self.keyframes = 0
        self._video = VideoFeed()
        self._audio = AudioFeed()
        self._session: Session | None = None
        self._video_index = self._audio_index = -1
        self._is_flowing = False  # since the first keyframe of this connection
        self._has_sound = False  # is it announced
        self._is_broken = False
        self._aligned_at_ms = 0

    def connect(self, session: Session) -> None:
        """Before the first unit of a session. Raises StreamFailure when it has no video."""
        self._session = session
        self._is_flowing = self._is_broken = False
        self._video_index = next((index for index, media in enumerate(session.media) if media.kind == "video" and media.codec), -1)
        self._audio_index = next((index for index, media in enumerate(session.media) if media.kind == "audio"), -1)
        if self._video_index < 0:
            raise StreamFailure(FailureCode.NO_VIDEO, "The stream holds no video.")
        video = session.media[self._video_index]
        assert video.codec is not None
        self._video.connect(video.codec, video.clock_rate_hz)
        try:
            self._audio.connect(session.media[self._audio_index] if self._audio_index >= 0 else None)
        except BitstreamError as error:
            self._log.warning("the sound can't be used: %s", error)
        if self._audio.track is None:
            self._audio_index = -1

    def on_unit(self, unit: Unit) -> None:
        if unit.media_index == self._video_index:
            self._on_video(unit)
        elif unit.media_index == self._audio_index:
            self._on_audio(unit)

    def _on_video(self, unit: Unit) -> None:
        self.pictures += 1
        if unit.is_key and not self._on_keyframe(unit):
            return
        pts, dts, duration = self._video.stamp(unit.rtp_timestamp, unit.arrived_at_ms, unit.is_key)
        if self._is_flowing:
            packet = MediaPacket("video", self._generation, pts, dts, duration, unit.is_key, unit.arrived_at_ms, unit.data)
            self._sink.write(self._stream, packet)

    def _on_audio(self, unit: Unit) -> None:
        pts, duration = self._audio.stamp(unit.rtp_timestamp, unit.arrived_at_ms, unit.data)
        if not (self._is_flowing and self._has_sound):
            return
        if unit.arrived_at_ms - self._aligned_at_ms >= _ALIGN_EVERY_MS:
            self._aligned_at_ms = unit.arrived_at_ms
            self._align()
        packet = MediaPacket("audio", self._generation, pts, pts, duration, True, unit.arrived_at_ms, unit.data)
        self._sink.write(self._stream, packet)

    def _on_keyframe(self, unit: Unit) -> bool:
        """False for one that can't be published."""
        try:
            parameters = self._video.read_keyframe(unit.data)
        except BitstreamError as error:
            if not self._is_broken:
                self._is_broken = True
                self._log.warning("a keyframe can't be used: %s", error)
            self._is_flowing = False
            return False
        self.keyframes += 1
        audio = self._audio.heard_track(unit.arrived_at_ms) if self._audio_index >= 0 else None
        known = self.tracks
        if known is None or (known.video, known.audio) != (parameters.track, audio):
            if known is not None:
                self._generation += 1
            self.tracks = Tracks(self._generation, parameters.track, audio)
            self._has_sound = audio is not None
            self._sink.announce(self._stream, self.tracks)
        if not self._is_flowing:
            self._is_flowing = True
            self._on_picture()
        return True

    def _align(self) -> None:
        assert self._session is not None
        video_report, audio_report = self._session.sender_clock(self._video_index), self._session.sender_clock(self._audio_index)
        if video_report and audio_report:
            align(self._video.clock, video_report, self._audio.clock, audio_report)

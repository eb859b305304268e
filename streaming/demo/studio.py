"""One stream's picture and sound, drawn and encoded into RTP frames. Knows no threads and no clock: the moment comes in as an argument."""

from __future__ import annotations

from dataclasses import dataclass

from streaming.codec.encode import AacEncoder, H264Encoder
from streaming.demo.scene.places import stage_for
from streaming.demo.scene.scene import Scene
from streaming.demo.sound import SAMPLE_RATE_HZ, samples_at
from streaming.media.annexb import split_annexb
from streaming.media.h264 import PPS, SPS, codec_string, nal_type
from streaming.media.packet import AudioTrack, Codec, VideoTrack
from streaming.rtsp.packetize import PAYLOAD_BYTES, packetizer_for
from streaming.rtsp.packetize.sender import RtpFrame
from streaming.rtsp.server_source import SourceTracks

_GOP_S = 2
_CLOCK_SLACK = SAMPLE_RATE_HZ // 50


@dataclass(frozen=True, slots=True)
class View:
    """What one stream shows."""

    title: str
    place: str
    light: str
    width_px: int
    height_px: int
    fps: int
    has_audio: bool = False
    has_strip: bool = False
    utc_offset_ms: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """`wall_ms` counts from 1970 and is what the clock shows; `steady_ns` never jumps and is what time stamps are made of."""

    wall_ms: int
    steady_ns: int


class Studio:
    """Building one takes up to a second; `begin` makes new encoders, once per run."""

    def __init__(self, view: View) -> None:
        self._view = view
        stage = stage_for(view.place, view.light, view.width_px, view.height_px)
        self._scene = Scene(stage, view.title, utc_offset_ms=view.utc_offset_ms, has_strip=view.has_strip)

    def begin(self, moment: Moment) -> tuple[SourceTracks, RtpFrame]:
        """What the stream consists of, and its first picture."""
        view = self._view
        self._video = H264Encoder(view.width_px, view.height_px, fps=view.fps, gop_frames=_GOP_S * view.fps)
        self._audio = AacEncoder(SAMPLE_RATE_HZ) if view.has_audio else None
        self._sound_at = moment.steady_ns * SAMPLE_RATE_HZ // 10**9
        self._since_1970 = moment.wall_ms * SAMPLE_RATE_HZ // 1000 - self._sound_at
        planes = self._scene.draw(moment.wall_ms)
        access_unit, _ = self._video.encode(planes, _ticks(moment), is_key=True)
        return SourceTracks(self._video_track(access_unit), self._audio_track()), _frame(access_unit, moment, is_key=True)

    def picture(self, moment: Moment, *, is_key: bool) -> RtpFrame:
        planes = self._scene.draw(moment.wall_ms)
        access_unit, is_keyframe = self._video.encode(planes, _ticks(moment), is_key=is_key)
        return _frame(access_unit, moment, is_key=is_keyframe)

    def sound(self, until: Moment) -> list[RtpFrame]:
        """Whatever is due since the last call."""
        frames: list[RtpFrame] = []
        if self._audio is None:
            return frames
        packetize, size = packetizer_for(Codec.AAC), self._audio.frame_samples
        now = until.steady_ns * SAMPLE_RATE_HZ // 10**9
        since_1970 = until.wall_ms * SAMPLE_RATE_HZ // 1000 - now
        if abs(since_1970 - self._since_1970) > _CLOCK_SLACK:  # not for less, or the wave would have cracks
            self._since_1970 = since_1970
        # The encoder gives a frame out two calls late. Drawing the sound one frame ahead makes that one, as with a real microphone.
        while self._sound_at <= now + size:
            samples = samples_at(self._sound_at + self._since_1970, size)
            for data, first in self._audio.encode(samples, self._sound_at):
                captured_at_ms = until.wall_ms + (first - now) * 1000 // SAMPLE_RATE_HZ
                frames.append(RtpFrame("audio", first, packetize(data, PAYLOAD_BYTES), False, captured_at_ms))
            self._sound_at += size
        return frames

    def _video_track(self, first: bytes) -> VideoTrack:
        sets = tuple(nal for nal in split_annexb(first) if nal_type(nal) in (SPS, PPS))
        return VideoTrack(Codec.H264, self._view.width_px, self._view.height_px, codec_string(sets[0]), sets)

    def _audio_track(self) -> AudioTrack | None:
        return None if self._audio is None else AudioTrack(Codec.AAC, SAMPLE_RATE_HZ, 1, "mp4a.40.2", self._audio.config)


def _ticks(moment: Moment) -> int:
    return moment.steady_ns * 9 // 100_000  # 90 kHz


def _frame(access_unit: bytes, moment: Moment, *, is_key: bool) -> RtpFrame:
    return RtpFrame("video", _ticks(moment), packetizer_for(Codec.H264)(access_unit, PAYLOAD_BYTES), is_key, moment.wall_ms)

"""What an RTSP server serves: sources of packetized frames, the mounts they hang at, and their session description.

Pure. Sources: streaming/demo (cameras drawn live), tests/support/rtsp_camera.py (clips).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from cameras.stream_url import Credentials
from streaming.media.packet import AudioTrack, Codec, VideoTrack
from streaming.rtsp.auth import Algorithm
from streaming.rtsp.packetize.sender import RtpFrame, TrackName
from streaming.rtsp.sdp import MediaDescription, SessionDescription, sprop


class SourceError(Exception):
    """The source can't be started; clients get 503."""


@dataclass(frozen=True, slots=True)
class SourceTracks:
    video: VideoTrack | None
    audio: AudioTrack | None = None

    def named(self) -> list[tuple[TrackName, VideoTrack | AudioTrack]]:
        """In the order of the session description."""
        both: tuple[tuple[TrackName, VideoTrack | AudioTrack | None], ...] = (("video", self.video), ("audio", self.audio))
        return [(name, track) for name, track in both if track is not None]


class Source(Protocol):
    """Runs while a mount has clients. A source may be started again after it was stopped or has ended."""

    async def start(self, publish: Callable[[RtpFrame], None], ended: Callable[[], None]) -> SourceTracks:
        """From now on every frame goes to `publish`; `ended` says that there will be no more. Both belong to the event loop's thread.

        Raises SourceError.
        """
        ...

    async def stop(self) -> None: ...

    def want_keyframe(self) -> None:
        """A client has joined and shows nothing before the next keyframe. May be ignored."""
        ...


@dataclass(frozen=True, slots=True)
class Mount:
    """A source under a path. Without a user name anybody may watch. `algorithm` and `has_qop` matter to Digest only."""

    path: str
    source: Source
    username: str = ""
    password: str = ""
    auth: Literal["digest", "basic"] = "digest"
    algorithm: Algorithm = "MD5"
    has_qop: bool = False
    name: str = "stream"

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.username, self.password)

    def __repr__(self) -> str:
        return f"Mount({self.path})"


_ENCODINGS = {
    Codec.H264: ("H264", 96, 90_000),
    Codec.H265: ("H265", 96, 90_000),
    Codec.MJPEG: ("JPEG", 26, 90_000),
    Codec.AAC: ("MPEG4-GENERIC", 97, 0),
    Codec.PCMU: ("PCMU", 0, 8000),
    Codec.PCMA: ("PCMA", 8, 8000),
    Codec.OPUS: ("OPUS", 97, 48_000),
}


def media_description(track: VideoTrack | AudioTrack, control: str) -> MediaDescription:
    encoding, payload_type, clock_rate_hz = _ENCODINGS[track.codec]
    if isinstance(track, VideoTrack):
        return MediaDescription("video", payload_type, encoding, clock_rate_hz, 1, _video_parameters(track), control)
    channels = 2 if track.codec is Codec.OPUS else track.channels  # RFC 7587, 7: always 2
    return MediaDescription(
        "audio", payload_type, encoding, clock_rate_hz or track.sample_rate_hz, channels, _audio_parameters(track), control
    )


def session_description(tracks: SourceTracks, name: str) -> SessionDescription:
    """The medium at position n is set up under the control "trackID=n"."""
    media = (media_description(track, f"trackID={index}") for index, (_, track) in enumerate(tracks.named()))
    return SessionDescription(tuple(media), "*", name)


def _video_parameters(track: VideoTrack) -> dict[str, str]:
    sets = track.parameter_sets
    if track.codec is Codec.H264 and sets:  # RFC 6184, 8.1
        return {"packetization-mode": "1", "profile-level-id": sets[0][1:4].hex().upper(), "sprop-parameter-sets": sprop(sets)}
    if track.codec is Codec.H265 and len(sets) == 3:  # RFC 7798, 7.1
        return {f"sprop-{name}": sprop((nal,)) for name, nal in zip(("vps", "sps", "pps"), sets, strict=True)}
    return {}


def _audio_parameters(track: AudioTrack) -> dict[str, str]:
    if track.codec is Codec.AAC:  # RFC 3640, 4.1 and 3.3.6
        sizes = {"mode": "AAC-hbr", "sizelength": "13", "indexlength": "3", "indexdeltalength": "3"}
        return {"streamtype": "5", "profile-level-id": "1", **sizes, "config": track.config.hex()}
    if track.codec is Codec.OPUS and track.channels == 2:
        return {"sprop-stereo": "1"}
    return {}

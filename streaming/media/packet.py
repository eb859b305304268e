"""The one currency of the media path, and the tracks it belongs to.

Media time is an int of 90 kHz ticks, wall time an int of milliseconds since 1970 UTC. `pts_90k` and `dts_90k` are anchored to the
wall clock of the first packet of a connection, so they grow across reconnects and restarts; see docs/time.md.

What does not belong here: bitstream parsing (h264.py, h265.py, aac.py), bytes for browsers (wire.py, fmp4.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol


class Role(StrEnum):
    MAIN = "main"
    SUB = "sub"


class Codec(StrEnum):
    H264 = "h264"
    H265 = "h265"
    MJPEG = "mjpeg"
    AAC = "aac"
    PCMA = "pcma"
    PCMU = "pcmu"
    OPUS = "opus"


@dataclass(frozen=True, slots=True)
class StreamKey:
    """Names one stream of one camera everywhere: bus keys, sinks, hubs, logs."""

    camera_id: int
    role: Role

    def __str__(self) -> str:
        return f"{self.camera_id}/{self.role}"


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """`parameter_sets` are NAL units without start codes (VPS, SPS, PPS in that order; empty for MJPEG).

    `codec_string` follows RFC 6381 and comes from the SPS, never from settings; it is "mjpeg" for MJPEG.
    """

    codec: Codec
    width_px: int
    height_px: int
    codec_string: str
    parameter_sets: tuple[bytes, ...] = ()
    is_full_range: bool = False


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """`config` is the AudioSpecificConfig of AAC (ISO/IEC 14496-3, 1.6.2.1); empty for the other codecs."""

    codec: Codec
    sample_rate_hz: int
    channels: int
    codec_string: str
    config: bytes = b""


TrackInfo = VideoTrack | AudioTrack


@dataclass(frozen=True, slots=True)
class Tracks:
    """What a stream consists of from the next packet on. `generation` changes whenever any track's parameters do."""

    generation: int
    video: VideoTrack
    audio: AudioTrack | None = None


@dataclass(frozen=True, slots=True)
class MediaPacket:
    """One access unit in Annex B with parameter sets in band on every keyframe, one JPEG picture, or one audio frame."""

    track: Literal["video", "audio"]
    generation: int
    pts_90k: int
    dts_90k: int
    duration_90k: int
    is_key: bool
    captured_at_ms: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Gap:
    """A reader missed `packets` packets (0 when the number cannot be known); the next packet it gets is a keyframe."""

    packets: int
    until_captured_at_ms: int


class PacketSink(Protocol):
    """What a demuxed packet is handed to. Both calls return at once: they never wait for a disk, a socket or a lock."""

    def announce(self, stream: StreamKey, tracks: Tracks) -> None: ...

    def write(self, stream: StreamKey, packet: MediaPacket) -> None: ...

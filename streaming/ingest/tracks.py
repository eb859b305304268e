"""What a stream consists of, read from its keyframes (video) and its session description (audio). Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from streaming.media import aac, h264, h265, jpeg_header, opus
from streaming.media.annexb import leading_nals
from streaming.media.errors import BitstreamError
from streaming.media.packet import AudioTrack, Codec, VideoTrack
from streaming.media.timing import TICKS_PER_SECOND, rescale
from streaming.rtsp.sdp import MediaDescription

# What an MP4 can name: 255 PPS (ISO/IEC 14496-15, 5.3.3.1.2), each with a 16-bit length. Cameras use one of each, of a few hundred bytes.
_MOST_SETS, _MOST_SET_BYTES = 64, 4096
# As WebCodecs and the live protocol name them.
_G711 = {Codec.PCMA: "alaw", Codec.PCMU: "ulaw"}


@dataclass(frozen=True, slots=True)
class VideoParameters:
    """`max_reorder_frames` is None when the stream does not say; `frame_rate` is the one it claims."""

    track: VideoTrack
    max_reorder_frames: int | None
    frame_rate: float | None


def parameter_sets(codec: Codec, keyframe: bytes) -> tuple[bytes, ...]:
    """The distinct parameter sets in front of the first slice, VPS, SPS, PPS in that order."""
    if codec is Codec.H264:
        nals = leading_nals(keyframe, lambda first: h264.NON_IDR <= first & 0x1F <= h264.IDR)
        kinds: tuple[int, ...] = (h264.SPS, h264.PPS)
        type_of = h264.nal_type
    else:
        nals = leading_nals(keyframe, lambda first: (first >> 1) & 0x3F < h265.FIRST_NON_VCL)
        kinds = (h265.VPS, h265.SPS, h265.PPS)
        type_of = h265.nal_type
    return tuple(dict.fromkeys(nal for kind in kinds for nal in nals if type_of(nal) == kind))


def video_parameters(codec: Codec, sets: tuple[bytes, ...]) -> VideoParameters:
    """Raises BitstreamError for an SPS that is missing or broken, a PPS (or VPS) that is missing, and too many or too large ones."""
    if len(sets) > _MOST_SETS or any(len(nal) > _MOST_SET_BYTES for nal in sets):
        raise BitstreamError(f"keyframe with {len(sets)} parameter sets of up to {max(map(len, sets))} bytes")
    found: h264.Sps | h265.Sps
    if codec is Codec.H264:
        sps, _pps = (_first(sets, kind, h264.nal_type) for kind in (h264.SPS, h264.PPS))
        found, codec_string = h264.parse_sps(sps), h264.codec_string(sps)
    else:
        _vps, sps, _pps = (_first(sets, kind, h265.nal_type) for kind in (h265.VPS, h265.SPS, h265.PPS))
        found, codec_string = h265.parse_sps(sps), h265.codec_string(sps)
    track = VideoTrack(codec, found.width_px, found.height_px, codec_string, sets, found.is_full_range)
    return VideoParameters(track, found.max_reorder_frames, found.frame_rate)


def mjpeg_parameters(picture: bytes) -> VideoParameters:
    """Raises BitstreamError for what is no JPEG picture."""
    width_px, height_px = jpeg_header.parse_size(picture)
    return VideoParameters(VideoTrack(Codec.MJPEG, width_px, height_px, "mjpeg", is_full_range=True), 0, None)


def audio_track(media: MediaDescription) -> AudioTrack | None:
    """None for a codec we don't carry. Raises BitstreamError for an AAC configuration that is missing or broken."""
    codec = media.codec
    if codec is Codec.AAC:
        found = aac.parse_config(media.config)
        return AudioTrack(codec, found.sample_rate_hz, found.channels, aac.codec_string(media.config), media.config)
    if codec is Codec.OPUS:
        # The session description always says 2 channels (RFC 7587, 7); sprop-stereo tells what is meant.
        channels = 2 if media.parameters.get("sprop-stereo") == "1" else 1
        return AudioTrack(codec, opus.SAMPLE_RATE_HZ, channels, "opus")
    if codec in _G711:
        return AudioTrack(codec, media.clock_rate_hz, media.channels, _G711[codec])
    return None


def audio_duration_90k(track: AudioTrack, frame: bytes) -> int:
    """How long a frame sounds. Raises BitstreamError for an Opus packet that does not say."""
    if track.codec is Codec.AAC:
        return rescale(aac.SAMPLES_PER_FRAME, track.sample_rate_hz, TICKS_PER_SECOND)
    if track.codec is Codec.OPUS:
        return rescale(opus.samples(frame), opus.SAMPLE_RATE_HZ, TICKS_PER_SECOND)
    return rescale(len(frame) // track.channels, track.sample_rate_hz, TICKS_PER_SECOND)


def _first(sets: tuple[bytes, ...], kind: int, type_of: Callable[[bytes], int]) -> bytes:
    for nal in sets:
        if type_of(nal) == kind:
            return nal
    raise BitstreamError(f"keyframe without the parameter set of type {kind}")

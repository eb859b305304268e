"""Sample entries of MP4: avc1, hvc1, mp4v (for MJPEG), mp4a and Opus with their configuration boxes.

ISO/IEC 14496-12, 12.1.3 and 12.2.3 (visual and audio sample entries); 14496-15 (avcC, hvcC); 14496-14, 5.6 and 14496-1, 7.2.6.5
(esds); "Encapsulation of Opus in ISO Base Media File Format" 4.3 (dOps). G.711 has none; that of MJPEG is for files, no browser plays it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from streaming.media import h264, h265
from streaming.media.errors import BitstreamError
from streaming.media.mp4_box import box, full_box
from streaming.media.packet import AudioTrack, Codec, VideoTrack

_72_DPI = 0x00480000
# objectTypeIndication, and streamType << 2 | reserved 1 (14496-1, 7.2.6.6)
_AAC = b"\x40\x15"
_JPEG = b"\x6c\x11"


def sample_entry(track: VideoTrack | AudioTrack) -> bytes:
    """Raises ValueError for a codec MP4 can't carry, BitstreamError for parameter sets that are missing or broken."""
    if isinstance(track, VideoTrack):
        return _visual(track)
    if track.codec is Codec.AAC:
        return box(b"mp4a", _audio(track, track.sample_rate_hz), _esds(_AAC, _descriptor(5, track.config)))
    if track.codec is Codec.OPUS:
        return box(b"Opus", _audio(track, 48_000), _dops(track))
    raise ValueError(f"MP4 can't carry {track.codec}")


def _visual(track: VideoTrack) -> bytes:
    if track.codec is Codec.H264:
        sps, pps = _sets(track, h264.nal_type, h264.SPS, h264.PPS)
        return box(b"avc1", _visual_head(track), box(b"avcC", h264.avcc(sps[0], *pps)))
    if track.codec is Codec.H265:
        vps, sps, pps = _sets(track, h265.nal_type, h265.VPS, h265.SPS, h265.PPS)
        return box(b"hvc1", _visual_head(track), box(b"hvcC", h265.hvcc(vps[0], sps[0], *pps)))
    return box(b"mp4v", _visual_head(track), _esds(_JPEG, b""))


def _sets(track: VideoTrack, type_of: Callable[[bytes], int], *kinds: int) -> list[list[bytes]]:
    found = [[nal for nal in track.parameter_sets if nal and type_of(nal) == kind] for kind in kinds]
    if not all(found):
        raise BitstreamError(f"{track.codec} parameter sets are incomplete")
    return found


def _visual_head(track: VideoTrack) -> bytes:
    return struct.pack(
        ">6xH16xHHIIIH32sHh", 1, track.width_px, track.height_px, _72_DPI, _72_DPI, 0, 1, b"", 24, -1
    )  # frame_count 1, no compressor name, depth 24, no colour table


def _audio(track: AudioTrack, sample_rate_hz: int) -> bytes:
    # The rate is 16.16 fixed point; one above 65535 Hz does not fit and is left to the decoder configuration.
    return struct.pack(">6xH8xHH4xI", 1, track.channels, 16, min(sample_rate_hz, 0xFFFF) << 16)


def _esds(kind: bytes, specific: bytes) -> bytes:
    decoder = _descriptor(4, kind + bytes(11) + specific)  # buffer size and bit rates unknown
    return full_box(b"esds", 0, 0, _descriptor(3, bytes(3) + decoder + _descriptor(6, b"\x02")))


def _descriptor(tag: int, payload: bytes) -> bytes:
    """Expandable size (14496-1, 8.3.3) in its four-byte form."""
    size = len(payload)
    return bytes([tag, 0x80 | (size >> 21 & 0x7F), 0x80 | (size >> 14 & 0x7F), 0x80 | (size >> 7 & 0x7F), size & 0x7F]) + payload


def _dops(track: AudioTrack) -> bytes:
    # version 0, channels, pre-skip 0 (a live stream has no start to skip), input rate, gain 0, mapping family 0 (mono or stereo)
    if track.channels > 2:
        raise ValueError(f"Opus with {track.channels} channels needs a channel mapping")
    return box(b"dOps", struct.pack(">BBHIhB", 0, track.channels, 0, track.sample_rate_hz, 0, 0))

"""H.265 as cameras send it: NAL types, what a decoder configuration needs of the SPS, the codec string and hvcC.

ISO/IEC 14496-15, 8.3.3.1 (hvcC) and annex E.3 (codec string); parsing of the SPS itself is in h265_sps.py.

A NAL is two header bytes (forbidden 1, type 6, layer 6, temporal id plus one 3) and its payload. Slices are never parsed.
"""

from __future__ import annotations

from streaming.media.annexb import annexb, iter_first_bytes, length_prefixed, split_annexb, unescape
from streaming.media.errors import BitstreamError
from streaming.media.h265_sps import Sps, parse_sps

__all__ = [
    "Sps",
    "annexb",
    "codec_string",
    "hvcc",
    "is_keyframe",
    "nal_type",
    "parse_sps",
    "split_annexb",
    "to_length_prefixed",
]

FIRST_IRAP = 16
LAST_IRAP = 23
FIRST_NON_VCL = 32
VPS = 32
SPS = 33
PPS = 34
AUD = 35

# Start of general_profile_tier_level in an SPS: header 2, then 4 bits VPS id, 3 bits sub layers, 1 bit nesting.
_PROFILE_AT = 3
_PROFILE_BYTES = 12


def nal_type(nal: bytes) -> int:
    return (nal[0] >> 1) & 0x3F


def is_keyframe(access_unit: bytes) -> bool:
    """True for an intra random access point (IDR, CRA or BLA). Looks no further than the first slice."""
    for first in iter_first_bytes(access_unit):
        kind = (first >> 1) & 0x3F
        if kind < FIRST_NON_VCL:
            return FIRST_IRAP <= kind <= LAST_IRAP
    return False


def to_length_prefixed(access_unit: bytes) -> bytes:
    """The access unit as an MP4 sample, without its delimiter."""
    return length_prefixed(nal for nal in split_annexb(access_unit) if (nal[0] >> 1) & 0x3F != AUD)


def codec_string(sps: bytes) -> str:
    """As "hvc1.1.6.L93.B0": space and profile, compatibility flags bit-reversed, tier and level, constraint bytes."""
    general = _general_profile(sps)
    space = ("", "A", "B", "C")[general[0] >> 6]
    compatibility = int(f"{int.from_bytes(general[1:5], 'big'):032b}"[::-1], 2)
    tier = "H" if general[0] & 0x20 else "L"
    constraints = general[5:11].rstrip(b"\x00")
    parts = ["hvc1", f"{space}{general[0] & 0x1F}", f"{compatibility:X}", f"{tier}{general[11]}", *(f"{byte:X}" for byte in constraints)]
    return ".".join(parts)


def hvcc(vps: bytes, sps: bytes, *pps: bytes) -> bytes:
    """HEVCDecoderConfigurationRecord with complete arrays, as a sample entry named hvc1 wants them."""
    parsed = parse_sps(sps)
    head = bytes([1]) + _general_profile(sps)
    head += bytes(
        [0xF0, 0, 0xFC, 0xFC | parsed.chroma_format_idc, 0xF8 | (parsed.bit_depth_luma - 8), 0xF8 | (parsed.bit_depth_chroma - 8)]
    )
    # avgFrameRate 0 (unknown), then constantFrameRate 0, numTemporalLayers, temporalIdNested, lengthSizeMinusOne 3
    head += bytes([0, 0, (parsed.sub_layers << 3) | (int(parsed.is_temporal_id_nested) << 2) | 3])
    arrays = [(VPS, [vps]), (SPS, [sps]), (PPS, list(pps))]
    body = b"".join(_array(kind, nals) for kind, nals in arrays)
    return head + bytes([len(arrays)]) + body


def _array(kind: int, nals: list[bytes]) -> bytes:
    return bytes([0x80 | kind]) + len(nals).to_bytes(2, "big") + b"".join(len(nal).to_bytes(2, "big") + nal for nal in nals)


def _general_profile(sps: bytes) -> bytes:
    """The 12 bytes from general_profile_space to general_level_idc, which hvcC takes over as they are."""
    payload = unescape(sps)
    if len(payload) < _PROFILE_AT + _PROFILE_BYTES or nal_type(sps) != SPS:
        raise BitstreamError("not an H.265 SPS")
    return payload[_PROFILE_AT : _PROFILE_AT + _PROFILE_BYTES]

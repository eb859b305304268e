"""H.264 as cameras send it: NAL types, the sequence parameter set, the codec string and avcC.

ITU-T H.264 (08/2021) 7.3.1 (NAL), 7.3.2.1.1 (SPS), E.1.1 (VUI); ISO/IEC 14496-15, 5.3.3.1 (avcC); RFC 6381, 3.3 (codec string).

A NAL is one header byte (forbidden 1, ref_idc 2, type 5) and its payload. Slices are never parsed.
"""

from __future__ import annotations

from dataclasses import dataclass

from streaming.media.annexb import BitReader, annexb, iter_first_bytes, length_prefixed, split_annexb, unescape
from streaming.media.errors import BitstreamError

__all__ = [
    "Sps",
    "annexb",
    "avcc",
    "codec_string",
    "is_keyframe",
    "nal_type",
    "parse_sps",
    "split_annexb",
    "to_length_prefixed",
]

NON_IDR = 1
IDR = 5
SEI = 6
SPS = 7
PPS = 8
AUD = 9

# Profiles whose SPS carries chroma format, bit depths and scaling lists (7.3.2.1.1).
_HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
# Profiles that add those fields to avcC too (14496-15, 5.3.3.1.2).
_AVCC_EXTENDED = frozenset({100, 110, 122, 144, 244, 44})
_EXTENDED_SAR = 255
_MAX_SIDE_PX = 16384


@dataclass(frozen=True, slots=True)
class Sps:
    """`width_px` and `height_px` are what is shown, after cropping. `max_reorder_frames` is None when the stream doesn't say.

    `frame_rate` is the one the VUI claims; cameras lie about it.
    """

    width_px: int
    height_px: int
    profile_idc: int
    constraint_flags: int
    level_idc: int
    max_reorder_frames: int | None
    is_full_range: bool
    frame_rate: float | None
    chroma_format_idc: int = 1
    bit_depth_luma: int = 8
    bit_depth_chroma: int = 8


@dataclass(frozen=True, slots=True)
class _Vui:
    is_full_range: bool = False
    frame_rate: float | None = None
    max_reorder_frames: int | None = None


def nal_type(nal: bytes) -> int:
    return nal[0] & 0x1F


def is_keyframe(access_unit: bytes) -> bool:
    """True for an IDR picture. Looks no further than the first slice."""
    for first in iter_first_bytes(access_unit):
        kind = first & 0x1F
        if NON_IDR <= kind <= IDR:
            return kind == IDR
    return False


def to_length_prefixed(access_unit: bytes) -> bytes:
    """The access unit as an MP4 sample, without its delimiter."""
    return length_prefixed(nal for nal in split_annexb(access_unit) if nal[0] & 0x1F != AUD)


def codec_string(sps: bytes) -> str:
    if len(sps) < 4:
        raise BitstreamError("SPS is shorter than its profile and level")
    return f"avc1.{sps[1:4].hex()}"


def avcc(sps: bytes, *pps: bytes) -> bytes:
    """AVCDecoderConfigurationRecord of one SPS and its PPS."""
    parsed = parse_sps(sps)
    record = bytes([1, *sps[1:4], 0xFC | 3, 0xE0 | 1]) + _sized(sps) + bytes([len(pps)]) + b"".join(map(_sized, pps))
    if parsed.profile_idc in _AVCC_EXTENDED:
        depths = (0xF8 | (parsed.bit_depth_luma - 8), 0xF8 | (parsed.bit_depth_chroma - 8))
        record += bytes([0xFC | parsed.chroma_format_idc, *depths, 0])
    return record


def parse_sps(nal: bytes) -> Sps:
    """Raises BitstreamError for anything that is no usable SPS. A VUI that can't be read counts as absent: some cameras' are cut off."""
    if len(nal) < 4 or nal_type(nal) != SPS:
        raise BitstreamError("not an H.264 SPS")
    bits = BitReader(unescape(nal))
    bits.skip(8)
    profile, constraints, level = bits.u(8), bits.u(8), bits.u(8)
    bits.ue(31)  # seq_parameter_set_id
    chroma, depth_luma, depth_chroma, has_planes = _chroma(bits, profile)
    bits.ue(12)  # log2_max_frame_num_minus4
    poc_type = _picture_order_count(bits)
    bits.ue(16)  # max_num_ref_frames
    bits.skip(1)  # gaps_in_frame_num_value_allowed_flag
    width, height = _picture_size(bits, 0 if has_planes else chroma)
    vui = _vui_or_default(bits)
    reorder = vui.max_reorder_frames
    if poc_type == 2 or profile == 66:  # output in decoding order (8.2.1.3); Baseline has no B slices
        reorder = 0
    return Sps(width, height, profile, constraints, level, reorder, vui.is_full_range, vui.frame_rate, chroma, depth_luma, depth_chroma)


def _sized(nal: bytes) -> bytes:
    return len(nal).to_bytes(2, "big") + nal


def _chroma(bits: BitReader, profile: int) -> tuple[int, int, int, bool]:
    if profile not in _HIGH_PROFILES:
        return 1, 8, 8, False
    chroma = bits.ue(3)
    has_planes = chroma == 3 and bits.flag()
    luma, chroma_depth = 8 + bits.ue(6), 8 + bits.ue(6)
    bits.skip(1)  # qpprime_y_zero_transform_bypass_flag
    if bits.flag():  # seq_scaling_matrix_present_flag
        for index in range(12 if chroma == 3 else 8):
            if bits.flag():
                _skip_scaling_list(bits, 16 if index < 6 else 64)
    return chroma, luma, chroma_depth, has_planes


def _skip_scaling_list(bits: BitReader, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last


def _picture_order_count(bits: BitReader) -> int:
    poc_type = bits.ue(2)
    if poc_type == 0:
        bits.ue(12)  # log2_max_pic_order_cnt_lsb_minus4
    elif poc_type == 1:
        bits.skip(1)
        bits.se()
        bits.se()
        for _ in range(bits.ue(255)):
            bits.se()
    return poc_type


def _picture_size(bits: BitReader, chroma_array_type: int) -> tuple[int, int]:
    width_mbs, map_units = bits.ue(_MAX_SIDE_PX // 16) + 1, bits.ue(_MAX_SIDE_PX // 16) + 1
    is_frame_only = bits.flag()
    if not is_frame_only:
        bits.skip(1)  # mb_adaptive_frame_field_flag
    bits.skip(1)  # direct_8x8_inference_flag
    fields = 1 if is_frame_only else 2
    width, height = width_mbs * 16, map_units * 16 * fields
    if bits.flag():  # frame_cropping_flag; crop units: table 6-1 and 7-19 to 7-22
        unit_x = 2 if chroma_array_type in (1, 2) else 1
        unit_y = (2 if chroma_array_type == 1 else 1) * fields
        left, right, top, bottom = (bits.ue(_MAX_SIDE_PX) for _ in range(4))
        width -= unit_x * (left + right)
        height -= unit_y * (top + bottom)
    if not (0 < width <= _MAX_SIDE_PX and 0 < height <= _MAX_SIDE_PX):
        raise BitstreamError(f"picture size {width}x{height} is impossible")
    return width, height


def _vui_or_default(bits: BitReader) -> _Vui:
    try:
        return _parse_vui(bits) if bits.flag() else _Vui()
    except BitstreamError:
        return _Vui()


def _parse_vui(bits: BitReader) -> _Vui:
    is_full_range = False
    frame_rate: float | None = None
    if bits.flag() and bits.u(8) == _EXTENDED_SAR:
        bits.skip(32)
    if bits.flag():  # overscan_info_present_flag
        bits.skip(1)
    if bits.flag():  # video_signal_type_present_flag
        bits.skip(3)
        is_full_range = bits.flag()
        if bits.flag():
            bits.skip(24)
    if bits.flag():  # chroma_loc_info_present_flag
        bits.ue(5)
        bits.ue(5)
    if bits.flag():  # timing_info_present_flag
        units, scale = bits.u(32), bits.u(32)
        bits.skip(1)
        frame_rate = scale / (2 * units) if units and 0.01 <= scale / (2 * units) <= 1000 else None
    return _Vui(is_full_range, frame_rate, _reorder_frames(bits))


def _reorder_frames(bits: BitReader) -> int | None:
    """max_num_reorder_frames of the bitstream restriction; None when the rest of the VUI does not hold it."""
    try:
        has_hrd = False
        for _ in ("nal", "vcl"):
            if bits.flag():
                has_hrd = True
                _skip_hrd(bits)
        if has_hrd:
            bits.skip(1)  # low_delay_hrd_flag
        bits.skip(1)  # pic_struct_present_flag
        if not bits.flag():
            return None
        bits.skip(1)
        for _ in range(4):
            bits.ue()
        return bits.ue(16)
    except BitstreamError:
        return None


def _skip_hrd(bits: BitReader) -> None:
    count = bits.ue(31) + 1
    bits.skip(8)
    for _ in range(count):
        bits.ue()
        bits.ue()
        bits.skip(1)
    bits.skip(20)

"""The sequence parameter set of H.265 (ITU-T H.265 (08/2021) 7.3.2.2, 7.3.3, 7.3.4, 7.3.7, E.2.1).

    header 2 | vps id, sub layers, nesting 1 | profile, tier, level 12+ | size, cropping, depths | reordering | coding tools | VUI

The coding tools are read only to reach the VUI behind them. What can't be read from there on counts as absent.
"""

from __future__ import annotations

from dataclasses import dataclass

from streaming.media.annexb import BitReader, unescape
from streaming.media.errors import BitstreamError

_NAL_TYPE = 33
_EXTENDED_SAR = 255
_MAX_SIDE_PX = 16384


@dataclass(frozen=True, slots=True)
class Sps:
    """`width_px` and `height_px` are what is shown, after the conformance window. `constraint_flags` are 48 bits."""

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
    sub_layers: int = 1
    is_temporal_id_nested: bool = True


def parse_sps(nal: bytes) -> Sps:
    """Raises BitstreamError for anything that is no usable SPS."""
    if len(nal) < 15 or (nal[0] >> 1) & 0x3F != _NAL_TYPE:
        raise BitstreamError("not an H.265 SPS")
    bits = BitReader(unescape(nal))
    bits.skip(16 + 4)
    sub_layers = bits.u(3) + 1
    is_nested = bits.flag()
    bits.skip(3)  # general_profile_space, general_tier_flag
    profile = bits.u(5)
    bits.skip(32)
    constraints, level = bits.u(48), bits.u(8)
    _skip_sub_layer_levels(bits, sub_layers)
    bits.ue(15)  # sps_seq_parameter_set_id
    chroma = bits.ue(3)
    if chroma == 3:
        bits.skip(1)  # separate_colour_plane_flag
    width, height = _picture_size(bits, chroma)
    depth_luma, depth_chroma = 8 + bits.ue(8), 8 + bits.ue(8)
    poc_bits = bits.ue(12) + 4
    reorder = 0
    for _ in range(sub_layers if bits.flag() else 1):  # sps_sub_layer_ordering_info_present_flag; the highest comes last
        bits.ue(16)
        reorder = bits.ue(16)
        bits.ue()
    is_full_range, frame_rate = _range_and_rate(bits, poc_bits)
    return Sps(
        width,
        height,
        profile,
        constraints,
        level,
        reorder,
        is_full_range,
        frame_rate,
        chroma,
        depth_luma,
        depth_chroma,
        sub_layers,
        is_nested,
    )


def _skip_sub_layer_levels(bits: BitReader, sub_layers: int) -> None:
    if sub_layers == 1:
        return
    present = [(bits.flag(), bits.flag()) for _ in range(sub_layers - 1)]
    bits.skip(2 * (8 - (sub_layers - 1)))
    for has_profile, has_level in present:
        bits.skip(88 * has_profile + 8 * has_level)


def _picture_size(bits: BitReader, chroma: int) -> tuple[int, int]:
    width, height = bits.ue(_MAX_SIDE_PX), bits.ue(_MAX_SIDE_PX)
    if bits.flag():  # conformance_window_flag; units: table 6-1
        left, right, top, bottom = (bits.ue(_MAX_SIDE_PX) for _ in range(4))
        width -= (2 if chroma in (1, 2) else 1) * (left + right)
        height -= (2 if chroma == 1 else 1) * (top + bottom)
    if width <= 0 or height <= 0:
        raise BitstreamError(f"picture size {width}x{height} is impossible")
    return width, height


def _range_and_rate(bits: BitReader, poc_bits: int) -> tuple[bool, float | None]:
    try:
        _skip_coding_tools(bits, poc_bits)
        return _parse_vui(bits) if bits.flag() else (False, None)
    except BitstreamError:
        return False, None


def _skip_coding_tools(bits: BitReader, poc_bits: int) -> None:
    for _ in range(6):  # block sizes and transform depths
        bits.ue()
    if bits.flag() and bits.flag():  # scaling_list_enabled_flag, sps_scaling_list_data_present_flag
        _skip_scaling_lists(bits)
    bits.skip(2)  # amp_enabled_flag, sample_adaptive_offset_enabled_flag
    if bits.flag():  # pcm_enabled_flag
        bits.skip(8)
        bits.ue()
        bits.ue()
        bits.skip(1)
    _skip_reference_sets(bits)
    if bits.flag():  # long_term_ref_pics_present_flag
        for _ in range(bits.ue(32)):
            bits.skip(poc_bits + 1)
    bits.skip(2)  # sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag


def _skip_scaling_lists(bits: BitReader) -> None:
    for size in range(4):
        for _ in range(0, 6, 3 if size == 3 else 1):
            if not bits.flag():  # scaling_list_pred_mode_flag
                bits.ue()
                continue
            if size > 1:
                bits.se()
            for _ in range(min(64, 1 << (4 + (size << 1)))):
                bits.se()


def _skip_reference_sets(bits: BitReader) -> None:
    """st_ref_pic_set() of every index (7.3.7); a predicted set has as many pictures as its flags say (7-61, 7-62)."""
    pictures = 0
    for index in range(bits.ue(64)):
        if index and bits.flag():  # inter_ref_pic_set_prediction_flag
            bits.skip(1)
            bits.ue()
            kept = 0
            for _ in range(pictures + 1):
                is_used = bits.flag()
                kept += is_used or bits.flag()
            pictures = kept
            continue
        negative, positive = bits.ue(16), bits.ue(16)
        for _ in range(negative + positive):
            bits.ue()
            bits.skip(1)
        pictures = negative + positive


def _parse_vui(bits: BitReader) -> tuple[bool, float | None]:
    is_full_range = False
    if bits.flag() and bits.u(8) == _EXTENDED_SAR:
        bits.skip(32)
    if bits.flag():  # overscan_info_present_flag
        bits.skip(1)
    if bits.flag():  # video_signal_type_present_flag
        bits.skip(3)
        is_full_range = bits.flag()
        if bits.flag():
            bits.skip(24)
    try:
        return is_full_range, _frame_rate(bits)
    except BitstreamError:
        return is_full_range, None


def _frame_rate(bits: BitReader) -> float | None:
    if bits.flag():  # chroma_loc_info_present_flag
        bits.ue(5)
        bits.ue(5)
    bits.skip(3)  # neutral_chroma_indication_flag, field_seq_flag, frame_field_info_present_flag
    if bits.flag():  # default_display_window_flag
        for _ in range(4):
            bits.ue()
    if not bits.flag():  # vui_timing_info_present_flag
        return None
    units, scale = bits.u(32), bits.u(32)
    return scale / units if units and 0.01 <= scale / units <= 1000 else None

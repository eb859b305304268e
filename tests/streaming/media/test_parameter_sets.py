from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.media import h264, h265
from streaming.media.errors import BitstreamError
from tests.support.encoded import h264_units, h265_units

SIZES = [(320, 180), (642, 362), (1920, 1080)]


def h264_sps(*size: int, profile: str = "high", b_frames: int = 0, is_full_range: bool = False) -> bytes:
    units = h264_units(*size, 2, profile=profile, b_frames=b_frames, is_full_range=is_full_range)
    return next(nal for nal in h264.split_annexb(units[0].data) if h264.nal_type(nal) == h264.SPS)


def h265_sps(*size: int, b_frames: int = 0, is_full_range: bool = False) -> bytes:
    units = h265_units(*size, 2, b_frames=b_frames, is_full_range=is_full_range)
    return next(nal for nal in h265.split_annexb(units[0].data) if h265.nal_type(nal) == h265.SPS)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("profile", ["baseline", "main", "high", "high444"])
def test_an_h264_sps_tells_the_cropped_size(size: tuple[int, int], profile: str) -> None:
    sps = h264.parse_sps(h264_sps(*size, profile=profile))
    assert (sps.width_px, sps.height_px, sps.frame_rate) == (*size, 25.0)
    assert sps.max_reorder_frames == 0


@pytest.mark.parametrize("size", SIZES)
def test_an_h265_sps_tells_the_cropped_size(size: tuple[int, int]) -> None:
    sps = h265.parse_sps(h265_sps(*size))
    assert (sps.width_px, sps.height_px, sps.frame_rate) == (*size, 25.0)
    assert sps.max_reorder_frames == 0


def test_the_sps_tells_how_far_pictures_are_reordered() -> None:
    assert h264.parse_sps(h264_sps(320, 180, b_frames=2)).max_reorder_frames
    assert h265.parse_sps(h265_sps(320, 180, b_frames=2)).max_reorder_frames


def test_codec_strings_follow_rfc_6381() -> None:
    assert h264.codec_string(h264_sps(320, 180)) == "avc1.64000c"
    assert h265.codec_string(h265_sps(320, 180)).startswith("hvc1.1.6.L60.9")


def test_full_range_is_told_from_limited_range() -> None:
    assert h265.parse_sps(h265_sps(320, 180, is_full_range=True)).is_full_range
    assert not h265.parse_sps(h265_sps(320, 180)).is_full_range
    assert h264.parse_sps(h264_sps(320, 180, is_full_range=True)).is_full_range
    assert not h264.parse_sps(h264_sps(320, 180)).is_full_range


def test_keyframes_are_recognised_by_their_first_slice() -> None:
    for units, module in ((h264_units(), h264), (h265_units(), h265)):
        assert [module.is_keyframe(unit.data) for unit in units] == [unit.is_key for unit in units]
    assert not h264.is_keyframe(b"")
    assert not h265.is_keyframe(b"\x00\x00\x01")


def test_a_sample_loses_its_delimiter_and_nothing_else() -> None:
    unit = h264_units()[0].data
    sample = h264.to_length_prefixed(unit)
    kept = []
    while sample:
        size = int.from_bytes(sample[:4], "big")
        kept.append(sample[4 : 4 + size])
        sample = sample[4 + size :]
    assert kept == [nal for nal in h264.split_annexb(unit) if h264.nal_type(nal) != h264.AUD]
    assert len(kept) == len(h264.split_annexb(unit)) - 1


@pytest.mark.parametrize(("module", "sps"), [(h264, h264_sps(642, 362)), (h265, h265_sps(642, 362))])
def test_every_truncation_is_parsed_or_refused(module: object, sps: bytes) -> None:
    for length in range(len(sps)):
        try:
            parsed = module.parse_sps(sps[:length])  # type: ignore[attr-defined]  # both modules have it
        except BitstreamError:
            continue
        assert (parsed.width_px, parsed.height_px) == (642, 362)


@given(st.binary(max_size=80))
def test_garbage_is_parsed_or_refused(garbage: bytes) -> None:
    for parse in (h264.parse_sps, h264.codec_string, h264.avcc, h265.parse_sps, h265.codec_string):
        for start in (b"", b"\x67\x64\x00\x1f", b"\x42\x01\x01"):
            with contextlib.suppress(BitstreamError):
                parse(start + garbage)


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_flipped_byte_is_parsed_or_refused(where: int, value: int) -> None:
    for module, sps in ((h264, h264_sps(642, 362)), (h265, h265_sps(642, 362))):
        broken = bytearray(sps)
        broken[where % len(broken)] = value
        try:
            parsed = module.parse_sps(bytes(broken))
        except BitstreamError:
            continue
        assert 0 < parsed.width_px <= 32768

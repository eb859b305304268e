from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.media import aac, jpeg_header, opus
from streaming.media.errors import BitstreamError
from tests.support.encoded import aac_frames, jpeg_pictures, opus_frames


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (16000, 1), (44100, 2), (48000, 2)])
def test_an_encoders_own_configuration_is_understood(rate: int, channels: int) -> None:
    config = aac_frames(rate, channels, 2).config
    assert aac.parse_config(config) == aac.AacConfig(2, rate, channels)
    assert aac.codec_string(config) == "mp4a.40.2"
    assert aac.parse_config(aac.to_config(2, rate, channels)) == aac.AacConfig(2, rate, channels)


def test_a_frequency_without_index_is_read_from_its_24_bits() -> None:
    assert aac.parse_config(bytes.fromhex("1780" + "1f4010")).sample_rate_hz == 16000


@given(st.binary(max_size=12))
def test_garbage_is_parsed_or_refused(garbage: bytes) -> None:
    for parse in (aac.parse_config, opus.samples, jpeg_header.parse_size):
        with contextlib.suppress(BitstreamError):
            parse(garbage)


def test_opus_packets_tell_their_duration() -> None:
    assert {opus.samples(frame.data) for frame in opus_frames().frames} == {960}
    assert opus.samples(bytes([0b00011_0_01])) == 2 * 2880  # SILK, two frames of 60 ms


def test_a_jpeg_picture_tells_its_size() -> None:
    picture = jpeg_pictures(320, 176)[0].data
    assert jpeg_header.parse_size(picture) == (320, 176)
    for length in range(200):
        with contextlib.suppress(BitstreamError):
            assert jpeg_header.parse_size(picture[:length]) == (320, 176)

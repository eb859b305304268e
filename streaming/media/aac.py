"""AudioSpecificConfig of AAC (ISO/IEC 14496-3, 1.6.2.1), as it stands in an SDP's `config` and in esds.

object type 5 (31: escape 6) | frequency index 4 (15: frequency 24) | channel configuration 4 | for SBR: the same again | …
"""

from __future__ import annotations

from dataclasses import dataclass

from streaming.media.annexb import BitReader
from streaming.media.errors import BitstreamError

SAMPLES_PER_FRAME = 1024
_FREQUENCIES_HZ = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_CHANNELS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8, 11: 7, 12: 8}
_ESCAPE = 31


@dataclass(frozen=True, slots=True)
class AacConfig:
    """`object_type` as a codec string wants it (2 LC, 5 HE, 29 HE v2); `sample_rate_hz` of the core, of which a frame has 1024 samples."""

    object_type: int
    sample_rate_hz: int
    channels: int


def parse_config(config: bytes) -> AacConfig:
    """Raises BitstreamError for a short one, a reserved frequency, or channels described by a program_config_element."""
    bits = BitReader(config)
    object_type = _object_type(bits)
    sample_rate = _frequency(bits)
    channel_configuration = bits.u(4)
    if channel_configuration not in _CHANNELS:
        raise BitstreamError(f"AAC channel configuration {channel_configuration} is not supported")
    if object_type == 0 or sample_rate == 0:
        raise BitstreamError("AAC configuration is empty")
    return AacConfig(object_type, sample_rate, _CHANNELS[channel_configuration])


def codec_string(config: bytes) -> str:
    return f"mp4a.40.{parse_config(config).object_type}"


def to_config(object_type: int, sample_rate_hz: int, channels: int) -> bytes:
    """A two-byte configuration. Raises ValueError for a rate or channel count that has no index."""
    index = _FREQUENCIES_HZ.index(sample_rate_hz)
    channel_configuration = next((number for number, count in _CHANNELS.items() if count == channels), 0)
    if not channel_configuration or not 0 < object_type < _ESCAPE:
        raise ValueError(f"AAC object type {object_type} with {channels} channels has no two-byte configuration")
    return ((object_type << 11) | (index << 7) | (channel_configuration << 3)).to_bytes(2, "big")


def _object_type(bits: BitReader) -> int:
    value = bits.u(5)
    return 32 + bits.u(6) if value == _ESCAPE else value


def _frequency(bits: BitReader) -> int:
    index = bits.u(4)
    if index == 15:
        return bits.u(24)
    if index >= len(_FREQUENCIES_HZ):
        raise BitstreamError(f"AAC frequency index {index} is reserved")
    return _FREQUENCIES_HZ[index]

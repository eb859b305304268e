"""How long an Opus packet sounds: its table-of-contents byte (RFC 6716, 3.1).

config 5 | stereo 1 | frame count code 2
"""

from __future__ import annotations

from streaming.media.errors import BitstreamError

SAMPLE_RATE_HZ = 48_000
_MAX_SAMPLES = 5760  # 120 ms, RFC 6716, 3.4 [R5]
# Samples per frame at 48 kHz by config >> 2 and config & 3 (table 2): SILK, hybrid, CELT.
_SILK = (480, 960, 1920, 2880)
_HYBRID = (480, 960)
_CELT = (120, 240, 480, 960)


def samples(packet: bytes) -> int:
    """Duration at 48 kHz. Raises BitstreamError for an empty packet or one longer than 120 ms."""
    if not packet:
        raise BitstreamError("empty Opus packet")
    config, code = packet[0] >> 3, packet[0] & 3
    if config < 12:
        frame = _SILK[config & 3]
    elif config < 16:
        frame = _HYBRID[config & 1]
    else:
        frame = _CELT[config & 3]
    if code == 3 and len(packet) < 2:
        raise BitstreamError("Opus packet without its frame count")
    count = (1, 2, 2)[code] if code < 3 else packet[1] & 0x3F
    if not 0 < frame * count <= _MAX_SAMPLES:
        raise BitstreamError(f"Opus packet of {count} frames of {frame} samples")
    return frame * count

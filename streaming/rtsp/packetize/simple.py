"""Audio that travels as it is: G.711 (RFC 3551, 4.5.14) and Opus (RFC 7587, 4.2: exactly one Opus packet each)."""

from __future__ import annotations


def packetize_samples(samples: bytes, limit_bytes: int) -> list[bytes]:
    """One byte is one sample. Keep frames below the limit: the parts of a longer one would need time stamps of their own.

    Raises ValueError for such a frame.
    """
    return _whole(samples, limit_bytes)


def packetize_opus(packet: bytes, limit_bytes: int) -> list[bytes]:
    """Raises ValueError for a packet longer than the limit: RFC 7587 knows no fragments."""
    return _whole(packet, limit_bytes)


def _whole(frame: bytes, limit_bytes: int) -> list[bytes]:
    if len(frame) > limit_bytes:
        raise ValueError(f"an audio frame of {len(frame)} bytes does not fit into {limit_bytes}")
    return [frame]

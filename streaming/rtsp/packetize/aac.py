"""AAC over RTP: RFC 3640 in AAC-hbr mode (3.3.6), one frame per packet, long frames fragmented (3.2.3.2).

u16  length of the AU headers in bits: 16
u13  size of the whole frame in bytes, also in front of a fragment
u3   index: 0
"""

from __future__ import annotations

import struct

_HEADERS = struct.Struct(">HH")
_LONGEST_FRAME_BYTES = 0x1FFF


def packetize(frame: bytes, limit_bytes: int) -> list[bytes]:
    """Takes a raw frame, without ADTS. Raises ValueError when its size doesn't fit into 13 bits."""
    if len(frame) > _LONGEST_FRAME_BYTES:
        raise ValueError(f"an AAC frame of {len(frame)} bytes is longer than {_LONGEST_FRAME_BYTES}")
    header = _HEADERS.pack(16, len(frame) << 3)
    size = limit_bytes - _HEADERS.size
    return [header + frame[start : start + size] for start in range(0, len(frame), size)]

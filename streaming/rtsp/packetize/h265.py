"""H.265 over RTP: RFC 7798, single NAL units and fragmentation units (4.4.3), without DONL.

payload header  the NAL's two bytes with type 49
FU header       S 1, E 1, NAL type 6
"""

from __future__ import annotations

from streaming.media.annexb import split_annexb

_FU = 49
_ACCESS_UNIT_DELIMITER = 35


def packetize(access_unit: bytes, limit_bytes: int) -> list[bytes]:
    """Access unit delimiters are left out: the marker bit says the same."""
    payloads: list[bytes] = []
    for nal in split_annexb(access_unit):
        if nal[0] >> 1 & 0x3F == _ACCESS_UNIT_DELIMITER:
            continue
        if len(nal) <= limit_bytes:
            payloads.append(nal)
        else:
            payloads += _fragments(nal, limit_bytes - 3)
    return payloads


def _fragments(nal: bytes, size: int) -> list[bytes]:
    kind = nal[0] >> 1 & 0x3F
    header = bytes((nal[0] & 0x81 | _FU << 1, nal[1]))
    fragments = [header + bytes((kind,)) + nal[start : start + size] for start in range(2, len(nal), size)]
    fragments[0] = header + bytes((0x80 | kind,)) + fragments[0][3:]
    fragments[-1] = header + bytes((0x40 | kind,)) + fragments[-1][3:]
    return fragments

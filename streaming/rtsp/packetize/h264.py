"""H.264 over RTP: RFC 6184, packetization mode 1 (single NAL units and FU-A, in decoding order).

FU indicator   F and NRI of the NAL, type 28
FU header      S 1, E 1, R 1, NAL type 5
"""

from __future__ import annotations

from streaming.media.annexb import split_annexb

_FU_A = 28
_ACCESS_UNIT_DELIMITER = 9


def packetize(access_unit: bytes, limit_bytes: int) -> list[bytes]:
    """Access unit delimiters are left out: the marker bit says the same."""
    payloads: list[bytes] = []
    for nal in split_annexb(access_unit):
        if nal[0] & 0x1F == _ACCESS_UNIT_DELIMITER:
            continue
        if len(nal) <= limit_bytes:
            payloads.append(nal)
        else:
            payloads += _fragments(nal, limit_bytes - 2)
    return payloads


def _fragments(nal: bytes, size: int) -> list[bytes]:
    """5.8: the NAL's own header byte is carried by the two bytes in front of each fragment."""
    indicator, kind = nal[0] & 0xE0 | _FU_A, nal[0] & 0x1F
    first, middle, last = bytes((indicator, 0x80 | kind)), bytes((indicator, kind)), bytes((indicator, 0x40 | kind))
    starts = range(1, len(nal), size)
    fragments = [middle + nal[start : start + size] for start in starts]
    fragments[0] = first + fragments[0][2:]
    fragments[-1] = last + fragments[-1][2:]
    return fragments

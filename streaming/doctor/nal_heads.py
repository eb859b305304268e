"""Which NAL units begin in an RTP packet, without putting them together (RFC 6184, 5.6-5.8; RFC 7798, 4.4). Pure.

The depacketizers mend what a camera gets wrong; the doctor wants to see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from streaming.media.packet import Codec
from streaming.rtsp.depacketize import h264, h265

_STAP_A, _FU_A, _FU_B = 24, 28, 29
_AGGREGATION, _FRAGMENT = 48, 49


@dataclass(frozen=True, slots=True)
class NalHead:
    """`begins_picture` is said by the first bit behind a slice's header."""

    is_slice: bool
    begins_picture: bool
    is_key: bool
    is_parameter_set: bool


def nal_heads(codec: Codec, payload: bytes) -> Iterator[NalHead]:
    """Nothing for a packet that continues a NAL unit, and for one that makes no sense."""
    if codec is Codec.H264:
        syntax, starts = h264.SYNTAX, _h264_starts(payload)
    else:
        syntax, starts = h265.SYNTAX, _h265_starts(payload)
    for first, behind in starts:
        kind = syntax.type_of(first)
        is_slice = kind in syntax.slices
        yield NalHead(is_slice, is_slice and behind & 0x80 != 0, kind in syntax.keys, kind in syntax.parameter_sets)


def _h264_starts(payload: bytes) -> Iterator[tuple[int, int]]:
    """The first byte of each NAL header, and the byte behind the header."""
    if len(payload) < 2:
        return
    kind = payload[0] & 0x1F
    if kind in (_FU_A, _FU_B):
        if payload[1] & 0x80 and len(payload) > 2:
            yield payload[1] & 0x1F, payload[2 if kind == _FU_A else min(4, len(payload) - 1)]
    elif kind == _STAP_A:
        pos = 1
        while pos + 3 < len(payload):
            yield payload[pos + 2], payload[pos + 3]
            pos += 2 + (payload[pos] << 8 | payload[pos + 1])
    elif 0 < kind < _STAP_A:
        yield payload[0], payload[1]
    elif kind == 0:
        yield from _annexb_starts(payload, 1)


def _h265_starts(payload: bytes) -> Iterator[tuple[int, int]]:
    if len(payload) < 3:
        return
    kind = payload[0] >> 1 & 0x3F
    if payload.startswith((b"\0\0\1", b"\0\0\0\1")):
        yield from _annexb_starts(payload, 2)
    elif kind == _FRAGMENT:
        if payload[2] & 0x80 and len(payload) > 3:
            yield (payload[2] & 0x3F) << 1, payload[3]
    elif kind == _AGGREGATION:
        pos = 2
        while pos + 4 < len(payload):
            yield payload[pos + 2], payload[pos + 4]
            pos += 2 + (payload[pos] << 8 | payload[pos + 1])
    elif kind < _AGGREGATION:
        yield payload[0], payload[2]


def _annexb_starts(payload: bytes, header_bytes: int) -> Iterator[tuple[int, int]]:
    """Some cameras send a whole Annex B stream inside a packet."""
    at = payload.find(b"\0\0\1")
    while at >= 0 and at + 3 + header_bytes < len(payload):
        yield payload[at + 3], payload[at + 3 + header_bytes]
        at = payload.find(b"\0\0\1", at + 3)

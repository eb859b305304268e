"""H.265 from RTP (RFC 7798). A payload begins with two bytes like a NAL unit's: F(1) type(6) layer(6) TID(3).

    0-47  a whole NAL unit (4.4.1)
    48    AP: (u16 size, NAL)* (4.4.2)
    49    FU: header (S, E, type(6)), fragment (4.4.3)

With sprop-max-don-diff above 0 each carries decoding order numbers (DONL u16, DOND u8), which are skipped: packets come in decoding
order as long as nobody asks for interleaving. PACI (50) is left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from streaming.media.annexb import split_annexb
from streaming.rtsp.depacketize.access_unit import AccessUnitAssembler, NalSyntax
from streaming.rtsp.depacketize.frame import Frame
from streaming.rtsp.rtp import RtpPacket

SYNTAX = NalSyntax(
    header_bytes=2,
    shift=1,
    mask=0x3F,
    slices=frozenset(range(32)),
    keys=frozenset(range(16, 24)),
    parameter_sets=(32, 33, 34),
    delimiter=35,
)
_AGGREGATION, _FRAGMENT = 48, 49


class H265Depacketizer:
    def __init__(self, parameter_sets: Sequence[bytes], has_order_numbers: bool = False) -> None:
        self._unit = AccessUnitAssembler(SYNTAX, parameter_sets)
        self._order_bytes = 2 if has_order_numbers else 0

    def push(self, packet: RtpPacket, lost: bool) -> Sequence[Frame]:
        unit, payload = self._unit, packet.payload
        ended = unit.open(packet.timestamp, lost)
        if len(payload) < 4:
            return ended or unit.close(packet.marker)
        first = payload[0]
        kind = first >> 1 & 0x3F
        early: Sequence[Frame] = ()
        if kind == _FRAGMENT:
            second = payload[2]
            if second & 0x80:
                header = bytes((first & 0x81 | (second & 0x3F) << 1, payload[1]))
                early = unit.fragment_start(header, payload[3 + self._order_bytes :])
            else:
                unit.fragment(payload[3:])
            if second & 0x40:
                unit.fragment_end()
        elif kind == _AGGREGATION:
            early = self._aggregate(payload)
        elif payload.startswith((b"\0\0\1", b"\0\0\0\1")):
            early = [frame for nal in split_annexb(payload) for frame in unit.nal(nal)]
        elif kind < _AGGREGATION:
            early = unit.nal(payload[:2] + payload[4:] if self._order_bytes else payload)
        late = unit.close(packet.marker)
        return late if not ended and not early else (*ended, *early, *late)

    def _aggregate(self, payload: bytes) -> list[Frame]:
        """A size that reaches too far ends the packet, with the rest as its last NAL unit."""
        frames: list[Frame] = []
        pos, end = 2 + self._order_bytes, len(payload)
        while pos + 2 < end:
            after = pos + 2 + (payload[pos] << 8 | payload[pos + 1])
            frames += self._unit.nal(payload[pos + 2 : after])
            pos = after + self._order_bytes // 2
        return frames

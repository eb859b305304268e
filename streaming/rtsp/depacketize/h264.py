"""H.264 from RTP (RFC 6184).

    1-23  a whole NAL unit (5.6)
    24    STAP-A: (u16 size, NAL)* (5.7.1)
    28    FU-A: indicator, header (S, E, R, type), fragment (5.8); 29, FU-B, has a u16 decoding order number more, in its first fragment
    0     no NAL: some cameras send Annex B start codes inside the packet

The interleaved mode (25-27) is not asked for and not read.
"""

from __future__ import annotations

from collections.abc import Sequence

from streaming.media.annexb import split_annexb
from streaming.rtsp.depacketize.access_unit import AccessUnitAssembler, NalSyntax
from streaming.rtsp.depacketize.frame import Frame
from streaming.rtsp.rtp import RtpPacket

SYNTAX = NalSyntax(
    header_bytes=1,
    shift=0,
    mask=0x1F,
    slices=frozenset({1, 2, 5}),
    keys=frozenset({5}),
    parameter_sets=(7, 8),
    delimiter=9,
)
_STAP_A, _FU_A, _FU_B = 24, 28, 29
_HEADERS = [bytes((value,)) for value in range(256)]


class H264Depacketizer:
    def __init__(self, parameter_sets: Sequence[bytes]) -> None:
        self._unit = AccessUnitAssembler(SYNTAX, parameter_sets)

    def push(self, packet: RtpPacket, lost: bool) -> Sequence[Frame]:
        unit, payload = self._unit, packet.payload
        ended = unit.open(packet.timestamp, lost)
        if len(payload) < 2:
            return ended or unit.close(packet.marker)
        first = payload[0]
        kind = first & 0x1F
        early: Sequence[Frame] = ()
        if kind in (_FU_A, _FU_B):
            second = payload[1]
            if second & 0x80:
                early = unit.fragment_start(_HEADERS[first & 0xE0 | second & 0x1F], payload[2 if kind == _FU_A else 4 :])
            else:
                unit.fragment(payload[2:])
            if second & 0x40:
                unit.fragment_end()
        elif 1 <= kind < _STAP_A:
            early = unit.nal(payload)
        elif kind == _STAP_A:
            early = self._aggregate(payload)
        elif kind == 0 and b"\0\0\1" in payload[:4]:
            early = [frame for nal in split_annexb(payload) for frame in unit.nal(nal)]
        late = unit.close(packet.marker)
        return late if not ended and not early else (*ended, *early, *late)

    def _aggregate(self, payload: bytes) -> list[Frame]:
        """A size that reaches too far ends the packet, with the rest as its last NAL unit."""
        frames: list[Frame] = []
        pos, end = 1, len(payload)
        while pos + 2 < end:
            after = pos + 2 + (payload[pos] << 8 | payload[pos + 1])
            frames += self._unit.nal(payload[pos + 2 : after])
            pos = after
        return frames

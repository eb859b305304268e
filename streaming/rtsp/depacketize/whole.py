"""Payloads that are frames as they are: G.711 (RFC 3551, 4.5.14) and Opus (RFC 7587, 4.2)."""

from __future__ import annotations

from collections.abc import Sequence

from streaming.rtsp.depacketize.frame import Frame
from streaming.rtsp.rtp import RtpPacket


class WholeFrameDepacketizer:
    def push(self, packet: RtpPacket, lost: bool) -> Sequence[Frame]:
        return (Frame(packet.timestamp, packet.payload, True),) if packet.payload else ()

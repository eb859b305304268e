"""What every depacketizer gives and is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from streaming.rtsp.rtp import RtpPacket

MAX_FRAME_BYTES = 8 * 1024 * 1024  # an 8-megapixel JPEG of the best quality fits; what grows beyond is dropped


class Frame(NamedTuple):
    """One Annex B access unit, one JPEG, or one audio frame."""

    rtp_timestamp: int
    data: bytes
    is_key: bool


class Depacketizer(Protocol):
    def push(self, packet: RtpPacket, lost: bool) -> Sequence[Frame]:
        """Frames completed by the next packet in order; `lost` says that packets are missing in front of it. Never raises."""
        ...

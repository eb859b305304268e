"""JPEG pictures from RTP (RFC 2435, 3.1).

     0: type-specific u8   1: fragment offset u24   4: type u8   5: Q u8   6: width / 8   7: height / 8
    type 64-127:  restart interval u16, F, L, count          Q 128-255, offset 0:  0 u8, precision u8, length u16, tables

Sides above 2040 pixels don't fit: then width and height are 0, and the real ones come from the session description or from the
header extension of ONVIF (Streaming Specification, 5.1.1.1), which carries the picture's own marker segments.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from streaming.rtsp.depacketize.frame import MAX_FRAME_BYTES, Frame
from streaming.rtsp.depacketize.jpeg_head import jpeg_head, scaled_tables
from streaming.rtsp.rtp import RtpPacket

_HEADER_BYTES = 8
_WITH_RESTARTS = range(64, 128)
_MAX_PIECES = 65_536
_NONE: Sequence[Frame] = ()
_END_OF_IMAGE = b"\xff\xd9"
_ONVIF_EXTENSIONS = (b"\xff\xd8", b"\xff\xff")


@dataclass(slots=True)
class _Picture:
    timestamp: int
    head: bytes
    pieces: list[bytes]
    size: int = 0


class MjpegDepacketizer:
    """Every picture stands alone, so a loss costs the picture it falls into and no other."""

    def __init__(self, width_px: int = 0, height_px: int = 0) -> None:
        self._described_px = (width_px, height_px)
        self._tables: dict[int, tuple[bytes, int]] = {}  # by Q (128-254, RFC 2435, 4.2): tables and their precision
        self._picture: _Picture | None = None

    def push(self, packet: RtpPacket, lost: bool) -> Sequence[Frame]:
        payload = packet.payload
        if lost:
            self._picture = None
        if len(payload) < _HEADER_BYTES:
            return _NONE
        offset = payload[1] << 16 | payload[2] << 8 | payload[3]
        ended: Sequence[Frame] = _NONE
        if offset == 0:
            if self._picture is not None and self._picture.timestamp != packet.timestamp:  # a camera without markers
                ended = self._finish(self._picture)
            self._picture = self._begin(packet)
        elif self._picture is not None:
            picture = self._picture
            scan = payload[_HEADER_BYTES + (4 if payload[4] in _WITH_RESTARTS else 0) :]
            is_too_large = picture.size + len(scan) > MAX_FRAME_BYTES or len(picture.pieces) >= _MAX_PIECES
            if picture.timestamp != packet.timestamp or offset != picture.size or is_too_large:
                self._picture = None
            else:
                picture.pieces.append(scan)
                picture.size += len(scan)
        if packet.marker and self._picture is not None:
            return (*ended, *self._finish(self._picture))
        return ended

    def _finish(self, picture: _Picture) -> Sequence[Frame]:
        self._picture = None
        if not picture.size:
            return _NONE
        end = b"" if picture.pieces[-1].endswith(_END_OF_IMAGE) else _END_OF_IMAGE
        return (Frame(picture.timestamp, b"".join([picture.head, *picture.pieces, end]), True),)

    def _begin(self, packet: RtpPacket) -> _Picture | None:
        """None for a picture that can't be rebuilt."""
        payload = packet.payload
        kind, q = payload[4], payload[5]
        width_px, height_px = payload[6] * 8, payload[7] * 8
        pos, restart_interval = _HEADER_BYTES, 0
        if kind in _WITH_RESTARTS and len(payload) >= pos + 4:
            restart_interval = payload[pos] << 8 | payload[pos + 1]
            pos += 4
        if q >= 128:
            if len(payload) < pos + 4:
                return None
            precision, length = payload[pos + 1], payload[pos + 2] << 8 | payload[pos + 3]
            tables = payload[pos + 4 : pos + 4 + length]
            pos += 4 + length
            if length:
                self._tables[q] = (tables, precision)
            tables, precision = self._tables.get(q, (b"", 0))
        else:
            tables, precision = scaled_tables(min(max(q, 1), 99)), 0
        if not width_px or not height_px:
            width_px, height_px = _onvif_size(packet.extension) or self._described_px
        if max(width_px, height_px) > 0xFFFF or len(tables) < 64 or pos > len(payload) or kind & 0x3F > 1 or not width_px or not height_px:
            return None
        head = jpeg_head(kind & 1, width_px, height_px, tables, precision, restart_interval)
        return _Picture(packet.timestamp, head, [payload[pos:]], len(payload) - pos)


def _onvif_size(extension: bytes) -> tuple[int, int] | None:
    """Width and height from the SOF segment in the extension."""
    if extension[:2] not in _ONVIF_EXTENSIONS:
        return None
    pos = 4
    while pos + 9 <= len(extension) and extension[pos] == 0xFF:
        if extension[pos + 1] == 0xFF:  # fill
            pos += 1
            continue
        if extension[pos + 1] in (0xC0, 0xC1):
            height_px, width_px = struct.unpack_from(">HH", extension, pos + 5)
            return width_px, height_px
        pos += 2 + int.from_bytes(extension[pos + 2 : pos + 4], "big")
    return None

"""JPEG over RTP: RFC 2435, baseline 4:2:0 or 4:2:2 with the standard Huffman tables, quantization tables in band (Q = 255).

    u8  type-specific 0        u24 fragment offset        u8 type  u8 Q  u8 width / 8  u8 height / 8
    u16 restart interval  u16 F, L, count                 only for types 64 and above (3.1.7)
    u8  must be zero  u8 precision  u16 length  luma and chroma table    only in the first packet (3.1.8)

Nothing else of the JPEG's head travels, so what the receiver can't rebuild is refused here instead of shown wrongly there.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from streaming.rtsp.packetize.jpeg_tables import STANDARD_HUFFMAN

_MAX_SIDE_PX = 255 * 8
_SOI, _EOI, _SOS, _DQT, _DHT, _DRI, _SOF0 = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xC0
_TYPES = {(2, 1): 0, (2, 2): 1}  # 4.1: sampling of the luma component
_WITH_RESTARTS = 64
_Q_IN_BAND = 255


@dataclass(slots=True)
class _Picture:
    width_px: int = 0
    height_px: int = 0
    kind: int = 0
    tables: dict[int, bytes] = field(default_factory=dict)
    table_of_component: list[int] = field(default_factory=list)
    restart_interval: int = 0
    scan: bytes = b""


def packetize(picture: bytes, limit_bytes: int) -> list[bytes]:
    """Raises ValueError for a JPEG that RFC 2435 can't carry: progressive, 4:4:4, own Huffman tables, a side over 2040 pixels."""
    parsed = _parse(picture)
    restart = struct.pack(">HH", parsed.restart_interval, 0xFFFF) if parsed.restart_interval else b""
    kind = parsed.kind + (_WITH_RESTARTS if restart else 0)
    size = struct.pack(">BBBB", kind, _Q_IN_BAND, -(-parsed.width_px // 8), -(-parsed.height_px // 8))
    chosen = b"".join(parsed.tables[number] for number in parsed.table_of_component[:2])
    payloads: list[bytes] = []
    quantization = struct.pack(">BBH", 0, 0, len(chosen)) + chosen
    offset = 0
    while offset < len(parsed.scan):
        head = offset.to_bytes(4, "big") + size + restart + quantization
        part = parsed.scan[offset : offset + limit_bytes - len(head)]
        payloads.append(head + part)
        offset += len(part)
        quantization = b""
    return payloads


def _parse(picture: bytes) -> _Picture:
    if picture[:2] != bytes((0xFF, _SOI)):
        raise ValueError("no JPEG: it doesn't begin with SOI")
    parsed, pos = _Picture(), 2
    while pos + 4 <= len(picture):
        marker, length = picture[pos + 1], int.from_bytes(picture[pos + 2 : pos + 4], "big")
        if picture[pos] != 0xFF:
            raise ValueError(f"no JPEG marker at byte {pos}")
        segment = picture[pos + 4 : pos + 2 + length]
        pos += 2 + length
        if marker == _SOS:
            end = picture.rfind(bytes((0xFF, _EOI)))
            parsed.scan = picture[pos : end if end > pos else len(picture)]
            break
        _read_segment(parsed, marker, segment)
    if not parsed.scan or not parsed.width_px:
        raise ValueError("a JPEG without a picture in it")
    return parsed


def _read_segment(parsed: _Picture, marker: int, segment: bytes) -> None:
    if marker == _DQT:
        while segment:
            if segment[0] >> 4:
                raise ValueError("16-bit quantization tables are not for baseline JPEG")
            parsed.tables[segment[0] & 15], segment = segment[1:65], segment[65:]
    elif marker == _DHT:
        _check_huffman(segment)
    elif marker == _DRI:
        parsed.restart_interval = int.from_bytes(segment[:2], "big")
    elif marker == _SOF0:
        _read_frame_header(parsed, segment)
    elif 0xC1 <= marker <= 0xCF and marker not in (_DHT, 0xC8, 0xCC):
        raise ValueError("only baseline JPEG travels over RTP")


def _read_frame_header(parsed: _Picture, segment: bytes) -> None:
    parsed.height_px, parsed.width_px, components = struct.unpack_from(">xHHB", segment)
    if not 0 < parsed.width_px <= _MAX_SIDE_PX or not 0 < parsed.height_px <= _MAX_SIDE_PX:
        raise ValueError(f"{parsed.width_px}x{parsed.height_px} is too large for JPEG over RTP")
    samplings = [divmod(segment[7 + 3 * i], 16) for i in range(components)]
    parsed.table_of_component = [segment[8 + 3 * i] for i in range(components)]
    if components != 3 or samplings[1:] != [(1, 1), (1, 1)] or samplings[0] not in _TYPES:
        raise ValueError(f"sampling {samplings} is neither 4:2:0 nor 4:2:2")
    if parsed.table_of_component[1] != parsed.table_of_component[2]:
        raise ValueError("both chroma components must share a quantization table")
    parsed.kind = _TYPES[samplings[0]]


def _check_huffman(segment: bytes) -> None:
    while segment:
        size = 17 + sum(segment[1:17])
        if STANDARD_HUFFMAN.get(segment[0]) != segment[1:size]:
            raise ValueError("JPEG over RTP needs the standard Huffman tables (RFC 2435, appendix B)")
        segment = segment[size:]

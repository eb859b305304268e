"""The head of a JPEG file that RFC 2435 leaves out of the packets, rebuilt (appendices A and B).

    FF D8 | APP0 "JFIF" | DQT per table | DRI if there are restarts | SOF0 | DHT * 4 | SOS | scan | FF D9

The Huffman tables are those of ITU-T T.81, annex K.3, the quantization tables for Q below 100 scaled from K.1.
"""

from __future__ import annotations

import struct
from functools import lru_cache

from streaming.rtsp.packetize.jpeg_tables import STANDARD_HUFFMAN

# T.81, K.1 and K.2, in zigzag order (RFC 2435, appendix A).
_LUMA = bytes.fromhex(
    "100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c3933383740485c4e404457453738506d51575f626768673e4d71797064785c656763"
)
_CHROMA = bytes.fromhex("1112121815182f1a1a2f634238426363") + b"\x63" * 48
_JFIF = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
_START_OF_SCAN = bytes.fromhex("ffda000c03010002110311003f00")


def scaled_tables(q: int) -> bytes:
    """Luma and chroma, 64 bytes each, for a Q of 1 to 99 (RFC 2435, 4.2)."""
    factor = 5000 // q if q < 50 else 200 - 2 * q
    return bytes(min(max((value * factor + 50) // 100, 1), 255) for value in _LUMA + _CHROMA)


@lru_cache(maxsize=128)
def jpeg_head(kind: int, width_px: int, height_px: int, tables: bytes, precision: int, restart_interval: int) -> bytes:
    """Everything in front of the scan. `kind` is 0 (4:2:2) or 1 (4:2:0); bit n of `precision` says that table n has 16-bit values."""
    parts = [b"\xff\xd8", _JFIF]
    pos = count = 0
    while pos < len(tables) and count < 4:
        is_wide = precision >> count & 1
        table = tables[pos : pos + (128 if is_wide else 64)]
        parts.append(struct.pack(">HHB", 0xFFDB, 3 + len(table), is_wide << 4 | count) + table)
        pos += len(table)
        count += 1
    if restart_interval:
        parts.append(struct.pack(">HHH", 0xFFDD, 4, restart_interval))
    chroma_table = 1 if count > 1 else 0
    luma_sampling = 0x21 if kind == 0 else 0x22
    parts.append(struct.pack(">HHBHHB", 0xFFC0, 17, 8, height_px, width_px, 3))
    parts.append(bytes((1, luma_sampling, 0, 2, 0x11, chroma_table, 3, 0x11, chroma_table)))
    for table_id, table in STANDARD_HUFFMAN.items():
        parts.append(struct.pack(">HHB", 0xFFC4, 3 + len(table), table_id) + table)
    parts.append(_START_OF_SCAN)
    return b"".join(parts)

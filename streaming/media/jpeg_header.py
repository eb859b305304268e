"""Size of a JPEG picture from its frame header (ITU-T T.81, B.2.2), without decoding it.

FF D8 | (FF marker, length 2, payload)* | FF C0..CF: length 2, precision 1, height 2, width 2, …
"""

from __future__ import annotations

from streaming.media.errors import BitstreamError

_FRAME_HEADERS = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})


def parse_size(picture: bytes) -> tuple[int, int]:
    """Width and height in pixels. Raises BitstreamError for what is no JPEG or has no size in front of its first scan."""
    if not picture.startswith(b"\xff\xd8"):
        raise BitstreamError("not a JPEG picture")
    at = 2
    while at + 4 <= len(picture):
        if picture[at] != 0xFF:
            raise BitstreamError(f"JPEG marker expected at byte {at}")
        marker = picture[at + 1]
        if marker == 0xFF:  # fill byte (B.1.1.2)
            at += 1
            continue
        if marker == 0xDA:
            break
        if marker in _FRAME_HEADERS:
            return _size(picture[at + 5 : at + 9])
        length = int.from_bytes(picture[at + 2 : at + 4], "big")
        if length < 2:
            raise BitstreamError(f"JPEG segment of {length} bytes at byte {at}")
        at += 2 + length
    raise BitstreamError("JPEG picture without a frame header")


def _size(field: bytes) -> tuple[int, int]:
    height, width = int.from_bytes(field[:2], "big"), int.from_bytes(field[2:], "big")
    if len(field) < 4 or not width or not height:
        raise BitstreamError("JPEG picture without a size")
    return width, height

"""NAL units in a byte stream, and the bits inside them (ISO/IEC 14496-10 and 23008-2, Annex B and 7.3.1).

    access unit = (zero_byte? 00 00 01 NAL trailing zeros?)+
    NAL payload = bits in which 00 00 03 stands for 00 00

What does not belong here: what a NAL means; see h264.py and h265.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from streaming.media.errors import BitstreamError

START_CODE = b"\x00\x00\x00\x01"
_SHORT_CODE = b"\x00\x00\x01"


def split_annexb(data: bytes) -> list[bytes]:
    """NAL units without start codes and without the zeros behind them. Bytes in front of the first start code are not a NAL."""
    # A NAL never ends in 00 (7.4.1), so zeros there are trailing_zero_8bits or the first byte of a four-byte start code.
    return [nal for piece in data.split(_SHORT_CODE)[1:] if (nal := piece.rstrip(b"\x00"))]


def annexb(nals: Iterable[bytes]) -> bytes:
    return b"".join(part for nal in nals for part in (START_CODE, nal))


def iter_first_bytes(data: bytes) -> Iterator[int]:
    """The first header byte of each NAL in turn; a caller that stops early saves the scan of the picture data."""
    at = data.find(_SHORT_CODE)
    while 0 <= at < len(data) - 3:
        yield data[at + 3]
        at = data.find(_SHORT_CODE, at + 3)


def leading_nals(data: bytes, is_slice: Callable[[int], bool]) -> list[bytes]:
    """The NAL units in front of the first slice, which `is_slice` tells by its first header byte; the slice itself is not scanned."""
    nals: list[bytes] = []
    at = data.find(_SHORT_CODE)
    while 0 <= at < len(data) - 3 and not is_slice(data[at + 3]):
        end = data.find(_SHORT_CODE, at + 3)
        if nal := data[at + 3 : len(data) if end < 0 else end].rstrip(b"\x00"):
            nals.append(nal)
        at = end
    return nals


def length_prefixed(nals: Iterable[bytes]) -> bytes:
    """Four-byte lengths in front of each NAL, as in MP4 (ISO/IEC 14496-15, lengthSizeMinusOne 3)."""
    return b"".join(part for nal in nals for part in (len(nal).to_bytes(4, "big"), nal))


def unescape(nal: bytes) -> bytes:
    """Removes emulation_prevention_three_bytes (7.3.1.1)."""
    if b"\x00\x00\x03" not in nal:
        return nal
    pieces = []
    start = 0
    while (at := nal.find(b"\x00\x00\x03", start)) >= 0:
        pieces.append(nal[start : at + 2])
        start = at + 3
    pieces.append(nal[start:])
    return b"".join(pieces)


class BitReader:
    """Reads big-endian bits and Exp-Golomb codes (9.1). Every read past the end raises BitstreamError."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._size = len(data) * 8
        self.position = 0

    @property
    def bits_left(self) -> int:
        return self._size - self.position

    def u(self, count: int) -> int:
        end = self.position + count
        if end > self._size:
            raise BitstreamError(f"{count} bits wanted at bit {self.position} of {self._size}")
        self.position = end
        return (self._value >> (self._size - end)) & ((1 << count) - 1)

    def flag(self) -> bool:
        return self.u(1) == 1

    def skip(self, count: int) -> None:
        self.u(count)

    def ue(self, maximum: int = 2**32 - 2) -> int:
        """Raises BitstreamError above `maximum`: most fields have a bound, and loops run on them."""
        zeros = 0
        while not self.u(1):
            zeros += 1
            if zeros > 32:
                raise BitstreamError(f"Exp-Golomb code at bit {self.position} is longer than 32 bits")
        value = (1 << zeros) - 1 + self.u(zeros)
        if value > maximum:
            raise BitstreamError(f"value {value} at bit {self.position} is above {maximum}")
        return value

    def se(self) -> int:
        value = self.ue()
        return (value + 1) // 2 if value % 2 else -(value // 2)

"""AAC frames from RTP (RFC 3640, 3.2 and 3.3.5-3.3.6: AAC-lbr, AAC-hbr and whatever else the fmtp line describes).

    u16 AU headers' length in bits | AU headers (size, index or index delta, …), padded to a byte | auxiliary data | frames

Frames of one packet follow each other by the constant duration of 1024 samples. A frame too long for a packet comes in several, each
with one AU header that holds the whole frame's size, the last with the marker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from streaming.rtsp.depacketize.frame import Frame
from streaming.rtsp.rtp import RtpPacket

_MAX_FRAMES_IN_PACKET = 64
_MAX_FRAME_BYTES = 65_536  # 6144 bits a channel are allowed (ISO/IEC 14496-3, 4.5.3.1); the rest is for strangers
_NONE: Sequence[Frame] = ()


class AacDepacketizer:
    def __init__(self, parameters: Mapping[str, str]) -> None:
        """Missing sizes are those of AAC-hbr: cameras that leave them out mean it."""
        has_sizes = "sizelength" in parameters
        self._size_bits = _number(parameters.get("sizelength", ""), 13)
        self._index_bits = _number(parameters.get("indexlength", ""), 0 if has_sizes else 3)
        self._delta_bits = _number(parameters.get("indexdeltalength", ""), 0 if has_sizes else 3)
        self._cts_bits = _number(parameters.get("ctsdeltalength", ""), 0)
        self._dts_bits = _number(parameters.get("dtsdeltalength", ""), 0)
        self._random_access_bits = 1 if parameters.get("randomaccessindication") == "1" else 0
        self._stream_state_bits = _number(parameters.get("streamstateindication", ""), 0)
        self._auxiliary_bits = _number(parameters.get("auxiliarydatasizelength", ""), 0)
        self._constant_size = _number(parameters.get("constantsize", ""), 0, maximum=0xFFFF)
        self._samples = _number(parameters.get("constantduration", ""), 1024, maximum=8192) or 1024
        self._fragments: list[bytes] = []
        self._missing = 0

    def push(self, packet: RtpPacket, lost: bool) -> Sequence[Frame]:
        if lost:
            self._fragments.clear()
            self._missing = 0
        sizes, pos = self._headers(packet.payload)
        payload = packet.payload
        if self._missing:
            return self._continue(packet, payload[pos:])
        if len(sizes) == 1 and sizes[0] > len(payload) - pos > 0:
            if packet.marker or sizes[0] > _MAX_FRAME_BYTES:  # cut short, not fragmented
                return _NONE
            self._fragments, self._missing = [payload[pos:]], sizes[0] - (len(payload) - pos)
            return _NONE
        frames = []
        for index, size in enumerate(sizes):
            data = payload[pos : pos + size]
            if not data or len(data) < size:
                break
            frames.append(Frame((packet.timestamp + index * self._samples) & 0xFFFFFFFF, data, True))
            pos += size
        return frames

    def _continue(self, packet: RtpPacket, piece: bytes) -> Sequence[Frame]:
        self._fragments.append(piece)
        self._missing -= len(piece)
        if self._missing > 0 and piece and not packet.marker:
            return _NONE
        data, is_whole = b"".join(self._fragments), self._missing == 0
        self._fragments, self._missing = [], 0
        return (Frame(packet.timestamp, data, True),) if is_whole else _NONE

    def _headers(self, payload: bytes) -> tuple[list[int], int]:
        """Each frame's size, and where the frames begin."""
        if not self._size_bits and self._constant_size:
            return [self._constant_size] * min(len(payload) // self._constant_size, _MAX_FRAMES_IN_PACKET), 0
        if not self._size_bits:
            return [len(payload)], 0
        if len(payload) < 2:
            return [], len(payload)
        bits = payload[0] << 8 | payload[1]
        end = 2 + (bits + 7) // 8
        if not bits or end > len(payload):
            return [], len(payload)
        fields = _Bits(payload[2:end])
        sizes: list[int] = []
        while fields.position + self._size_bits <= bits and len(sizes) < _MAX_FRAMES_IN_PACKET:
            sizes.append(fields.take(self._size_bits))
            fields.take(self._delta_bits if len(sizes) > 1 else self._index_bits)
            if self._cts_bits and fields.take(1):
                fields.take(self._cts_bits)
            if self._dts_bits and fields.take(1):
                fields.take(self._dts_bits)
            fields.take(self._random_access_bits + self._stream_state_bits)
        if self._auxiliary_bits:
            auxiliary = _Bits(payload[end : end + 8]).take(self._auxiliary_bits)
            end += (self._auxiliary_bits + auxiliary + 7) // 8
        return sizes, end


class _Bits:
    """Reads past the end give zeros."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._size = len(data) * 8
        self.position = 0

    def take(self, count: int) -> int:
        self.position += count
        shift = self._size - self.position
        value = self._value >> shift if shift >= 0 else self._value << -shift
        return value & ((1 << count) - 1)


def _number(text: str, default: int, maximum: int = 32) -> int:
    return min(int(text), maximum) if text.isascii() and text.isdecimal() and len(text) < 8 else default

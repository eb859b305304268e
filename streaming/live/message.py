"""One media message, framed once and shared by all its viewers: WebSocket frame head, 32-byte header, payload.

    RFC 6455, 5.2: FIN + opcode | 7-bit length, or 126 + u16, or 127 + u64 | (never masked by a server) | header | payload

Only the flags and the number of dropped messages differ between viewers; whoever needs others gets a patched copy.
"""

from __future__ import annotations

from streaming.media.wire import HEADER_BYTES, Flag, Kind, header_bytes

VIDEO = 0
AUDIO = 1
_FLAGS_OFFSET = 2
_DROPPED_OFFSET = 30
# plain ints: an operation on an IntFlag costs a microsecond
_KEY = int(Flag.KEY)
_BACKLOG = int(Flag.BACKLOG)
_INIT_SEGMENT = int(Kind.INIT_SEGMENT)
_FIN_TEXT = 0x81
_FIN_BINARY = 0x82


class Message:
    """`arrived_ms` is the server's monotonic clock, `delay_ms` the time from capture to arrival at the hub by the wall clock."""

    __slots__ = (
        "arrived_ms",
        "delay_ms",
        "flags",
        "frame",
        "generation",
        "head_bytes",
        "is_backlog",
        "is_counted",
        "is_key",
        "sequence",
        "size",
        "track",
    )

    def __init__(
        self,
        kind: int,
        payload: bytes,
        *,
        flags: int,
        track: int,
        sequence: int,
        generation: int,
        pts_us: int = 0,
        captured_at_us: int = 0,
        duration_us: int = 0,
        arrived_ms: int = 0,
        delay_ms: int = 0,
    ) -> None:
        head = frame_head(_FIN_BINARY, HEADER_BYTES + len(payload))
        header = header_bytes(kind, flags, track, sequence, pts_us, captured_at_us, duration_us, generation)
        self.frame = b"".join((head, header, payload))
        self.head_bytes = len(head)
        self.size = len(self.frame)
        self.is_counted = kind != _INIT_SEGMENT
        self.flags = flags
        self.is_backlog = flags & _BACKLOG != 0
        self.is_key = flags & _KEY != 0
        self.track = track
        self.sequence = sequence & 0xFFFFFFFF
        self.generation = generation & 0xFFFF
        self.arrived_ms = arrived_ms
        self.delay_ms = delay_ms

    @property
    def payload(self) -> bytes:
        """A copy."""
        return self.frame[self.head_bytes + HEADER_BYTES :]

    def patched(self, flags: int, dropped: int) -> bytes:
        """The frame with these flags added; a copy unless nothing changes."""
        if not dropped and not flags & ~self.flags:
            return self.frame
        frame = bytearray(self.frame)
        frame[self.head_bytes + _FLAGS_OFFSET] |= flags
        at = self.head_bytes + _DROPPED_OFFSET
        frame[at : at + 2] = min(dropped, 0xFFFF).to_bytes(2, "little")
        return bytes(frame)


def frame_head(opcode: int, length: int) -> bytes:
    if length < 126:
        return bytes((opcode, length))
    if length < 1 << 16:
        return bytes((opcode, 126)) + length.to_bytes(2, "big")
    return bytes((opcode, 127)) + length.to_bytes(8, "big")


def text_frame(text: str) -> bytes:
    data = text.encode()
    return frame_head(_FIN_TEXT, len(data)) + data


def binary_frame(payload: bytes) -> bytes:
    """For what is no Message: without a header of ours."""
    return frame_head(_FIN_BINARY, len(payload)) + payload


def is_text(frame: bytes) -> bool:
    return frame[0] == _FIN_TEXT


def unframed(frame: bytes) -> bytes:
    """The message inside a frame of ours, for servers that frame by themselves."""
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]

r"""RTSP messages and interleaved frames: bytes to values and back, for both ends of a connection.

RFC 2326 (RTSP 1.0), 4, 6, 7 and 10.12; where RFC 7826 (2.0) says it better, that. Cameras are read more kindly than the standards ask:
line ends of LF alone, header names in any case, folded and nonsensical header lines, blank lines between messages, a status line
without a reason. What is bounded stays bounded: MAX_HEAD_BYTES, MAX_BODY_BYTES, MAX_GARBAGE_BYTES.

    "$" u8 channel  u16 length  payload          one interleaved frame (10.12)
    METHOD SP URL SP RTSP/1.0 CRLF               a request, or
    RTSP/1.0 SP status SP reason CRLF            a response, followed by
    (name ":" value CRLF)* CRLF body             headers and Content-Length bytes

What does not belong here: what the headers mean (headers.py, auth.py), RTP inside the frames (rtp.py).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

MAX_HEAD_BYTES = 32 * 1024
MAX_BODY_BYTES = 64 * 1024
MAX_GARBAGE_BYTES = 256 * 1024
BUFFER_BYTES = 128 * 1024  # one whole message, or one frame of 4 + 65535 bytes, always fits

_DOLLAR = 0x24
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_START_LINE = re.compile(rb"(?:RTSP/\d|[A-Z][A-Z_]{2,19} )", re.IGNORECASE)
_START = re.compile(rb"[A-Z]+[A-Z_]*[/ ]?\Z", re.IGNORECASE)
_LONGEST_START = 24  # bytes after which _START_LINE must have matched
_RESUME = re.compile(rb"\$|RTSP/\d")
_STATUS_LINE = re.compile(r"RTSP/(\d+\.\d+)\s+(\d{3})(?:\s+(.*))?$", re.IGNORECASE)
_REQUEST_LINE = re.compile(r"(\w+)\s+(\S+)\s+RTSP/(\d+\.\d+)\s*$", re.IGNORECASE)
_FRAME_HEADER = struct.Struct(">BBH")


class MessageError(ValueError):
    """The peer sent bytes that are no RTSP."""


class Headers:
    """Header fields in their order; names compare without case."""

    __slots__ = ("_fields",)

    def __init__(self, *fields: tuple[str, str]) -> None:
        self._fields = fields

    def get(self, name: str, default: str = "") -> str:
        """The first field of that name."""
        return next((value for key, value in self._fields if key.lower() == name.lower()), default)

    def get_all(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self._fields if key.lower() == name.lower())

    def plus(self, *fields: tuple[str, str]) -> Headers:
        return Headers(*self._fields, *fields)

    def __contains__(self, name: str) -> bool:
        return any(key.lower() == name.lower() for key, _ in self._fields)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._fields == other._fields

    def __hash__(self) -> int:
        return hash(self._fields)

    def __repr__(self) -> str:
        return f"Headers({', '.join(key for key, _ in self._fields)})"  # values may be secrets


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """Adds Content-Length for a body. Raises ValueError when a part holds a line end."""
        return _to_bytes(f"{self.method} {self.url} RTSP/1.0", self.headers, self.body)


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    reason: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """Adds Content-Length for a body. Raises ValueError when a part holds a line end."""
        return _to_bytes(f"RTSP/1.0 {self.status} {self.reason}", self.headers, self.body)


def frame_header(channel: int, payload_bytes: int) -> bytes:
    """The four bytes in front of an interleaved payload of at most 65535 bytes."""
    return _FRAME_HEADER.pack(_DOLLAR, channel, payload_bytes)


def cseq_of(message: Request | Response) -> int | None:
    """None when the header is missing or no number: some cameras forget it in replies."""
    text = message.headers.get("CSeq").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None


class Parser:
    """Takes received bytes and calls back with each complete frame and message, in order.

    Either hand bytes to `feed`, or let a `asyncio.BufferedProtocol` read straight into `get_buffer()` and call `advance(count)`.
    Frames cost no work per byte: one slice each. A callback may call `close`, after which nothing more is delivered.

    Before the first valid item anything unexpected raises MessageError. Later up to MAX_GARBAGE_BYTES in a row are skipped, and counted
    in `skipped_bytes`: some cameras write a torn RTP packet into the connection when their own buffer overflows.
    """

    def __init__(self, on_frame: Callable[[int, bytes], None], on_message: Callable[[Request | Response], None]) -> None:
        self._on_frame = on_frame
        self._on_message = on_message
        self._buffer = bytearray(BUFFER_BYTES)
        self._view = memoryview(self._buffer)
        self._filled = 0
        self._searched = 0  # how far the head at the buffer's start is known to have no end
        self._needed = 0  # bytes in the buffer before another look is worth it
        self._is_synchronised = False
        self._is_closed = False
        self._garbage = 0
        self.skipped_bytes = 0

    def close(self) -> None:
        self._is_closed = True

    def get_buffer(self) -> memoryview:
        """Where to put the next received bytes; never empty."""
        return self._view[self._filled :]

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Raises MessageError."""
        rest = memoryview(data)
        while rest and not self._is_closed:
            count = min(len(rest), BUFFER_BYTES - self._filled)
            self._view[self._filled : self._filled + count] = rest[:count]
            self.advance(count)
            rest = rest[count:]

    def advance(self, count: int) -> None:
        """Parses what has been completed by `count` new bytes. Raises MessageError."""
        end = self._filled + count
        if end < self._needed:
            self._filled = end
            return
        self._needed = 0
        used = self._parse(end)
        if used:
            self._view[: end - used] = self._buffer[used:end]
            self._searched = max(0, self._searched - used)
            self._needed = max(0, self._needed - used)
        self._filled = end - used

    def _parse(self, end: int) -> int:
        """How many bytes are done with. The loop over frames is the hot path of every camera over TCP."""
        buffer, view, on_frame, pos = self._buffer, self._view, self._on_frame, 0
        while pos < end:
            if self._is_closed:
                return end
            if buffer[pos] != _DOLLAR:
                used = self._parse_text(pos, end)
                if not used:
                    return pos
                pos += used
                continue
            if end - pos < 4:
                break
            after = pos + 4 + (buffer[pos + 2] << 8 | buffer[pos + 3])
            if after > end:
                self._needed = after
                break
            self._is_synchronised = True
            on_frame(buffer[pos + 1], bytes(view[pos + 4 : after]))
            pos = after
            self._garbage = 0
        return pos

    def _parse_text(self, pos: int, end: int) -> int:
        """Bytes used by a message, blank or garbage at pos; 0 when more are needed."""
        buffer = self._buffer
        if buffer[pos] in b"\r\n \t\0":
            return 1
        if not _START_LINE.match(buffer, pos, end):
            may_become_one = end - pos < _LONGEST_START and _START.match(buffer, pos, end)
            return 0 if may_become_one else self._skip_garbage(pos, end)
        found = _END_OF_HEAD.search(buffer, max(pos, self._searched - 3), end)
        if found is None:
            if end - pos > MAX_HEAD_BYTES:
                raise MessageError(f"a message head longer than {MAX_HEAD_BYTES} bytes")
            self._searched = end
            return 0
        if found.start() - pos > MAX_HEAD_BYTES:
            raise MessageError(f"a message head longer than {MAX_HEAD_BYTES} bytes")
        head = _decode(bytes(buffer[pos : found.start()]))
        try:
            start, headers = _parse_head(head)
            body_bytes = _content_length(headers)
        except MessageError:
            if not self._is_synchronised:
                raise
            return self._skip_garbage(pos, end)
        after = found.end() + body_bytes
        if after > end:
            self._needed = after
            return 0
        self._searched = 0
        self._is_synchronised = True
        self._garbage = 0
        self._on_message(_message(start, headers, bytes(buffer[found.end() : after])))
        return after - pos

    def _skip_garbage(self, pos: int, end: int) -> int:
        shown = bytes(self._buffer[pos : min(end, pos + 16)])
        if not self._is_synchronised:
            raise MessageError(f"no RTSP: the peer's message begins with {shown!r}")
        found = _RESUME.search(self._buffer, pos + 1, end)
        count = (found.start() if found else end) - pos
        self._garbage += count
        self.skipped_bytes += count
        self._searched = 0
        if self._garbage > MAX_GARBAGE_BYTES:
            raise MessageError(f"lost in the stream for {self._garbage} bytes, last at {shown!r}")
        return count


def _decode(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _parse_head(head: str) -> tuple[re.Match[str], Headers]:
    lines = head.split("\n")
    first = lines[0].strip()
    start = _STATUS_LINE.match(first) or _REQUEST_LINE.match(first)
    if start is None:
        raise MessageError(f"no RTSP start line: {first[:40]!r}")
    fields: list[tuple[str, str]] = []
    for line in lines[1:]:
        if line[:1] in " \t" and line.strip() and fields:  # folded (RFC 2326, 4.2 by RFC 2068)
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        if colon and name.strip():
            fields.append((name.strip(), value.strip()))
    return start, Headers(*fields)


def _content_length(headers: Headers) -> int:
    text = headers.get("Content-Length", "0").strip()
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise MessageError(f"Content-Length {text[:20]!r} is no length")
    if int(text) > MAX_BODY_BYTES:
        raise MessageError(f"a body of {text} bytes is longer than {MAX_BODY_BYTES}")
    return int(text)


def _message(start: re.Match[str], headers: Headers, body: bytes) -> Request | Response:
    if start.re is _STATUS_LINE:
        return Response(int(start[2]), (start[3] or "").strip(), headers, body)
    return Request(start[1].upper(), start[2], headers, body)


def _to_bytes(start: str, headers: Headers, body: bytes) -> bytes:
    lines = [start, *(f"{name}: {value}" for name, value in headers)]
    if body and "Content-Length" not in headers:
        lines.append(f"Content-Length: {len(body)}")
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a line end inside an RTSP header")
    return "\r\n".join([*lines, "", ""]).encode() + body

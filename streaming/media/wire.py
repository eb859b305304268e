"""The 32-byte little-endian header in front of every binary message of the live WebSocket.

    off  type  field
      0  u8    version, 1
      1  u8    kind: 1 access unit, 2 fragment, 3 init segment, 4 JPEG, 5 audio frame, 6 raw planes
      2  u8    flags: 1 key, 2 discontinuity, 4 backlog, 8 parameters changed
      3  u8    track: 0 video, 1 audio
      4  u32   sequence: counts what the server saw on this track of this feed
      8  u64   presentation time in microseconds
     16  u64   capture time in microseconds since 1970
     24  u32   duration in microseconds
     28  u16   generation
     30  u16   messages dropped for this viewer since the last one it got

docs/live-protocol.md explains the fields; tests/fixtures/live_protocol.json holds the vectors that the JavaScript side shares.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag

VERSION = 1
HEADER_BYTES = 32
_LAYOUT = struct.Struct("<BBBBIQQIHH")
assert _LAYOUT.size == HEADER_BYTES


class Kind(IntEnum):
    ACCESS_UNIT = 1
    FRAGMENT = 2
    INIT_SEGMENT = 3
    JPEG = 4
    AUDIO = 5
    RAW = 6


class Flag(IntFlag):
    NONE = 0
    KEY = 1
    DISCONTINUITY = 2
    BACKLOG = 4
    CHANGED = 8


class WireError(ValueError):
    """The bytes are no message of this protocol version."""


@dataclass(frozen=True, slots=True)
class Header:
    kind: Kind
    flags: Flag
    track: int
    sequence: int
    pts_us: int
    captured_at_us: int
    duration_us: int
    generation: int
    dropped: int = 0

    def to_bytes(self) -> bytes:
        """Counters wrap at their field's width; `dropped` saturates at 65535."""
        return header_bytes(
            self.kind,
            self.flags,
            self.track,
            self.sequence,
            self.pts_us,
            self.captured_at_us,
            self.duration_us,
            self.generation,
            self.dropped,
        )


def header_bytes(
    kind: int,
    flags: int,
    track: int,
    sequence: int,
    pts_us: int,
    captured_at_us: int,
    duration_us: int,
    generation: int,
    dropped: int = 0,
) -> bytes:
    """Header.to_bytes without the Header, which would be a third of the cost of framing a message."""
    return _LAYOUT.pack(
        VERSION,
        kind,
        flags,
        track,
        sequence & 0xFFFFFFFF,
        pts_us,
        captured_at_us,
        min(duration_us, 0xFFFFFFFF),
        generation & 0xFFFF,
        min(dropped, 0xFFFF),
    )


def parse_header(message: bytes) -> Header:
    """Raises WireError for a short message, another version or an unknown kind. Unknown flags are kept."""
    if len(message) < HEADER_BYTES:
        raise WireError(f"message of {len(message)} bytes is shorter than the {HEADER_BYTES}-byte header")
    version, kind, flags, track, sequence, pts, captured, duration, generation, dropped = _LAYOUT.unpack_from(message)
    if version != VERSION:
        raise WireError(f"version {version} is not {VERSION}")
    try:
        known_kind = Kind(kind)
    except ValueError as error:
        raise WireError(f"unknown kind {kind}") from error
    return Header(known_kind, Flag(flags), track, sequence, pts, captured, duration, generation, dropped)

"""What a segment file says about itself, so that its catalogue row can be made again from the file alone.

A `uuid` box (ISO/IEC 14496-12, 4.2 and 11.1) of our own type between ftyp and moov, holding JSON; players skip it.
docs/recording-format.md.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from uuid import UUID

from streaming.media.mp4_box import box

BOX_TYPE = UUID("6f2c1d5e-8f0b-4a43-9a52-3d1f1d0e7a11").bytes


class SegmentHeaderError(ValueError):
    """The bytes are no header box of ours."""


@dataclass(frozen=True, slots=True)
class SegmentHeader:
    """`started_90k` is the media time (docs/time.md) of the first picture; decode times in the file count from it."""

    camera_id: int
    role: str
    started_at_ms: int
    started_90k: int
    generation: int
    directory_id: str
    video_codec: str
    audio_codec: str
    width_px: int
    height_px: int

    def to_box(self) -> bytes:
        return box(b"uuid", BOX_TYPE, json.dumps(asdict(self), separators=(",", ":")).encode())


def parse_header(payload: bytes) -> SegmentHeader:
    """The payload of a `uuid` box. Raises SegmentHeaderError."""
    if payload[:16] != BOX_TYPE:
        raise SegmentHeaderError("another program's uuid box")
    try:
        header = SegmentHeader(**json.loads(payload[16:]))
        UUID(header.directory_id)
    except (ValueError, TypeError, AttributeError) as error:
        raise SegmentHeaderError(f"unreadable segment header: {error}") from error
    numbers = (header.camera_id, header.started_at_ms, header.started_90k, header.generation, header.width_px, header.height_px)
    if header.role not in ("main", "sub") or not all(type(number) is int and 0 <= number < 2**63 for number in numbers):
        raise SegmentHeaderError("a segment header with impossible values")
    return header

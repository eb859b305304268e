"""Preview pictures to look at: which strips cover a window, and the picture nearest to a moment. Asks nobody's permission: callers do."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from django.db.models import F
from PIL import Image

from cameras.models import Camera
from recordings.fragment_reader import FootageGone
from recordings.frames import PictureDecoder
from recordings.models import LONGEST_SEGMENT_MS, Segment
from recordings.rules.fragments import VIDEO_TRACK_ID, SegmentFormatError, from_bytes
from recordings.rules.spans import Span
from recordings.rules.strips import TILE_WIDTH_PX, Strip, gop_at
from recordings.services.pictures import STRIP, THUMBNAIL, picture_path, reader_of, strip_for
from recordings.services.timeline import segments_in
from streaming.codec.jpeg import PictureError, PictureMaker
from streaming.media.timing import to_ms

MOST_STRIPS = 3000
MAX_PX = 1920
_QUALITY = 75


@dataclass(frozen=True, slots=True)
class StripOf:
    segment_id: int
    strip: Strip


@dataclass(frozen=True, slots=True)
class Preview:
    """`at_ms`: when it was to be seen. `is_final`: asked again, it will be the same."""

    jpeg: bytes
    at_ms: int
    is_final: bool


def strips_in(camera: Camera, role: str, window: Span) -> list[StripOf]:
    """In order of time; at most MOST_STRIPS, evenly chosen, when there are more."""
    rows = list(segments_in(camera, role, window).filter(has_pictures=True).defer("index", "path"))
    step = -(-len(rows) // MOST_STRIPS) or 1
    return [StripOf(row.pk, strip_for(row)) for row in rows[::step]]


def picture_file(camera: Camera, segment_id: int, name: str) -> Path | None:
    """STRIP or THUMBNAIL of a segment of this camera; None when there is none (any more)."""
    assert name in (STRIP, THUMBNAIL)
    segment = Segment.objects.filter(pk=segment_id, camera=camera, has_pictures=True, doomed_by="").defer("index").first()
    path = segment and picture_path(segment, name)
    return path if path and path.is_file() else None


def preview_at(camera: Camera, role: str, at_ms: int, *, width_px: int = TILE_WIDTH_PX) -> Preview | None:
    """What was to be seen then, or last before it, or first after it. Up to a tile's width it is cut out of a strip, in about a
    millisecond; a larger one, or one of a segment that still grows, is decoded from the keyframe, in about thirty.
    """
    segment = _segment_at(camera, role, at_ms)
    if segment is None:
        return None
    if segment.has_pictures and width_px <= TILE_WIDTH_PX and (cut := _cut_out(segment, at_ms)) is not None:
        return cut
    return _decoded(segment, at_ms, width_px)


def _segment_at(camera: Camera, role: str, at_ms: int) -> Segment | None:
    rows = Segment.objects.filter(camera=camera, role=role, doomed_by="", ended_at_ms__gt=F("started_at_ms")).select_related("volume")
    before = rows.filter(started_at_ms__lte=at_ms, started_at_ms__gt=at_ms - LONGEST_SEGMENT_MS).order_by("-started_at_ms").first()
    return before or rows.filter(started_at_ms__gt=at_ms).order_by("started_at_ms").first() or rows.order_by("-started_at_ms").first()


def _cut_out(segment: Segment, at_ms: int) -> Preview | None:
    strip = strip_for(segment)
    tile = strip.tile_at(at_ms)
    left, top = strip.corner_of(tile)
    try:
        with Image.open(picture_path(segment, STRIP)) as sheet:
            piece = sheet.crop((left, top, left + strip.tile_width, top + strip.tile_height))
            file = io.BytesIO()
            piece.save(file, "JPEG", quality=_QUALITY)
    except OSError:
        return None
    return Preview(file.getvalue(), strip.begin_of(tile), is_final=True)


def _decoded(segment: Segment, at_ms: int, width_px: int) -> Preview | None:
    try:
        gops = from_bytes(bytes(segment.index))
        with reader_of(segment) as file:
            gop = gop_at(gops, at_ms - segment.started_at_ms)
            decoder = PictureDecoder(file.tracks()[VIDEO_TRACK_ID], is_for_small=width_px < segment.width_px // 2)
            frame = decoder.keyframe(file.keyframe(gop.offset_bytes))
        if frame is None:
            return None
        jpeg = PictureMaker().jpeg(frame, width_px, _QUALITY).data
    except (FootageGone, SegmentFormatError, PictureError, LookupError, ValueError):
        return None
    return Preview(jpeg, segment.started_at_ms + to_ms(gop.start_90k), segment.is_finished or gop is not gops[-1])

"""What an event of motion looks like: its best picture and a short moving preview, made of its footage.

A first picture, of the keyframe before the best moment so far, is there within seconds of the event's beginning. When it is over the very
picture of the best moment takes its place, and the preview is made. `needs_pictures` is set as long as some of it is to be done, so
nothing is lost with a message or a worker. The files lie under PREVIEWS_DIR/events and go with their event: forget(), and sweep_orphans()
for what a crash left.
"""

from __future__ import annotations

import io
import logging
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from av import VideoFrame
from django.conf import settings
from PIL import Image

from cameras.models import Stream
from recordings.fragment_reader import FootageGone
from recordings.models import Event, Segment
from recordings.moments import frames_of
from recordings.rules.accounting import JOIN_MS
from recordings.rules.days import day_of
from recordings.rules.event_preview import WIDEST_PX, moments_of, shots_at
from recordings.rules.export_plan import Source
from recordings.rules.fragments import SegmentFormatError
from recordings.rules.spans import Span, clipped
from recordings.services.complaints import complain
from recordings.services.event_states import change, with_cameras
from recordings.services.pictures import put_file
from recordings.services.sources import source_of
from recordings.services.timeline import segments_in
from streaming.codec.jpeg import PictureError, PictureMaker, fit_width

logger = logging.getLogger(__name__)
PICTURE, PREVIEW = "jpg", "webp"
PICTURE_PX = 1920
_QUALITY, _PREVIEW_QUALITY = 80, 55
_SHOWN_MS = 350
# A little before and after what moved.
_MARGIN_MS = 1_000
# Footage that is not in the catalogue by then will not come.
_PATIENCE_MS = 900_000
_BATCH = 50
_UNREADABLE = (FootageGone, SegmentFormatError, LookupError, ValueError)


def make_first(*, budget_s: float, now_ms: int | None = None) -> int:
    """Of events that have none yet, newest first. Returns how many got one."""
    deadline_s, made = time.monotonic() + budget_s, 0
    for event in _waiting(has_picture=False):
        if time.monotonic() > deadline_s:
            break
        made += first_picture(event, now_ms=_now_ms() if now_ms is None else now_ms)
    return made


def finish(*, budget_s: float, now_ms: int | None = None) -> int:
    """Of events that are over, newest first: the best picture and the preview. Returns of how many nothing is left to do."""
    deadline_s, done = time.monotonic() + budget_s, 0
    for event in _waiting(end_ms__isnull=False):
        if time.monotonic() > deadline_s:
            break
        done += _finish(event, _now_ms() if now_ms is None else now_ms)
    return done


def first_picture(event: Event, *, now_ms: int) -> bool:
    """False when the footage is not there yet, or can't be decoded."""
    picture = _picture(event, is_exact=False)
    if picture is None:
        return False
    put_file(path_of(event, PICTURE), picture)
    return change(event, now_ms=now_ms, is_urgent=True, only_if={"has_picture": False}, has_picture=True)


def path_of(event: Event, kind: str) -> Path:
    """Of the PICTURE or the PREVIEW, whether it is there or not."""
    day = day_of(event.start_ms).isoformat()
    return _root() / f"camera-{event.camera_id}" / day / f"{event.pk}.{kind}"


def forget(events: Iterable[Event]) -> None:
    """Before their rows are deleted; perhaps twice. Raises OSError."""
    for event in events:
        for kind in (PICTURE, PREVIEW):
            path_of(event, kind).unlink(missing_ok=True)


def sweep_orphans(*, budget_s: float) -> int:
    """Deletes pictures of events that are gone, and directories that are empty. Returns how many pictures."""
    deadline_s, found = time.monotonic() + budget_s, 0
    for day in sorted(_root().glob("camera-*/????-??-??")):
        if time.monotonic() > deadline_s:
            break
        files = {file: file.stem for file in day.iterdir() if file.stem.isdigit()}
        known = {str(pk) for pk in Event.objects.filter(pk__in=list(files.values())).values_list("pk", flat=True)}
        for file in [file for file, event_id in files.items() if event_id not in known]:
            file.unlink(missing_ok=True)
            found += 1
        if not any(day.iterdir()):
            shutil.rmtree(day, ignore_errors=True)
    return found


def _waiting(**where: object) -> Iterator[Event]:
    """Newest first; each once, though it may still wait afterwards."""
    before_ms = 2**62
    while batch := list(with_cameras().filter(needs_pictures=True, start_ms__lt=before_ms, **where).order_by("-start_ms")[:_BATCH]):
        yield from batch
        before_ms = batch[-1].start_ms


def _finish(event: Event, now_ms: int) -> bool:
    picture, preview = _picture(event, is_exact=True), _preview(event)
    is_hopeless = now_ms - event.seen_until_ms > _PATIENCE_MS
    if (picture is None or preview is None) and not is_hopeless:
        return False
    for kind, data in ((PICTURE, picture), (PREVIEW, preview)):
        if data is not None:
            put_file(path_of(event, kind), data)
    as_drawn = {"end_ms": event.end_ms, "seen_until_ms": event.seen_until_ms, "best_at_ms": event.best_at_ms}
    has = {"has_picture": event.has_picture or picture is not None, "has_preview": event.has_preview or preview is not None}
    if change(event, now_ms=now_ms, is_urgent=True, only_if=as_drawn, needs_pictures=False, **has):
        return True
    if not Event.objects.filter(pk=event.pk).exists():
        forget([event])
    return False


def _picture(event: Event, *, is_exact: bool) -> bytes | None:
    at_ms = event.best_at_ms if event.best_at_ms is not None else event.start_ms
    rows = [row for role in Stream.Role.values for row in _rows(event, role, Span(at_ms, at_ms + 1))[-1:]]
    largest_first = sorted(rows, key=lambda row: row.width_px * row.height_px, reverse=True)
    found = (frame for row in largest_first for frame in _frames([row], [at_ms], is_exact=is_exact) if frame is not None)
    try:
        frame = next(found, None)
        return None if frame is None else PictureMaker().jpeg(frame, PICTURE_PX, _QUALITY).data
    except PictureError as error:
        complain(logger, f"no picture of an event: {error}")
        return None


def _preview(event: Event) -> bytes | None:
    wanted = Span(event.start_ms - _MARGIN_MS, event.seen_until_ms + _MARGIN_MS)
    (window,) = clipped([wanted], Span(event.footage_start_ms, max(event.footage_end_ms, event.seen_until_ms)))
    moments = moments_of(window)
    # The smallest that is large enough is the cheapest; a stream that was not recorded, or not then, has nothing to show.
    streams = [rows for role in Stream.Role.values if (rows := _rows(event, role, window))]
    for rows in sorted(streams, key=lambda rows: (rows[0].width_px < WIDEST_PX, rows[0].width_px)):
        frames = [frame for frame in _frames(rows, moments, is_for_small=True) if frame is not None]
        if len(frames) > len(moments) // 2:
            return _animated(frames)
    return None


def _rows(event: Event, role: str, window: Span) -> list[Segment]:
    assert event.camera is not None
    return list(segments_in(event.camera, role, Span(window.start_ms - JOIN_MS, window.end_ms)).select_related("volume"))


def _frames(
    rows: Sequence[Segment], moments_ms: Sequence[int], *, is_exact: bool = False, is_for_small: bool = False
) -> Iterator[VideoFrame | None]:
    """None for what can't be decoded; nothing (more) of what is not there."""
    try:
        sources: list[Source] = [source_of(row) for row in rows]
        for source, shots in shots_at(sources, moments_ms):
            yield from frames_of(source, shots, is_exact=is_exact, is_for_small=is_for_small)
    except _UNREADABLE as error:
        complain(logger, f"no picture of an event: {error}")


def _animated(frames: Sequence[VideoFrame]) -> bytes | None:
    maker = PictureMaker()
    width, height = fit_width(frames[0].width, frames[0].height, WIDEST_PX)
    try:
        images = [Image.fromarray(maker.rgb(frame, width, height)) for frame in frames]
    except PictureError as error:
        complain(logger, f"no preview of an event: {error}")
        return None
    file = io.BytesIO()
    images[0].save(file, "WEBP", save_all=True, append_images=images[1:], duration=_SHOWN_MS, loop=0, quality=_PREVIEW_QUALITY, method=2)
    return file.getvalue()


def _root() -> Path:
    return Path(settings.PREVIEWS_DIR) / "events"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

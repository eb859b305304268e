"""Names what moved: a finder looks at an event's picture, first at the quick one, and when the event is over at the best one.

Only pictures of events are looked at, so a camera before which nothing moves costs nothing. `Event.named_at_ms` is the moment of the
picture that was looked at last: what a crash left is found by it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import numpy as np
from django.db.models import F, Q
from PIL import Image

from recordings.models import Event
from recordings.objects.detection import Detection, merged, names_of, placed, widened
from recordings.objects.finder import FinderMissing, ObjectFinder, finder
from recordings.rules.motion.activity import Box
from recordings.services.complaints import complain
from recordings.services.event_pictures import PICTURE, path_of
from recordings.services.event_states import change, with_cameras

logger = logging.getLogger(__name__)
# What is older was made before the camera's objects were to be named, or will not get a picture.
_PATIENCE_MS = 3_600_000
_BATCH = 50
_SMALLEST_PART = 0.25
_QUICK = 0


def catch_up(*, budget_s: float, now_ms: int | None = None) -> int:
    """Newest first; returns of how many events a picture was looked at. One query when nothing waits."""
    now_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    deadline_s, looked = time.monotonic() + budget_s, 0
    waiting = list(_waiting(now_ms))
    if not waiting:
        return 0
    try:
        found = finder()
    except FinderMissing as error:
        complain(logger, f"what moved is not named: {error}")
        return 0
    for event in waiting:
        if time.monotonic() > deadline_s:
            break
        looked += name(event, found, now_ms=now_ms)
    return looked


def name(event: Event, by: ObjectFinder, *, now_ms: int) -> bool:
    """False when the picture is gone, or the event has changed meanwhile."""
    try:
        with Image.open(path_of(event, PICTURE)) as file:
            picture = file.convert("RGB")
    except OSError as error:
        complain(logger, f"the picture of an event can't be looked at: {error}")
        return False
    moved = Box(*event.box) if event.box else None
    names = names_of(_looked_at(picture, moved, by), moved)
    as_seen = {"best_at_ms": event.best_at_ms, "named_at_ms": event.named_at_ms}
    return change(
        event,
        now_ms=now_ms,
        is_news=bool(names),
        is_urgent=True,
        only_if=as_seen,
        labels=merged(event.labels, names),
        named_at_ms=_moment(event),
    )


def _waiting(now_ms: int) -> Iterator[Event]:
    recent = with_cameras().filter(kind=Event.Kind.MOTION, has_picture=True, start_ms__gte=now_ms - _PATIENCE_MS)
    wanted = recent.filter(camera__motion_rule__finds_objects=True)
    is_new = Q(named_at_ms__isnull=True)
    is_final = Q(needs_pictures=False) & ~Q(named_at_ms=F("best_at_ms"))
    yield from wanted.filter(is_new | is_final).order_by("-start_ms")[:_BATCH]


def _moment(event: Event) -> int:
    if event.needs_pictures:
        return _QUICK  # not yet the picture of the best moment
    return event.start_ms if event.best_at_ms is None else event.best_at_ms


def _looked_at(picture: Image.Image, moved: Box | None, by: ObjectFinder) -> list[Detection]:
    """All of it, and what moved by itself: someone far away is a few pixels of the whole."""
    found = list(by.find(np.asarray(picture)))
    if moved is None:
        return found
    part = _part(widened(moved))
    width, height = picture.size
    edges = (part.x * width, part.y * height, (part.x + part.width) * width, (part.y + part.height) * height)
    cut = picture.crop(tuple(round(edge) for edge in edges))  # type: ignore[arg-type]  # four of them
    return [*found, *(placed(one, part) for one in by.find(np.asarray(cut)))]


def _part(box: Box) -> Box:
    """Not smaller than a finder can use."""
    width, height = max(box.width, _SMALLEST_PART), max(box.height, _SMALLEST_PART)
    x = min(max(box.x + box.width / 2 - width / 2, 0.0), 1 - width)
    y = min(max(box.y + box.height / 2 - height / 2, 0.0), 1 - height)
    return Box(x, y, width, height)

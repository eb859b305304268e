"""Events go with what they are about.

Motion goes when none of its footage is left, unless a protection says that it matters: told by deletion.py as files go (forget), and looked
after by expire() for what a database brought back from a backup still believes. Other events have no footage of their own and go after
EVENT_KEEP_DAYS.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.db.models import QuerySet

from cameras.models import Camera, Stream
from recordings.models import Event, Segment
from recordings.rules.days import DAY_MS
from recordings.rules.spans import Span, joined
from recordings.services import event_pictures, trusted_time
from recordings.services.protections import protections_in
from recordings.services.timeline import segments_in

_BATCH = 200
# A camera that has just been added has no footage yet.
_YOUNG_MS = 3_600_000
_KINDS_OF_THEIR_OWN = [kind for kind in Event.Kind if kind is not Event.Kind.MOTION]


def forget(segment_ids: Sequence[int]) -> None:
    """Footage is gone, and so are the events of which it was the last. Before the rows go; perhaps twice. Raises OSError."""
    spans: defaultdict[int, list[Span]] = defaultdict(list)
    rows = Segment.objects.filter(pk__in=segment_ids, camera__isnull=False).values_list("camera_id", "started_at_ms", "ended_at_ms")
    for camera_id, start_ms, end_ms in rows:
        spans[camera_id or 0].append(Span(start_ms, end_ms))
    for camera in Camera.objects.filter(pk__in=list(spans)):
        for span in joined(spans[camera.pk]):
            _remove([event for event in _motion_in(camera, span) if not _has_something(camera, event)])


def expire(*, now_ms: int | None = None, budget_s: float) -> int:
    """Motion from before a camera's oldest footage, and other events whose time is over. Returns how many went. Raises OSError."""
    now_ms = trusted_time.seen(now_ms=now_ms).now_ms
    deadline_s, removed = time.monotonic() + budget_s, 0
    before_ms = now_ms - settings.EVENT_KEEP_DAYS * DAY_MS
    for camera in [*Camera.objects.defer("username", "password"), None]:
        for kind in _KINDS_OF_THEIR_OWN:
            for batch in _batches(Event.objects.filter(camera=camera, kind=kind), before_ms, deadline_s):
                removed += _remove(batch)
        if camera is not None:
            oldest_ms = min([now_ms - _YOUNG_MS, *_oldest_footage_ms(camera)])
            for batch in _batches(_motion_of(camera), oldest_ms, deadline_s):
                removed += _remove([event for event in batch if not _has_something(camera, event)])
    return removed


def _batches(rows: QuerySet[Event], before_ms: int, deadline_s: float) -> Iterator[list[Event]]:
    """Of those that began and ended before, oldest first, each once, as long as there is time."""
    over, last_ms = rows.filter(start_ms__lt=before_ms, end_ms__lt=before_ms).order_by("start_ms"), -1
    while time.monotonic() < deadline_s and (batch := list(over.filter(start_ms__gt=last_ms)[:_BATCH])):
        last_ms = batch[-1].start_ms
        yield batch


def _oldest_footage_ms(camera: Camera) -> list[int]:
    rows = Segment.objects.filter(camera=camera, doomed_by="").order_by("started_at_ms").values_list("started_at_ms", flat=True)
    return [start_ms for role in Stream.Role.values for start_ms in rows.filter(role=role)[:1]]


def _motion_of(camera: Camera) -> QuerySet[Event]:
    return Event.objects.filter(camera=camera, kind=Event.Kind.MOTION)


def _motion_in(camera: Camera, span: Span) -> list[Event]:
    """What begins in it, and the one before, which alone can reach into it."""
    rows = _motion_of(camera)
    before = [event for event in rows.filter(start_ms__lt=span.start_ms).order_by("-start_ms")[:1] if event.seen_until_ms > span.start_ms]
    return [*before, *rows.filter(start_ms__gte=span.start_ms, start_ms__lt=span.end_ms)]


def _has_something(camera: Camera, event: Event) -> bool:
    """Footage of the motion itself, or a protection."""
    span = Span(event.start_ms, max(event.seen_until_ms, event.start_ms + 1))
    return any(segments_in(camera, role, span).exists() for role in Stream.Role.values) or protections_in(camera, span).exists()


def _remove(events: Sequence[Event]) -> int:
    """Pictures first: what a crash leaves is found again by its row."""
    event_pictures.forget(events)
    Event.objects.filter(pk__in=[event.pk for event in events]).delete()
    return len(events)

"""Which events there are: pages of them, newest first, how many, and marking them as reviewed. Asks nobody's permission: callers name the
cameras.

Each camera (and kind, if some are named) is asked for as many as a page needs, along an index of its own, and the answers are merged: so a
page costs the same however many events there are, and however rare those of one camera.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import NamedTuple

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from recordings.models import Event
from recordings.rules.spans import Span
from recordings.services.event_states import with_cameras

_ROWS_AT_ONCE = 500
_LAST_MS = 2**62
ALWAYS = Span(0, _LAST_MS)


@dataclass(frozen=True, slots=True)
class Wish:
    """`cameras`: None among them stands for events that are about no camera. What is None or empty does not matter.

    `span`: when they began.
    """

    cameras: tuple[int | None, ...]
    kinds: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    is_reviewed: bool | None = None
    span: Span = ALWAYS
    min_score: int = 0


class Place(NamedTuple):
    """Of an event in the order of the list."""

    start_ms: int
    event_id: int


@dataclass(frozen=True, slots=True)
class Page:
    events: tuple[Event, ...]
    has_older: bool
    has_newer: bool


@dataclass(frozen=True, slots=True)
class Counted:
    camera_id: int | None
    kind: str
    events: int
    unreviewed: int


def page(wish: Wish, *, size: int, older_than: Place | None = None, newer_than: Place | None = None) -> Page:
    """The newest, or those next to a place in the list."""
    if newer_than is not None:
        places = _places(wish, newer_than, size + 1, is_newer=True)
        has_newer, shown = len(places) > size, places[:size][::-1]
        return Page(_rows(shown), has_older=True, has_newer=has_newer)
    places = _places(wish, older_than or Place(_LAST_MS, 0), size + 1, is_newer=False)
    return Page(_rows(places[:size]), has_older=len(places) > size, has_newer=older_than is not None)


def counts(cameras: Sequence[int | None], span: Span) -> list[Counted]:
    """Of those that began in the span."""
    began = Event.objects.filter(start_ms__gte=span.start_ms, start_ms__lt=span.end_ms)
    numbers = {"events": Count("pk"), "unreviewed": Count("pk", filter=Q(reviewed_at__isnull=True))}
    parts = [began.filter(camera__in=[camera for camera in cameras if camera is not None])]
    if None in cameras:
        parts.append(began.filter(camera__isnull=True))
    return [Counted(*row) for part in parts for row in part.order_by().values_list("camera_id", "kind").annotate(**numbers)]


def review(wish: Wish, *, is_reviewed: bool, by: AbstractBaseUser, ids: Sequence[int] | None = None, budget_s: float) -> tuple[int, bool]:
    """Marks them as reviewed, or takes that back. How many it changed, and whether the time sufficed for all of them."""
    deadline_s, changed = time.monotonic() + budget_s, 0
    marks = {"reviewed_at": timezone.now(), "reviewed_by_id": by.pk} if is_reviewed else {"reviewed_at": None, "reviewed_by_id": None}
    for camera, kind in _parts(wish):
        rows = _matching(replace(wish, is_reviewed=not is_reviewed), camera, kind)
        if ids is not None:
            rows = rows.filter(pk__in=ids)
        while batch := list(rows.values_list("pk", flat=True)[:_ROWS_AT_ONCE]):
            changed += Event.objects.filter(pk__in=batch, reviewed_at__isnull=is_reviewed).update(**marks)
            if time.monotonic() > deadline_s:
                return changed, False
    return changed, True


def _places(wish: Wish, at: Place, count: int, *, is_newer: bool) -> list[Place]:
    """The next ones to a place, nearest first."""
    order = ("start_ms", "pk") if is_newer else ("-start_ms", "-pk")
    near = Q(start_ms__gte=at.start_ms) if is_newer else Q(start_ms__lte=at.start_ms)
    # Of those that began in the same millisecond; said so that the first condition stays a range of the index.
    beside = Q(start_ms=at.start_ms) & (Q(pk__lte=at.event_id) if is_newer else Q(pk__gte=at.event_id))

    def of(camera: int | None, kind: str | None) -> Iterator[Place]:
        rows = _matching(wish, camera, kind).filter(near).exclude(beside).order_by(*order)
        return (Place(*row) for row in rows.values_list("start_ms", "pk")[:count])

    merged = heapq.merge(*(of(camera, kind) for camera, kind in _parts(wish)), reverse=not is_newer)
    return list(islice(merged, count))


def _parts(wish: Wish) -> Iterator[tuple[int | None, str | None]]:
    return product(dict.fromkeys(wish.cameras), dict.fromkeys(wish.kinds) or (None,))


def _matching(wish: Wish, camera: int | None, kind: str | None) -> QuerySet[Event]:
    rows = Event.objects.filter(camera__isnull=True) if camera is None else Event.objects.filter(camera_id=camera)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if wish.is_reviewed is not None:
        rows = rows.filter(reviewed_at__isnull=not wish.is_reviewed)
    if wish.span.start_ms > 0:
        rows = rows.filter(start_ms__gte=wish.span.start_ms)
    if wish.span.end_ms < _LAST_MS:
        rows = rows.filter(start_ms__lt=wish.span.end_ms)
    if wish.min_score:
        rows = rows.filter(peak_score__gte=wish.min_score)
    for names, lookup in ((wish.zones, "zones__holds"), (wish.labels, "labels__names")):
        if names:
            any_of = Q()
            for name in names:
                any_of |= Q(**{lookup: name})
            rows = rows.filter(any_of)
    return rows


def _rows(places: Sequence[Place]) -> tuple[Event, ...]:
    """With what is told of them. Those that went meanwhile are left out."""
    found = with_cameras().select_related("camera", "reviewed_by").in_bulk([place.event_id for place in places])
    return tuple(found[place.event_id] for place in places if place.event_id in found)

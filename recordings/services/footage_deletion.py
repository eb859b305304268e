"""Deleting a span by hand. Who asks has checked the right to delete.

Whole files go: what is deleted begins and ends where they do, up to a minute outside of what was asked for. Files that are still being
written stay, as does what is protected.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth.models import User
from django.db.models import Max, Min, QuerySet

from cameras.audit.entries import note
from cameras.models import AuditAction, Camera, Stream
from recordings.models import Protection, Segment
from recordings.rules.days import DAY_MS
from recordings.rules.spans import Span
from recordings.services.deletion import BY_HAND, Doomed, doom, sweep_doomed
from recordings.services.protections import protections_in
from recordings.services.timeline import segments_in

logger = logging.getLogger(__name__)
_AT_ONCE_MS = DAY_MS // 8


class ProtectedFootageError(Exception):
    """Some of it is protected; nothing was deleted."""

    def __init__(self, protections: Sequence[Protection]) -> None:
        names = ", ".join(_name(protection) for protection in protections)
        super().__init__(f"protected, so nothing was deleted: {names}")


@dataclass(frozen=True, slots=True)
class Deleted:
    """`span`: what the files reach over. `rest`: what the time did not suffice for, to be gone on with."""

    span: Span
    doomed: Doomed
    rest: Span | None


def delete_footage(camera: Camera, window: Span, *, by: User, budget_s: float) -> Deleted:
    """Of all streams. Raises ProtectedFootageError before anything is deleted. The files go with the next sweep."""
    span = _extent(camera, window)
    if span is None:
        return Deleted(window, Doomed(), None)
    if protections := list(protections_in(camera, span)):
        raise ProtectedFootageError(protections)
    note(AuditAction.DELETE, camera=camera, details={"footage": [span], "asked_for": [window]})
    logger.info("camera %s: %s deletes its footage from %s to %s", camera.slug, by.get_username(), _iso(span.start_ms), _iso(span.end_ms))
    doomed, rest = _go_on(camera, Span(max(window.start_ms, span.start_ms), min(window.end_ms, span.end_ms)), by=by, budget_s=budget_s)
    return Deleted(span, doomed, rest)


def finish(camera_id: int, window: Span, *, by_id: int | None, budget_s: float) -> Span | None:
    """What delete_footage() left over, and the files; returns what is left now. The camera and the person may be gone by then."""
    camera = Camera.objects.filter(pk=camera_id).first()
    if camera is None:
        return None
    _, rest = _go_on(camera, window, by=User.objects.filter(pk=by_id).first() if by_id else None, budget_s=budget_s)
    sweep_doomed(budget_s=budget_s)
    return rest


def _go_on(camera: Camera, window: Span, *, by: User | None, budget_s: float) -> tuple[Doomed, Span | None]:
    """Deletes from the start of the window on, sparing what has been protected meanwhile."""
    deadline_s = time.monotonic() + budget_s
    total, at_ms = Doomed(), window.start_ms
    while at_ms < window.end_ms:
        if time.monotonic() > deadline_s:
            return total, Span(at_ms, window.end_ms)
        part = Span(at_ms, min(at_ms + _AT_ONCE_MS, window.end_ms))
        for segments in _finished(camera, part):
            total += doom(segments, BY_HAND, by)
        at_ms = part.end_ms
    if total.segments:
        logger.info("camera %s: %s segments deleted by hand, %s bytes", camera.slug, total.segments, total.size_bytes)
    return total, None


def _extent(camera: Camera, window: Span) -> Span | None:
    """Over which the files that overlap the window reach."""
    ends = [segments.order_by().aggregate(start=Min("started_at_ms"), end=Max("ended_at_ms")) for segments in _finished(camera, window)]
    starts_ms = [found["start"] for found in ends if found["start"] is not None]
    return Span(min(starts_ms), max(found["end"] for found in ends if found["end"] is not None)) if starts_ms else None


def _finished(camera: Camera, window: Span) -> Iterator[QuerySet[Segment]]:
    for role in Stream.Role.values:
        yield segments_in(camera, role, window).filter(is_finished=True)


def _name(protection: Protection) -> str:
    note = f"“{protection.note}”" if protection.note else "a span without a note"
    return f"{note} (number {protection.pk}, {_iso(protection.start_ms)} to {_iso(protection.end_ms)})"


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")

"""What there is of a stream's footage, and why there isn't more. Reads indexes and daily sums; costs a few queries however long the window.

segments_in      the rows, for who plays or exports
recorded_spans   continuous footage
account_of       every second of a window up to now, explained
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet

from cameras.models import Camera
from recordings.models import LONGEST_SEGMENT_MS, CoverageDay, Deletion, RecordingNote, Segment
from recordings.rules import accounting
from recordings.rules.accounting import CATALOGUE_DELAY_MS, JOIN_MS, NOTICED_AFTER_MS, Entry, Fact, Kind
from recordings.rules.days import DAY_MS, day_of, span_of
from recordings.rules.spans import Span, clipped, joined, without

# Shorter windows are read from the segments alone.
_BY_DAYS_FROM_MS = 3 * DAY_MS
_ROWS_AT_ONCE = 10_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOT_ADDED_YET = "the camera had not been added yet"
NOT_BEGUN_YET = "the recorder had not begun with this camera yet"


def segments_in(camera: Camera, role: str, window: Span) -> QuerySet[Segment]:
    """What overlaps the window, in order, without what is being deleted."""
    return Segment.objects.filter(
        camera=camera,
        role=role,
        started_at_ms__gt=window.start_ms - LONGEST_SEGMENT_MS,
        started_at_ms__lt=window.end_ms,
        ended_at_ms__gt=window.start_ms,
        doomed_by="",
    ).order_by("started_at_ms")


def recorded_spans(camera: Camera, role: str, window: Span, *, tolerance_ms: int = JOIN_MS) -> list[Span]:
    """Within the window; gaps of up to `tolerance_ms` are none. For days whose sums tell that enough, segments are not read."""
    tolerance_ms = max(tolerance_ms, JOIN_MS)
    if window.length_ms < _BY_DAYS_FROM_MS:
        return clipped(_joined_rows(segments_in(camera, role, window), tolerance_ms), window)
    spans: list[Span] = []
    for part, is_whole in _by_days(camera, role, window, tolerance_ms):
        spans += [part] if is_whole else clipped(_joined_rows(segments_in(camera, role, part), tolerance_ms), part)
    return joined(spans, tolerance_ms=tolerance_ms)


def account_of(camera: Camera, role: str, window: Span, now_ms: int, *, tolerance_ms: int = JOIN_MS) -> list[Entry]:
    """Entries without hole or overlap from the start of the window to its end, or up to what can be known yet.

    With a larger `tolerance_ms` smaller gaps are left out, and reasons that held for less are told as others beside them.
    """
    # A reason is noted after the gap began: the reason of one at the edge may stand outside.
    wide = Span(window.start_ms, min(window.end_ms + NOTICED_AFTER_MS, now_ms - CATALOGUE_DELAY_MS))
    spans = recorded_spans(camera, role, Span(window.start_ms, max(wide.end_ms, window.end_ms)), tolerance_ms=tolerance_ms)
    wide = Span(wide.start_ms, max([wide.end_ms, *(span.end_ms for span in spans[-1:])]))
    if wide.length_ms <= 0:
        return []
    gaps = without(wide, spans)
    facts = facts_of(camera, role, Span(gaps[0].start_ms, gaps[-1].end_ms)) if gaps else []
    deletions = [
        accounting.Deletion(Span(start_ms, end_ms), rule)
        for start_ms, end_ms, rule in Deletion.objects.filter(
            camera=camera, role=role, start_ms__lt=wide.end_ms, end_ms__gt=wide.start_ms
        ).values_list("start_ms", "end_ms", "rule")
    ]
    tolerance_ms = max(tolerance_ms, JOIN_MS)
    entries = accounting.account(wide, recorded=spans, deletions=deletions, facts=facts, tolerance_ms=tolerance_ms)
    if wide.end_ms < window.end_ms + NOTICED_AFTER_MS:
        entries = accounting.with_pending(entries, facts)
    if tolerance_ms > JOIN_MS:
        entries = accounting.coarse(entries, tolerance_ms)
    return [Entry(part, entry.kind, entry.reason) for entry in entries for part in clipped([entry.span], window)]


def facts_of(camera: Camera, role: str, window: Span) -> list[Fact]:
    """In order, with the last one before the window. That the camera was not there yet is one too."""
    notes = RecordingNote.objects.filter(camera=camera, role=role)
    fields = ("at_ms", "kind", "reason")
    before = notes.filter(at_ms__lte=window.start_ms).order_by("-at_ms", "-pk").values_list(*fields)[:1]
    inside = notes.filter(at_ms__gt=window.start_ms, at_ms__lt=window.end_ms).order_by("at_ms", "pk").values_list(*fields)
    facts = [Fact(at_ms, kind, reason) for at_ms, kind, reason in [*before, *inside]]
    added_at_ms = (camera.created_at - _EPOCH) // timedelta(milliseconds=1)
    # Notes from before that are those of a database that was lost and made again: they know better.
    if added_at_ms > window.start_ms and not (facts and facts[0].at_ms < added_at_ms):
        facts = [Fact(0, Kind.OFF, NOT_ADDED_YET), Fact(added_at_ms, Kind.NOT_RUNNING, NOT_BEGUN_YET), *facts]
    return facts


def newest_ms(camera: Camera, role: str) -> int | None:
    """Where the newest footage ends."""
    newest = Segment.objects.filter(camera=camera, role=role, doomed_by="").order_by("-started_at_ms")
    return newest.values_list("ended_at_ms", flat=True).first()


def _by_days(camera: Camera, role: str, window: Span, tolerance_ms: int) -> Iterator[tuple[Span, bool]]:
    """The window without its empty days: parts that are recorded but for the tolerance, and parts whose segments must be read."""
    first, last = day_of(window.start_ms), day_of(window.end_ms - 1)
    days = CoverageDay.objects.filter(camera=camera, role=role, day__gte=first, day__lte=last, recorded_ms__gt=0).order_by("day")
    unclear: Span | None = None
    for day, recorded_ms in days.values_list("day", "recorded_ms"):
        span = span_of(day)
        if unclear is not None and (unclear.end_ms != span.start_ms or recorded_ms >= DAY_MS - tolerance_ms):
            yield clipped([unclear], window)[0], False
            unclear = None
        if recorded_ms >= DAY_MS - tolerance_ms:
            yield clipped([span], window)[0], True
        else:
            unclear = Span(unclear.start_ms if unclear else span.start_ms, span.end_ms)
    if unclear is not None:
        yield clipped([unclear], window)[0], False


def _joined_rows(segments: QuerySet[Segment], tolerance_ms: int) -> list[Span]:
    """As spans.joined(), for tens of thousands of rows in order."""
    rows: Iterable[tuple[int, int]] = segments.values_list("started_at_ms", "ended_at_ms").iterator(_ROWS_AT_ONCE)
    result: list[Span] = []
    start_ms = end_ms = -1
    for row_start_ms, row_end_ms in rows:
        if start_ms >= 0 and row_start_ms <= end_ms + tolerance_ms:
            end_ms = max(end_ms, row_end_ms)
            continue
        if start_ms >= 0:
            result.append(Span(start_ms, end_ms))
        start_ms, end_ms = row_start_ms, row_end_ms
    if start_ms >= 0:
        result.append(Span(start_ms, end_ms))
    return result

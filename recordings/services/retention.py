"""Carries out what rules/retention.py plans. The dry run, the forecast and the execution ask the same planner about the same facts."""

from __future__ import annotations

import heapq
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet

from recordings.exclusive import alone
from recordings.models import Segment, Volume
from recordings.rules.retention import Candidate, Decision, Item, Judged, Rule, Shortfall, World, plan
from recordings.rules.spans import Span
from recordings.services import trusted_time
from recordings.services.complaints import complain
from recordings.services.deletion import Swept, doom, sweep_doomed
from recordings.services.motion_mode import go_on_from
from recordings.services.survey import survey, urgent_bytes
from recordings.services.system_events import note_shortfalls, note_trouble

logger = logging.getLogger(__name__)
_CHUNK = 400
_SWEEP_EVERY = 1000
_PAGE = 500
# More than so many protected spans are not worth a longer query: the planner leaves out the others itself.
_LONGEST_EXCLUSION = 50
_BUSY = "retention is already running"
_CLOCK = "the clock"
_HELD = "No footage is deleted for that: set the clock, or confirm on the storage page that it is right"


@dataclass(slots=True)
class Outcome:
    """What a run deleted (or, dry, would delete), by rule; what the rules wanted and could not have; what could not be deleted.

    `ahead_ms`: by so much the clock is ahead and not believed.
    """

    segments: defaultdict[Rule, int] = field(default_factory=lambda: defaultdict(int))
    size_bytes: defaultdict[Rule, int] = field(default_factory=lambda: defaultdict(int))
    shortfalls: list[Shortfall] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    is_complete: bool = True
    ahead_ms: int = 0

    def count(self, rule: Rule, segments: int, size_bytes: int) -> None:
        self.segments[rule] += segments
        self.size_bytes[rule] += size_bytes


def planned(world: World) -> Iterator[Item]:
    """What is due now. Reads the catalogue as far as the rules reach, changes nothing."""
    return plan(world, Catalogue(world))


def enforce(*, now_ms: int | None = None, budget_s: float = 120.0) -> Outcome:
    """Deletes what is due, in short transactions; what the time does not suffice for is left for the next run (`is_complete`)."""
    outcome = Outcome()
    with alone(Path(settings.DATA_DIR) / "locks" / "retention") as is_alone:
        if not is_alone:
            outcome.failures.append(_BUSY)
            outcome.is_complete = False
            return outcome
        deadline_s = time.monotonic() + budget_s
        _sweep(outcome, budget_s)
        outcome.ahead_ms = trusted_time.look(now_ms=now_ms).ahead_ms
        items = planned(survey(now_ms=now_ms))
        since_sweep = 0
        while chunk := list(islice(items, _CHUNK)):
            since_sweep += _execute(chunk, outcome)
            if since_sweep >= _SWEEP_EVERY:
                since_sweep = 0
                _sweep(outcome, max(deadline_s - time.monotonic(), 0))
            if time.monotonic() >= deadline_s:
                outcome.is_complete = False
                break
        _sweep(outcome, max(deadline_s - time.monotonic(), 1.0))
    _tell(outcome)
    return outcome


def is_urgent() -> bool:
    """Whether no enabled volume has room and retention must not wait for its turn. Costs a query and a statvfs a volume."""
    room = []
    for volume in Volume.objects.filter(is_enabled=True):
        try:
            volume.directory().verify()
            room.append(volume.directory().free_bytes() - volume.keep_free_bytes >= urgent_bytes(Path(volume.path)))
        except OSError:
            continue
    return bool(room) and not any(room)


class Catalogue:
    """The planner's candidates, a page at a time along the indexes; doomed and growing ones are left out."""

    def __init__(self, world: World) -> None:
        spans = [(camera_id, span) for camera_id, its in world.protected.items() for span in its]
        self._protected = Q()
        for camera_id, span in spans[:_LONGEST_EXCLUSION]:
            self._protected |= Q(camera_id=camera_id, started_at_ms__lt=span.end_ms, ended_at_ms__gt=span.start_ms)

    def of_camera(self, camera_id: int | None, since_ms: int = 0) -> Iterator[Candidate]:
        where = Q(camera__isnull=True) if camera_id is None else Q(camera_id=camera_id)
        return self._merged((Segment.objects.filter(where, role=role) for role in ("main", "sub")), since_ms)

    def of_volumes(self, volumes: Sequence[str]) -> Iterator[Candidate]:
        return self._merged(Segment.objects.filter(volume_id=volume) for volume in volumes)

    def _merged(self, parts: Iterable[QuerySet[Segment]], since_ms: int = 0) -> Iterator[Candidate]:
        return heapq.merge(*(self._pages(part, since_ms) for part in parts), key=lambda candidate: candidate.span.start_ms)

    def _pages(self, part: QuerySet[Segment], since_ms: int) -> Iterator[Candidate]:
        rows = part.filter(is_finished=True, doomed_by="").order_by("started_at_ms")
        if self._protected:
            rows = rows.exclude(self._protected)
        fields = ("pk", "camera_id", "role", "volume_id", "started_at_ms", "ended_at_ms", "size_bytes")
        last_ms, at_last = since_ms, set[int]()
        while True:
            page = list(rows.filter(started_at_ms__gte=last_ms).exclude(pk__in=at_last).values_list(*fields)[:_PAGE])
            for pk, camera_id, role, volume_id, start_ms, end_ms, size_bytes in page:
                if start_ms != last_ms:
                    last_ms, at_last = start_ms, set()
                at_last.add(pk)
                yield Candidate(pk, camera_id, role, str(volume_id), Span(start_ms, end_ms), size_bytes)
            if len(page) < _PAGE:
                return


def _execute(chunk: list[Item], outcome: Outcome) -> int:
    """What is judged is remembered after its decisions were carried out: those before it in this chunk, or in chunks before."""
    outcome.shortfalls += [item for item in chunk if isinstance(item, Shortfall)]
    decisions = [item for item in chunk if isinstance(item, Decision)]
    for rule, its in groupby(decisions, key=lambda decision: decision.rule):
        doomed = doom(Segment.objects.filter(pk__in=[decision.candidate.id for decision in its]), rule)
        outcome.count(rule, doomed.segments, doomed.size_bytes)
    for item in chunk:
        if isinstance(item, Judged):
            go_on_from(item)
    return len(decisions)


def _sweep(outcome: Outcome, budget_s: float) -> None:
    swept: Swept = sweep_doomed(budget_s=budget_s)
    outcome.failures += [failure for failure in swept.failures if failure not in outcome.failures]


def _tell(outcome: Outcome) -> None:
    note_shortfalls(outcome.shortfalls, now_ms=time.time_ns() // 1_000_000)
    if outcome.ahead_ms:
        note_trouble(_CLOCK, f"{trusted_time.words(outcome.ahead_ms)}. {_HELD}", now_ms=time.time_ns() // 1_000_000)
    for shortfall in outcome.shortfalls:
        complain(logger, f"the rule {shortfall.rule} of {shortfall.what} can't be met: {shortfall.reason}")
    if outcome.segments:
        by_rule = ", ".join(f"{rule}: {count} segments, {outcome.size_bytes[rule]} bytes" for rule, count in outcome.segments.items())
        logger.info("footage deleted by rule (%s)", by_rule)

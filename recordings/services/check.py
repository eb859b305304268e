"""Compares the catalogue with the disk, and repairs it. Day by day, so that a year of footage needs no more memory than a day.

inspect() changes nothing. check() counts first, and repairs only where the disk is there and not more than half of what it sees would go:
a disk that is not mounted, or the wrong one, looks just like footage that is gone.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from recordings.directory import DirectoryError
from recordings.models import CoverageDay, Segment, Volume, VolumeDay
from recordings.rules.days import day_of, span_of
from recordings.services import catalogue, coverage, discovery, notes, trusted_time
from recordings.services.deletion import sweep_doomed
from recordings.services.inspection import Finding, Kind, inspect, inspect_day, inspect_outside
from recordings.services.repair import repair

logger = logging.getLogger(__name__)
_NAMES_KEPT = 50
_FIND_BUDGET_S = 30.0
Progress = Callable[[str], None]


class Trouble(StrEnum):
    NOT_THERE = "not there"
    TOO_MUCH = "too much would go"


@dataclass(slots=True)
class VolumeReport:
    """`trouble`: why nothing was repaired here, though it was asked for or would have been refused."""

    name: str
    path: str
    segments: int = 0
    counts: Counter[Kind] = field(default_factory=Counter)
    repaired: Counter[Kind] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    trouble: Trouble | None = None
    reason: str = ""

    def note(self, finding: Finding) -> None:
        self.counts[finding.kind] += 1
        if self.counts[finding.kind] <= _NAMES_KEPT:
            self.findings.append(finding)

    @property
    def is_too_much(self) -> bool:
        return 2 * sum(self.counts[kind] for kind in Kind if kind.is_loss) > self.segments

    @property
    def open(self) -> int:
        """How many findings that can be repaired are not."""
        return sum(number - self.repaired[kind] for kind, number in self.counts.items() if kind.is_repairable)


@dataclass(slots=True)
class Report:
    volumes: list[VolumeReport] = field(default_factory=list)
    wrong_days: list[str] = field(default_factory=list)
    repaired_days: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def open(self) -> int:
        return sum(volume.open for volume in self.volumes) + len(self.wrong_days) - self.repaired_days + len(self.failures)


def check(*, is_repair: bool = False, is_forced: bool = False, is_deep: bool = False, progress: Progress = lambda _: None) -> Report:
    """`is_deep` reads every file's fragment heads instead of those only that look wrong. May run beside the recorder and the catalogue."""
    report = Report()
    for volume in Volume.objects.all():
        found = VolumeReport(volume.name, volume.path)
        report.volumes.append(found)
        try:
            volume.directory().identify()
            _count(volume, found, is_deep=is_deep, progress=progress)
            if is_repair:
                volume.directory().verify()
                _repair(volume, found, is_forced=is_forced, is_deep=is_deep, progress=progress)
        except DirectoryError as error:
            found.trouble, found.reason = Trouble.NOT_THERE, str(error)
    if is_repair:
        report.failures += sweep_doomed(budget_s=3600).failures
    _check_sums(report, is_repair=is_repair, progress=progress)
    return report


def take_up(journal: Path) -> None:
    """On start, the cheap part: what time it is, unfinished segments, lost messages, half-done deletions, the journal."""
    trusted_time.look()
    volumes = {volume.pk: volume for volume in catalogue.reachable_volumes()}
    for row in catalogue.growing_rows():
        if row.volume_id not in volumes:
            continue
        for finding in inspect(volumes[row.volume_id], row.path, row):
            if not finding.kind.is_loss:
                repair(volumes[row.volume_id], finding)
    notes.read_journal(journal, everything=True)
    discovery.find_files(budget_s=_FIND_BUDGET_S)
    sweep_doomed()


def _count(volume: Volume, found: VolumeReport, *, is_deep: bool, progress: Progress) -> None:
    for finding in inspect_outside(Path(volume.path)):
        found.note(finding)
    days = days_of(volume)
    for number, day in enumerate(days, start=1):
        for item in inspect_day(volume, day, is_deep=is_deep):
            found.note(item)
        span = span_of(day)
        found.segments += Segment.objects.filter(
            volume=volume, started_at_ms__gte=span.start_ms, started_at_ms__lt=span.end_ms, doomed_by=""
        ).count()
        progress(f"{volume.name}: {day} checked, day {number} of {len(days)}, {found.segments} segments, {found.open} findings")


def _repair(volume: Volume, found: VolumeReport, *, is_forced: bool, is_deep: bool, progress: Progress) -> None:
    if found.is_too_much and not is_forced:
        found.trouble = Trouble.TOO_MUCH
        losses = sum(found.counts[kind] for kind in Kind if kind.is_loss)
        found.reason = f"{losses} of {found.segments} segments would be given up; nothing is changed without --force"
        return
    days = days_of(volume)
    for number, day in enumerate(days, start=1):
        for finding in inspect_day(volume, day, is_deep=is_deep):
            if finding.kind.is_repairable and repair(volume, finding):
                found.repaired[finding.kind] += 1
        progress(f"{volume.name}: {day} repaired, day {number} of {len(days)}")
    discovery.remove_empty_days(volume)


def days_of(volume: Volume) -> list[date]:
    """Of files and of rows, newest last."""
    return sorted(discovery.days_on_disk(Path(volume.path)) | set(_days_of_rows(volume)))


def _days_of_rows(volume: Volume) -> Iterator[date]:
    """One indexed look-up a day."""
    at_ms = -1
    while True:
        rows = Segment.objects.filter(volume=volume, started_at_ms__gt=at_ms).order_by("started_at_ms")
        start_ms = rows.values_list("started_at_ms", flat=True).first()
        if start_ms is None:
            return
        day = day_of(start_ms)
        yield day
        at_ms = span_of(day).end_ms - 1


def _check_sums(report: Report, *, is_repair: bool, progress: Progress) -> None:
    days = set(CoverageDay.objects.values_list("day", flat=True)) | set(VolumeDay.objects.values_list("day", flat=True))
    for volume in Volume.objects.all():
        days |= set(_days_of_rows(volume))
    for number, day in enumerate(sorted(days), start=1):
        for wrong in coverage.wrong_days(day):
            report.wrong_days.append(str(wrong))
            if is_repair:
                coverage.rebuild(wrong)
                report.repaired_days += 1
        progress(f"sums: {day}, day {number} of {len(days)}")

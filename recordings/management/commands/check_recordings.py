from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recordings.services.check import Report, Trouble, VolumeReport, check
from recordings.services.inspection import Kind

FOUND, REFUSED, NOT_THERE = 1, 2, 3
_TELL_EVERY_S = 1.0


class Command(BaseCommand):
    help = (
        "Compares the catalogue with the recording directories. Ends with 0 when they agree (or agree now), 1 when they don't, 2 when a "
        "repair was refused because it would give up more than half, 3 when a directory is not there. Foreign and unreadable files are "
        "only reported."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="make them agree: the files are right, foreign ones are not touched")
        parser.add_argument("--force", action="store_true", help="repair even if more than half of a directory's segments would go")
        parser.add_argument("--deep", action="store_true", help="read every file instead of those only that look wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        self._told_at_s = time.monotonic()
        report = check(is_repair=options["repair"], is_forced=options["force"], is_deep=options["deep"], progress=self._tell)
        for volume in report.volumes:
            self._write_volume(volume)
        for wrong in report.wrong_days[:50]:
            self.stdout.write(f"sums of a day: {wrong}")
        if report.wrong_days:
            self.stdout.write(f"sums of {len(report.wrong_days)} days were wrong, {report.repaired_days} are mended")
        for failure in report.failures:
            self.stdout.write(f"not deleted: {failure}")
        if (code := _code(report)) == 0:
            unreadable = sum(volume.counts[Kind.UNREADABLE] for volume in report.volumes)
            self.stdout.write("catalogue and disk agree" + (f", but {unreadable} can't be read" if unreadable else ""))
            return
        advice = "" if options["repair"] else "; --repair makes them agree"
        words = {
            FOUND: f"catalogue and disk do not agree: {report.open} findings{advice}",
            REFUSED: "refused: too much would be given up",
            NOT_THERE: "a recording directory is not there",
        }
        raise CommandError(words[code], returncode=code)

    def _tell(self, text: str) -> None:
        if time.monotonic() - self._told_at_s >= _TELL_EVERY_S:
            self._told_at_s = time.monotonic()
            self.stderr.write(text)

    def _write_volume(self, volume: VolumeReport) -> None:
        if volume.trouble is Trouble.NOT_THERE:
            self.stdout.write(f"{volume.name}: {volume.reason}; nothing is changed")
            return
        self.stdout.write(f"{volume.name} ({volume.path}): {volume.segments} segments")
        for finding in volume.findings:
            self.stdout.write(f"  {finding.kind}: {finding.path}{f' ({finding.detail})' if finding.detail else ''}")
        for kind, number in volume.counts.items():
            mended = f", {volume.repaired[kind]} mended" if volume.repaired[kind] else ""
            self.stdout.write(f"  {number} x {kind}{mended}")
        if volume.trouble is Trouble.TOO_MUCH:
            self.stdout.write(f"  {volume.reason}")


def _code(report: Report) -> int:
    troubles = {volume.trouble for volume in report.volumes}
    if Trouble.NOT_THERE in troubles:
        return NOT_THERE
    if Trouble.TOO_MUCH in troubles:
        return REFUSED
    return FOUND if report.open else 0

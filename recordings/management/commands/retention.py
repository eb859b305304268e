from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recordings.rules.amounts import in_bytes
from recordings.rules.retention import Rule, Shortfall
from recordings.services import trusted_time
from recordings.services.outlook import Outlook, outlook
from recordings.services.retention import enforce


class Command(BaseCommand):
    help = (
        "Deletes the footage that the rules let go, and tells what goes next and when there is no more room. "
        "Ends with 1 when a rule can't be met, something could not be deleted, or the clock went ahead and nobody confirmed it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only tell what would be deleted")
        parser.add_argument(
            "--trust-clock", action="store_true", help="the clock went ahead, and it is right: footage may be deleted by it"
        )
        parser.add_argument("--days", type=int, default=14, metavar="N", help="tell what goes in the next N days (14)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["trust_clock"]:
            trusted_time.confirm(wall_ms=time.time_ns() // 1_000_000, by=None)
        if options["dry_run"]:
            view = outlook(days=options["days"], most_due=None)
            self._write_due(view)
            self._write_outlook(view)
            problems = [_words_of(shortfall) for shortfall in view.shortfalls]
            ahead_ms = view.ahead_ms
        else:
            outcome = enforce(budget_s=3600)
            for rule, count in outcome.segments.items():
                self.stdout.write(f"deleted by {rule}: {count} segments, {in_bytes(outcome.size_bytes[rule])}")
            if not outcome.segments and not outcome.failures:
                self.stdout.write("nothing was due")
            self._write_outlook(outlook(days=options["days"]))
            problems = [_words_of(shortfall) for shortfall in outcome.shortfalls] + outcome.failures
            ahead_ms = outcome.ahead_ms
        if ahead_ms:
            problems.append(f"{trusted_time.words(ahead_ms)}: no footage is deleted for that; if it is right now, say --trust-clock")
        if problems:
            raise CommandError("\n".join(problems), returncode=1)

    def _write_due(self, view: Outlook) -> None:
        for due in view.due:
            size, span = in_bytes(due.size_bytes), f"{_time(due.start_ms)} to {_time(due.end_ms)}"
            self.stdout.write(f"would delete by {due.rule}: {due.name}: {due.segments} segments, {size}, {span}")
        if not view.due:
            self.stdout.write("nothing is due")

    def _write_outlook(self, view: Outlook) -> None:
        self.stdout.write("")
        for volume in view.volumes:
            limit = f" of {in_bytes(volume.max_bytes)}" if volume.max_bytes is not None else ""
            free = volume.trouble or f"{in_bytes(volume.free_bytes or 0)} free, {in_bytes(volume.keep_free_bytes)} of it kept free"
            self.stdout.write(f"{volume.name}: {in_bytes(volume.used_bytes)} of footage{limit}, {_rate(volume.bytes_per_s)}, {free}")
            if volume.stuck_segments:
                self.stdout.write(f"{volume.name}: {volume.stuck_segments} segments, {in_bytes(volume.stuck_bytes)}, wait to be deleted")
        for camera in view.cameras:
            since = f"since {_time(camera.oldest_ms)}" if camera.oldest_ms is not None else "nothing"
            following = f", next goes {_time(camera.next_at_ms)} by {camera.next_rule}" if camera.next_at_ms is not None else ""
            self.stdout.write(f"{camera.name}: {in_bytes(camera.used_bytes)}, {since}, {_rate(camera.bytes_per_s)}{following}")
        full = f"at the present rate about {_time(view.full_at_ms)}" if view.full_at_ms is not None else "never at the present rate"
        self.stdout.write(f"room for {in_bytes(view.room_bytes)}; footage is deleted for want of room: {full}")
        by_day: dict[tuple[str, Rule], int] = {}
        for expiry in view.expiries:
            key = f"{datetime.fromtimestamp(expiry.at_ms // 1000, UTC):%Y-%m-%d}", expiry.rule
            by_day[key] = by_day.get(key, 0) + expiry.size_bytes
        for (day, rule), size_bytes in sorted(by_day.items()):
            self.stdout.write(f"{day}: {in_bytes(size_bytes)} go by {rule}")


def _words_of(shortfall: Shortfall) -> str:
    return f"{shortfall.rule} of {shortfall.what}: {in_bytes(shortfall.missing_bytes)} can't be deleted: {shortfall.reason}"


def _time(at_ms: int) -> str:
    return f"{datetime.fromtimestamp(at_ms // 1000, UTC):%Y-%m-%d %H:%M} UTC"


def _rate(bytes_per_s: float) -> str:
    return f"{bytes_per_s * 8 / 1e6:.1f} Mbit/s"

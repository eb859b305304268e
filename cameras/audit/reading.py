"""Reading the audit: what is asked for, and as a table for spreadsheets. Who may is cameras.permissions.may_read_audit's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cameras.audit.entries import now_ms
from cameras.audit.words import sentence
from cameras.models import AuditActivity, AuditEntry

COLUMNS = (
    *("number", "at", "duration_ms", "who", "user", "means", "proof", "address", "action", "camera", "kind", "object", "name"),
    *("text", "details", "hash"),
)
# What a spreadsheet takes for the begin of a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty for any; `who` is a user's name as it was, `start_ms` and `end_ms` are half-open."""

    who: str = ""
    action: str = ""
    camera: str = ""
    start_ms: int | None = None
    end_ms: int | None = None

    def entries(self) -> QuerySet[AuditEntry]:
        """Newest first."""
        rows = AuditEntry.objects.filter(**self._same())
        if self.start_ms is not None:
            rows = rows.filter(at_ms__gte=self.start_ms)
        if self.end_ms is not None:
            rows = rows.filter(at_ms__lt=self.end_ms)
        return rows

    def ongoing(self) -> QuerySet[AuditActivity]:
        rows = AuditActivity.objects.filter(**self._same())
        return rows.filter(since_ms__lt=self.end_ms) if self.end_ms is not None else rows

    def _same(self) -> dict[str, str]:
        wanted = {"who": self.who, "action": self.action, "camera": self.camera}
        return {name: value for name, value in wanted.items() if value}


def entry_text(entry: AuditEntry) -> str:
    return f"{sentence(entry, duration_ms=entry.duration_ms, when=moment_text)}."


def ongoing_text(activity: AuditActivity) -> str:
    return f"{sentence(activity, duration_ms=now_ms() - activity.since_ms, when=moment_text, is_going_on=True)}."


def moment_text(at_ms: int) -> str:
    """In the server's time zone."""
    return f"{_local(at_ms):%Y-%m-%d %H:%M:%S}"


def table(entries: Iterable[AuditEntry]) -> Iterable[list[str]]:
    """Cells as COLUMNS names them, safe to be opened as a spreadsheet."""
    for entry in entries:
        yield [_cell(value) for value in _row(entry)]


def _row(entry: AuditEntry) -> list[Any]:
    return [
        entry.number,
        _local(entry.at_ms).isoformat(timespec="milliseconds"),
        entry.duration_ms,
        entry.who,
        entry.user_id,
        entry.means,
        entry.proof,
        entry.address,
        entry.action,
        entry.camera,
        entry.kind,
        entry.object_id,
        entry.name,
        entry_text(entry),
        entry.details,
        entry.hash,
    ]


def _cell(value: object) -> str:
    """A text that begins like a formula is made a text by an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.lstrip(" ").startswith(_FORMULA) else text


def _local(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, timezone.get_default_timezone())

"""Whether the audit is as it was written: the whole chain, its head, and what was written down outside of the database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db.models import QuerySet

from cameras.audit import anchors
from cameras.audit.chain import Fault, Link, Tip, first_fault
from cameras.audit.entries import now_ms
from cameras.audit.sealing import LATE_MS, content_of, read_head
from cameras.models import AuditAction, AuditEntry


@dataclass(frozen=True, slots=True)
class Report:
    """`late`: entries that wait for longer than they should, which says that nobody seals."""

    fault: Fault | None
    entries: int
    last: int
    anchors: int
    waiting: int
    late: int


def verify(directory: Path) -> Report:
    """Reads every entry; some seconds for a hundred thousand. Raises ValueError for files of anchors that hold something else."""
    head = read_head()
    known = anchors.read(directory)
    links = (Link(content_of(entry), entry.previous, entry.hash) for entry in _sealed().order_by("number").iterator(1000))
    fault = first_fault(
        Tip(head.forgotten_number, head.forgotten_hash), links, head=Tip(head.number, head.hash), anchors=known
    ) or _forgotten_unnoted(head.forgotten_number, head.forgotten_hash)
    waiting = AuditEntry.objects.filter(number=None)
    late = waiting.filter(at_ms__lt=now_ms() - LATE_MS, duration_ms=None).count()
    return Report(fault, _sealed().count(), head.number, len(known), waiting.count(), late)


def _sealed() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(number__isnull=False)


def _forgotten_unnoted(number: int, hash_: str) -> Fault | None:
    """Entries go for their age only, and each time an entry says so: where it does not, somebody else moved the chain's beginning."""
    if not number:
        return None
    newest = AuditEntry.objects.filter(action=AuditAction.FORGET).order_by("-pk").first()
    told = newest.told if newest else {}
    if (told.get("number"), told.get("hash")) == (number, hash_):
        return None
    return Fault(number + 1, f"the chain begins after entry {number}, but no entry says that those before were forgotten for their age")

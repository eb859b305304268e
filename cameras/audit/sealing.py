"""What is noted becomes part of the chain, and leaves it for its age. One task does it; two at once do no harm.

Whoever seals moves the head by compare-and-set in the transaction that gives the entries their numbers: of two that read the same head,
one finds it moved and changes nothing. Entries are taken in the order of their ids, as far as they are committed.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cameras.audit import anchors
from cameras.audit.actors import Actor
from cameras.audit.chain import CONTENT, GENESIS, Content, Tip, sealed
from cameras.audit.entries import note, now_ms
from cameras.models import AuditAction, AuditEntry, AuditHead

logger = logging.getLogger(__name__)

HEAD_PK = 1
_AT_ONCE = 200
_MOST_ROUNDS = 50
_MOST_FORGOTTEN = 5_000
# Entries that were noted by somebody whose transaction ends later are sealed later; older ones than this should be sealed.
LATE_MS = 5 * 60_000


class _Outpaced(Exception):
    """Another process has moved the head."""


def seal() -> int:
    """Seals what waits, up to some thousands. Returns how many."""
    count = 0
    for _ in range(_MOST_ROUNDS):
        done = _seal_some()
        count += done
        if done < _AT_ONCE:
            break
    if count:
        head = read_head()
        anchors.write(settings.AUDIT_DIR, Tip(head.number, head.hash), now_ms())
    return count


def forget_old() -> int:
    """Entries older than settings.AUDIT_KEEP_DAYS, from the chain's beginning on, some thousands at most. Returns how many.

    The head keeps the last one's hash, so that what follows on it can still be verified, and an entry tells of it.
    """
    before_ms = now_ms() - round(timedelta(days=settings.AUDIT_KEEP_DAYS).total_seconds() * 1000)
    first_kept = _rows().filter(number__isnull=False, at_ms__gte=before_ms).order_by("number").first()
    head = read_head()
    newest_old = first_kept.number - 1 if first_kept is not None and first_kept.number else head.number
    last = _rows().filter(number=min(newest_old, head.forgotten_number + _MOST_FORGOTTEN)).first()
    if last is None or last.number is None or last.number <= head.forgotten_number:
        return 0
    with transaction.atomic():
        moved = AuditHead.objects.filter(pk=HEAD_PK, forgotten_number=head.forgotten_number).update(
            forgotten_number=last.number, forgotten_hash=last.hash
        )
        if not moved:
            return 0
        gone, _ = _rows().filter(number__lte=last.number).delete()
        note(AuditAction.FORGET, details={"entries": gone, "number": last.number, "hash": last.hash}, by=Actor())
    logger.info("audit: %s entries up to number %s were older than %s days and are gone", gone, last.number, settings.AUDIT_KEEP_DAYS)
    return gone


def read_head() -> AuditHead:
    head, _ = AuditHead.objects.get_or_create(pk=HEAD_PK, defaults={"hash": GENESIS, "forgotten_hash": GENESIS})
    return head


def content_of(entry: AuditEntry) -> Content:
    return {name: getattr(entry, name) for name in CONTENT}


def _seal_some() -> int:
    waiting = list(AuditEntry.objects.filter(number=None).order_by("pk")[:_AT_ONCE])
    if not waiting:
        return 0
    head = read_head()
    tip = Tip(head.number, head.hash)
    links = sealed(tip, (content_of(entry) for entry in waiting))
    for entry, link in zip(waiting, links, strict=True):
        entry.number, entry.previous, entry.hash = link.number, link.previous, link.hash
    try:
        with transaction.atomic():
            newest = links[-1]
            values = {"number": newest.number, "hash": newest.hash, "changed_at": timezone.now()}
            if not AuditHead.objects.filter(pk=HEAD_PK, number=tip.number, hash=tip.hash).update(**values):
                raise _Outpaced
            if _rows().filter(number=None).bulk_update(waiting, ["number", "previous", "hash"]) != len(waiting):
                raise _Outpaced
    except _Outpaced:
        return 0
    return len(waiting)


def _rows() -> QuerySet[AuditEntry]:
    """Not append-only: for this module alone."""
    return QuerySet(AuditEntry)

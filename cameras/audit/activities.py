"""What goes on for a while and gets one entry when it is over: watching, playing back, steering, guessing passwords.

Every bit of it lengthens the same row, which is found by who does what to what. When nothing was heard for as long as is usual for such a
thing, the row becomes an entry; so watching that ended with a power cut is noted as all other, up to when it was last heard of.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from cameras.audit.actors import Actor, current_actor
from cameras.audit.entries import Named, facts_of, now_ms, to_text
from cameras.models import AuditActivity, AuditEntry, Camera

# A span of footage, from and to, in milliseconds since 1970.
Footage = tuple[int, int]
_MOST_SPANS = 40
_NEAR_MS = 2_000
_TRIES = 5
_MOST_REMEMBERED = 4096


class Gatherer:
    """Keeps one process from writing the same thing down over and over: at most each `every_ms`, unless there is something new in it.

    Footage that grows while it is played is something new when it has grown by as much. What came meanwhile is counted with the next.
    """

    def __init__(self, every_ms: int) -> None:
        self._every_ms = every_ms
        self._lock = threading.Lock()
        self._written: dict[str, _Written] = {}

    def due(self, key: str, footage: Footage | None, at_ms: int, *, each: bool = False) -> int:
        """How many are to be written down now, 0 for none; they are taken for written then."""
        with self._lock:
            known = self._written.setdefault(key, _Written())
            known.uncounted += 1
            is_new = footage is not None and not any(
                start <= footage[0] and footage[1] <= end + self._every_ms for start, end in known.spans
            )
            if not (is_new or each) and known.at_ms is not None and 0 <= at_ms - known.at_ms < self._every_ms:
                return 0
            count, known.uncounted, known.at_ms = known.uncounted, 0, at_ms
            known.spans = merged([*known.spans, *([footage] if footage else [])])
            if len(self._written) > _MOST_REMEMBERED:
                self._written.clear()
            return count

    def forget(self) -> None:
        with self._lock:
            self._written.clear()


@dataclass(slots=True)
class _Written:
    at_ms: int | None = None
    uncounted: int = 0
    spans: list[Footage] = field(default_factory=list)


gatherer = Gatherer(10_000)


def gather(
    action: str,
    *,
    quiet_ms: int,
    camera: Camera | Named | None = None,
    kind: str = "",
    object_id: object = "",
    name: str = "",
    footage: Footage | None = None,
    each: bool = False,
    by: Actor | None = None,
    at_ms: int | None = None,
) -> str:
    """One more bit of it; it is over when none comes for `quiet_ms`. Returns the key of what goes on.

    Two queries when it is written down, else none: `each` writes every one, for what is rare and must be counted exactly.
    """
    at_ms = now_ms() if at_ms is None else at_ms
    facts = facts_of(by or current_actor(), action, camera=camera, kind=kind, object_id=object_id, name=name)
    key = _key_of(facts)
    count = gatherer.due(key, footage, at_ms, each=each)
    if count:
        _write(key, facts, footage, at_ms, quiet_ms, count)
    return key


def keep_going(keys: Iterable[str], *, quiet_ms: int) -> None:
    """That these still go on, in one query."""
    at_ms = now_ms()
    AuditActivity.objects.filter(key__in=list(keys)).update(seen_ms=at_ms, until_ms=at_ms + quiet_ms)


def end_overdue(at_ms: int | None = None, *, most: int = 500) -> int:
    """Makes entries of what is over. Returns of how many. Done by two at once, each is noted once."""
    at_ms = now_ms() if at_ms is None else at_ms
    return sum(_end(activity) for activity in AuditActivity.objects.filter(until_ms__lt=at_ms).order_by("until_ms")[:most])


def merged(spans: Iterable[Footage]) -> list[Footage]:
    """In order, without overlaps and small gaps; the nearest become one when there are too many."""
    found: list[Footage] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1] + _NEAR_MS:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    while len(found) > _MOST_SPANS:
        at = min(range(len(found) - 1), key=lambda n: found[n + 1][0] - found[n][1])
        found[at : at + 2] = [(found[at][0], found[at + 1][1])]
    return found


def _write(key: str, facts: dict[str, Any], footage: Footage | None, at_ms: int, quiet_ms: int, count: int) -> None:
    """By compare-and-set: others may write at the same time, or find that it is over."""
    for _ in range(_TRIES):
        known = AuditActivity.objects.filter(key=key).first()
        if known is not None and known.until_ms < at_ms:
            _end(known)
            known = None
        if known is None:
            if _begin(key, facts, footage, at_ms, quiet_ms, count):
                return
            continue
        rows = AuditActivity.objects.filter(pk=known.pk, details=known.details)
        if rows.update(
            seen_ms=Greatest("seen_ms", at_ms),
            until_ms=Greatest("until_ms", at_ms + quiet_ms),
            count=F("count") + count,
            details=_with(known, footage),
        ):
            return


def _begin(key: str, facts: dict[str, Any], footage: Footage | None, at_ms: int, quiet_ms: int, count: int) -> bool:
    times = {"since_ms": at_ms, "seen_ms": at_ms, "until_ms": at_ms + quiet_ms, "count": count}
    try:
        with transaction.atomic():
            AuditActivity.objects.create(key=key, **facts, **times, details=to_text({"footage": [footage]} if footage else {}))
    except IntegrityError:
        return False  # another process was quicker
    return True


@transaction.atomic
def _end(activity: AuditActivity) -> bool:
    gone, _ = AuditActivity.objects.filter(pk=activity.pk, seen_ms=activity.seen_ms, details=activity.details).delete()
    if not gone:
        return False
    facts = {field.attname: getattr(activity, field.attname) for field in AuditActivity._meta.fields if field.attname in _SHARED}
    details = activity.told | ({"count": activity.count} if activity.count > 1 else {})
    AuditEntry.objects.create(
        **facts, details=to_text(details), at_ms=activity.since_ms, duration_ms=max(0, activity.seen_ms - activity.since_ms)
    )
    return True


_SHARED = {"user_id", "who", "means", "proof", "address", "action", "camera", "kind", "object_id", "name"}


def _with(activity: AuditActivity, footage: Footage | None) -> str:
    if footage is None:
        return activity.details
    known = [(int(start), int(end)) for start, end in activity.told.get("footage", [])]
    return to_text(activity.told | {"footage": merged([*known, footage])})


def _key_of(facts: dict[str, Any]) -> str:
    """The same person by the same means from the same place, doing the same to the same."""
    return hashlib.sha256(repr(sorted(facts.items())).encode()).hexdigest()

"""The only way footage goes, in two phases, so that a crash at any point leaves nothing that is not found again.

    doom           rows are marked with the rule's name; the sums of their days and the account of deletions change with them
    sweep_doomed   files unlinked, their directories synced, what belongs to them forgotten, rows deleted, empty directories removed

A doomed row is nobody's footage any more; only when its file is certainly gone does it go too.
"""

from __future__ import annotations

import logging
import os
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from recordings.directory import DirectoryError
from recordings.models import Deletion, Protection, Segment, Volume
from recordings.rules.accounting import JOIN_MS
from recordings.rules.spans import Span, joined
from recordings.services.complaints import complain
from recordings.services.coverage import Balance, footage_of

logger = logging.getLogger(__name__)
# So that SQLite's one writer is kept for some ten milliseconds.
ROWS_PER_TRANSACTION = 25
BY_HAND = "by hand"
LOST = "file lost"
_MOST_NEIGHBOURS = 20

# Called with the ids of segments whose files are gone, before their rows are; perhaps twice. Pictures made from them are removed here.
on_deleted: list[Callable[[Sequence[int]], None]] = []


@dataclass(frozen=True, slots=True)
class Doomed:
    """`spared`: how many were left because they are protected or still being written."""

    segments: int = 0
    size_bytes: int = 0
    spared: int = 0

    def __add__(self, other: Doomed) -> Doomed:
        return Doomed(self.segments + other.segments, self.size_bytes + other.size_bytes, self.spared + other.spared)


@dataclass(slots=True)
class Pending:
    segments: int
    size_bytes: int


@dataclass(slots=True)
class Swept:
    """`failures`: volume or file, and why it could not be deleted; those stay doomed for the next time."""

    segments: int
    size_bytes: int
    failures: list[str]


def doom(segments: QuerySet[Segment], rule: str, by: User | None = None, *, is_lost: bool = False) -> Doomed:
    """Marks what may go, in short transactions; sweep_doomed() does the rest. Nobody dooms what is protected or still being written.

    `rule` is what the account of the camera will say. `is_lost`: the files are gone already, there is nothing to protect.
    """
    total = Doomed()
    # What is of one stream goes together: fewer sums and entries of the account to write in a transaction.
    ids = list(segments.filter(doomed_by="").order_by("camera_id", "role", "started_at_ms").values_list("pk", flat=True))
    for at in range(0, len(ids), ROWS_PER_TRANSACTION):
        total += _doom(ids[at : at + ROWS_PER_TRANSACTION], rule, by, is_lost=is_lost)
    return total


def sweep_doomed(*, budget_s: float = 60.0) -> Swept:
    """Deletes what is doomed on the volumes that are there. Goes on where a crash stopped it; may run twice at once."""
    deadline_s = time.monotonic() + budget_s
    swept = Swept(0, 0, [])
    ids: defaultdict[UUID, list[int]] = defaultdict(list)
    for pk, volume_id in _doomed().values_list("pk", "volume_id"):
        ids[volume_id].append(pk)
    for volume in Volume.objects.filter(pk__in=list(ids)):
        try:
            volume.directory().verify()
            with volume.directory().opened() as root:
                _sweep_volume(sorted(ids[volume.pk]), root, swept, deadline_s)
        except DirectoryError as error:
            swept.failures.append(str(error))
    for failure in swept.failures:
        complain(logger, f"not deleted: {failure}")
    return swept


def _sweep_volume(ids: Sequence[int], root: int, swept: Swept, deadline_s: float) -> None:
    for at in range(0, len(ids), ROWS_PER_TRANSACTION):
        if time.monotonic() >= deadline_s:
            return
        rows = list(Segment.objects.filter(pk__in=ids[at : at + ROWS_PER_TRANSACTION]).exclude(doomed_by="").defer("index"))
        before = swept.segments
        for _ in steps(root, rows, swept):
            pass
        if rows and swept.segments == before:
            return  # none of so many: the disk is the matter, not a file


def steps(root: int, rows: Sequence[Segment], swept: Swept) -> Generator[str, None, None]:
    """Deletes these doomed rows and their files. `root`: the volume's directory, open. Yields after each step that a crash may follow."""
    gone: list[Segment] = []
    for row in rows:
        try:
            with suppress(FileNotFoundError):
                os.unlink(row.path, dir_fd=root)
        except OSError as error:
            swept.failures.append(f"{row.volume}: {row.path}: {error.strerror}")
            continue
        gone.append(row)
        yield f"unlinked {row.path}"
    directories = sorted({str(Path(row.path).parent) for row in gone})
    for directory in directories:
        _sync(root, directory)
    yield "synced"
    ids = [row.pk for row in gone]
    try:
        for forget in on_deleted:
            forget(ids)
    except OSError as error:
        swept.failures.append(f"what belongs to {len(ids)} deleted segments: {error}")
        return
    yield "forgotten"
    Segment.objects.filter(pk__in=ids).exclude(doomed_by="").delete()
    swept.segments += len(gone)
    swept.size_bytes += sum(row.size_bytes for row in gone)
    yield "rows deleted"
    for directory in directories:
        if remove_if_empty(root, directory):
            yield f"removed {directory}"


def remove_if_empty(root: int, directory: str) -> bool:
    """`directory`: a day's. Today's stays, the recorder may be about to make a file in it."""
    if Path(directory).name >= datetime.now(UTC).date().isoformat():
        return False
    try:
        os.rmdir(directory, dir_fd=root)
    except OSError:  # not empty, or gone already
        return False
    _sync(root, str(Path(directory).parent))
    return True


def _sync(root: int, directory: str) -> None:
    """Raises OSError, but not for a directory that is gone with all that was in it."""
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=root)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def pending() -> dict[str, Pending]:
    """What is doomed but still on the disk, per volume id."""
    totals: defaultdict[str, Pending] = defaultdict(lambda: Pending(0, 0))
    for volume_id, size_bytes in _doomed().values_list("volume_id", "size_bytes").iterator():
        total = totals[str(volume_id)]
        total.segments += 1
        total.size_bytes += size_bytes
    return dict(totals)


def _doomed() -> QuerySet[Segment]:
    """Goes by the small index of those alone; a query that also names the volume, or wants an order, would read a larger one."""
    return Segment.objects.exclude(doomed_by="")


@transaction.atomic
def _doom(ids: Sequence[int], rule: str, by: User | None, *, is_lost: bool) -> Doomed:
    rows = list(Segment.objects.select_for_update().filter(pk__in=ids, doomed_by="").order_by("pk").defer("index"))
    protected = {} if is_lost else _protections({row.camera_id for row in rows})
    doomed = [row for row in rows if is_lost or (row.is_finished and not _is_protected(row, protected.get(row.camera_id, [])))]
    Segment.objects.filter(pk__in=[row.pk for row in doomed]).update(doomed_by=rule)
    balance = Balance()
    spans: defaultdict[tuple[int, str], list[Span]] = defaultdict(list)
    for row in doomed:
        balance.remove(footage_of(row))
        if row.camera_id is not None:
            spans[row.camera_id, row.role].append(Span(row.started_at_ms, row.ended_at_ms))
    balance.book()
    for (camera_id, role), its_spans in sorted(spans.items()):
        for span in joined(its_spans, tolerance_ms=JOIN_MS):
            _note(camera_id, role, span, rule, by)
    return Doomed(len(doomed), sum(row.size_bytes for row in doomed), len(rows) - len(doomed))


def _protections(camera_ids: set[int | None]) -> dict[int | None, list[Span]]:
    found: defaultdict[int | None, list[Span]] = defaultdict(list)
    for camera_id, start_ms, end_ms in Protection.objects.filter(camera_id__in=camera_ids - {None}).values_list(
        "camera_id", "start_ms", "end_ms"
    ):
        found[camera_id].append(Span(start_ms, end_ms))
    return found


def _is_protected(row: Segment, protected: list[Span]) -> bool:
    return any(row.started_at_ms < span.end_ms and row.ended_at_ms > span.start_ms for span in protected)


def _note(camera_id: int, role: str, span: Span, rule: str, by: User | None) -> None:
    """One row for what lies together: the neighbours of the same rule and person are taken in."""
    same = Deletion.objects.filter(camera_id=camera_id, role=role, rule=rule, by=by)
    near = list(same.filter(start_ms__lte=span.end_ms + JOIN_MS).order_by("-start_ms")[:_MOST_NEIGHBOURS])
    neighbours = [row for row in reversed(near) if row.end_ms >= span.start_ms - JOIN_MS]
    if not neighbours:
        Deletion.objects.create(camera_id=camera_id, role=role, start_ms=span.start_ms, end_ms=span.end_ms, rule=rule, by=by)
        return
    first = neighbours[0]
    first.start_ms = min(first.start_ms, span.start_ms)
    first.end_ms = max([span.end_ms, *(row.end_ms for row in neighbours)])
    first.save(update_fields=["start_ms", "end_ms"])
    if len(neighbours) > 1:
        Deletion.objects.filter(pk__in=[row.pk for row in neighbours[1:]]).delete()

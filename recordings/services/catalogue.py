"""The catalogue follows the files: a row is made, grown and finished from what its file says, however often and by however many at once.

    catalogue_file   one file: the recorder says that it began or ended
    sweep            all rows that are not finished: makes the newest footage playable within seconds

Opening files costs no transaction; what was read is written by compare-and-set in short ones. Files whose message was lost are found by
discovery.py.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, transaction

from cameras.models import Camera
from recordings.directory import DirectoryError, is_segment_path
from recordings.models import Segment, Volume
from recordings.rules.fragments import Fragment, Scan, SegmentFormatError, from_bytes, to_bytes, to_gops
from recordings.rules.growth import is_over
from recordings.segment_file import is_being_written, scan_file
from recordings.segment_header import SegmentHeader, SegmentHeaderError, parse_header
from recordings.services.complaints import complain
from recordings.services.coverage import Balance, footage_of
from streaming.media.timing import to_ms

logger = logging.getLogger(__name__)
ROWS_PER_TRANSACTION = 10
_ATTEMPTS = 5


class ForeignFileError(ValueError):
    """The file is no segment of this installation. The message says why."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says now, and by when it was last changed."""

    scan: Scan
    file_bytes: int
    modified_at_ms: int


def catalogue_file(volume: Volume, path: str, *, is_finished: bool = False, afresh: bool = False) -> Segment | None:
    """The row of a file, as new as the file; None for a file that is not there, holds no whole init segment, or is being deleted.

    `is_finished`: nobody writes to it any more. `afresh`: read wholly, though the row may say how far it is known. Raises OSError,
    ForeignFileError, and ValueError for a file or an index that is damaged.
    """
    if not is_segment_path(path):
        raise ForeignFileError(f"{path} is not named as a segment is")
    for _ in range(_ATTEMPTS):
        row = Segment.objects.filter(volume=volume, path=path).first()
        if row is not None and row.doomed_by:
            return None
        reading = read(Path(volume.path), path, None if afresh else row)
        if reading is None:
            return None
        if row is None:
            if (made := _make(volume, path, reading, is_finished=is_finished)) is not None:
                return made
        elif (changed := _changed(row, reading, is_finished=is_finished or row.is_finished)) is None:
            return row
        elif write([(row, changed)]):
            return changed
    return Segment.objects.filter(volume=volume, path=path, doomed_by="").first()  # others are at it, and they have read it too


def sweep(*, now_ms: int | None = None) -> int:
    """Grows every row that is not finished; returns how many changed. What can't be read is logged and left for the next time."""
    now_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    roots = {volume.pk: Path(volume.path) for volume in reachable_volumes()}
    changes: list[tuple[Segment, Segment]] = []
    for row in growing_rows():
        if row.volume_id not in roots:
            continue
        try:
            reading = read(roots[row.volume_id], row.path, row)
            changed = _seen(roots[row.volume_id], row, reading, now_ms)
        except (OSError, ValueError) as error:
            complain(logger, f"{row.path} cannot be read: {error}")
            continue
        if changed is not None:
            changes.append((row, changed))
    return sum(write(changes[at : at + ROWS_PER_TRANSACTION]) for at in range(0, len(changes), ROWS_PER_TRANSACTION))


def growing_rows() -> list[Segment]:
    """By the small index of those alone: a query that also names the volume, or wants an order of its own, would read a larger one."""
    return sorted(Segment.objects.filter(is_finished=False, doomed_by=""), key=lambda row: row.pk)


def reachable_volumes() -> list[Volume]:
    """Those whose directory is there and ours; of the others nothing is known, and nothing must be concluded."""
    found = []
    for volume in Volume.objects.all():
        try:
            volume.directory().identify()
        except DirectoryError as error:
            logger.debug("the catalogue leaves out %s: %s", volume, error)
        else:
            found.append(volume)
    return found


def read(root: Path, path: str, row: Segment | None) -> Reading | None:
    """Goes on where the row's index stops, when there is one. None for a file that is not there or has no whole init segment yet.

    Raises OSError.
    """
    try:
        stat = (root / path).stat()
        resume = None
        if row is not None and row.size_bytes <= stat.st_size:
            resume = Scan(row.init_bytes, b"", from_bytes(bytes(row.index)), row.size_bytes)
            if row.size_bytes == stat.st_size:
                return Reading(resume, stat.st_size, stat.st_mtime_ns // 1_000_000)
        return Reading(scan_file(root / path, resume=resume), stat.st_size, stat.st_mtime_ns // 1_000_000)
    except FileNotFoundError:
        return None
    except SegmentFormatError:
        if row is not None:
            raise
        return None


def write(changes: Sequence[tuple[Segment, Segment]]) -> int:
    """Rows (as they were read, as they should be), each by compare-and-set together with the sums of its days; how many it was."""
    written = 0
    try:
        with transaction.atomic():
            balance = Balance()
            for old, new in changes:
                unchanged = Segment.objects.filter(
                    pk=old.pk, size_bytes=old.size_bytes, ended_at_ms=old.ended_at_ms, is_finished=old.is_finished, doomed_by=""
                )
                if unchanged.update(
                    size_bytes=new.size_bytes,
                    started_at_ms=new.started_at_ms,
                    ended_at_ms=new.ended_at_ms,
                    init_bytes=new.init_bytes,
                    index=new.index,
                    is_finished=new.is_finished,
                ):
                    balance.remove(footage_of(old))
                    balance.add(footage_of(new))
                    written += 1
            balance.book()
    except IntegrityError as error:  # a camera was deleted in between; its segments have no camera from now on
        logger.info("catalogued again later: %s", error)
        return 0
    return written


def _make(volume: Volume, path: str, reading: Reading, *, is_finished: bool) -> Segment | None:
    """None when somebody else made it first, or the camera went away just now."""
    header = header_of(volume, reading.scan)
    row = Segment(
        camera_id=header.camera_id if Camera.objects.filter(pk=header.camera_id).exists() else None,
        role=header.role,
        volume=volume,
        path=path,
        started_at_ms=header.started_at_ms,
        started_90k=header.started_90k,
        generation=header.generation,
        video_codec=header.video_codec,
        audio_codec=header.audio_codec,
        width_px=header.width_px,
        height_px=header.height_px,
        is_finished=is_finished,
    )
    fill(row, reading.scan)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            balance = Balance()
            balance.add(footage_of(row))
            balance.book()
    except IntegrityError:
        return None
    return row


def header_of(volume: Volume, scan: Scan) -> SegmentHeader:
    """Raises ForeignFileError: another program's file, or another installation's."""
    try:
        header = parse_header(scan.header_payload)
    except SegmentHeaderError as error:
        raise ForeignFileError(str(error)) from error
    owner = UUID(header.directory_id)
    if owner != volume.pk and not Volume.objects.filter(pk=owner).exists():
        raise ForeignFileError(f"recorded for another installation's directory {owner}")
    return header


def fill(row: Segment, scan: Scan) -> None:
    """What a row takes from the file's fragments."""
    gops = to_gops(scan.fragments)
    row.init_bytes, row.size_bytes, row.index = scan.init_bytes, scan.whole_bytes, to_bytes(gops)
    row.ended_at_ms = row.started_at_ms + duration_ms(gops)


def duration_ms(gops: Sequence[Fragment]) -> int:
    return to_ms(gops[-1].start_90k + gops[-1].duration_90k) if gops else 0


def differs(row: Segment, scan: Scan) -> bool:
    new = _copy(row)
    fill(new, scan)
    return _state(new) != _state(row)


def _seen(root: Path, row: Segment, reading: Reading | None, now_ms: int) -> Segment | None:
    if reading is not None:
        return _changed(row, reading, is_finished=_is_over(root, row, reading, now_ms))
    logger.warning("%s is gone from %s", row.path, root)  # check_recordings settles it
    new = _copy(row)
    new.is_finished = True
    return new


def _changed(row: Segment, reading: Reading, *, is_finished: bool) -> Segment | None:
    """The row as it should be; None when it is."""
    new = _copy(row)
    fill(new, reading.scan)
    new.is_finished = is_finished
    return None if _state(new) == _state(row) else new


def _state(row: Segment) -> tuple[int, int, int, bytes, bool]:
    return row.size_bytes, row.ended_at_ms, row.init_bytes, bytes(row.index), row.is_finished


def _copy(row: Segment) -> Segment:
    return Segment(**{field.attname: getattr(row, field.attname) for field in Segment._meta.concrete_fields})


def _is_over(root: Path, row: Segment, reading: Reading, now_ms: int) -> bool:
    """What is quiet for long may still be open: some cameras send a picture every few seconds."""
    times = {"now_ms": now_ms, "modified_at_ms": reading.modified_at_ms, "ended_at_ms": row.ended_at_ms}
    if not is_over(**times, has_successor=True) or is_being_written(root / row.path):
        return False
    if is_over(**times, has_successor=False):
        return True
    return Segment.objects.filter(camera=row.camera_id, role=row.role, started_at_ms__gt=row.started_at_ms).exists()

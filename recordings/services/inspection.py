"""What is wrong between the catalogue and one volume's disk. Reads only."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from recordings.directory import IDENTITY_FILE, is_segment_path
from recordings.models import Segment, Volume
from recordings.rules.days import span_of
from recordings.rules.fragments import SegmentFormatError, from_bytes
from recordings.segment_file import NEW_DIRECTORY, is_being_written, scan_file
from recordings.services import catalogue, discovery

# A file with fragments has a whole init segment in front of them; what is smaller than this and has none was cut off while it was made.
_LARGEST_INIT_BYTES = 16 * 1024
_OWN_NAMES = frozenset({IDENTITY_FILE, NEW_DIRECTORY, "lost+found"})
_CAMERA = re.compile(r"camera-\d+", re.ASCII)


class Kind(StrEnum):
    ROW_WITHOUT_FILE = "row without file"
    FILE_WITHOUT_ROW = "file without row"
    TORN_TAIL = "torn tail"
    WRONG_ROW = "row differs from its file"
    LEFT_UNFINISHED = "left unfinished"
    LOST_FOOTAGE = "file that lost its footage"
    NO_FOOTAGE = "file without footage"
    DOOMED = "not deleted to the end"
    UNREADABLE = "unreadable file"
    FOREIGN = "foreign file"

    @property
    def is_repairable(self) -> bool:
        return self not in (Kind.UNREADABLE, Kind.FOREIGN)

    @property
    def is_loss(self) -> bool:
        """Repairing it gives up a row that had footage."""
        return self in (Kind.ROW_WITHOUT_FILE, Kind.LOST_FOOTAGE)


@dataclass(frozen=True, slots=True)
class Finding:
    """`path` is relative to the volume; `row` is None where there is none."""

    kind: Kind
    path: str
    detail: str = ""
    row: int | None = None


def inspect_outside(root: Path) -> Iterator[Finding]:
    """What is not ours: reported, never touched."""
    for entry in sorted(root.iterdir()):
        if entry.name in _OWN_NAMES:
            continue
        if not (_CAMERA.fullmatch(entry.name) and entry.is_dir()):
            yield Finding(Kind.FOREIGN, entry.name)
            continue
        for role in sorted(entry.iterdir()):
            if role.name not in ("main", "sub") or not role.is_dir():
                yield Finding(Kind.FOREIGN, role.relative_to(root).as_posix())
                continue
            for day in sorted(role.iterdir()):
                yield from _foreign_in(root, day)


def inspect_day(volume: Volume, day: date, *, is_deep: bool = False) -> Iterator[Finding]:
    """Of the rows and files of one day."""
    span = span_of(day)
    rows = Segment.objects.filter(volume=volume, started_at_ms__gte=span.start_ms, started_at_ms__lt=span.end_ms)
    by_path = {row.path: row for row in rows.iterator()}
    for path in sorted(by_path.keys() | set(discovery.names_of(Path(volume.path), day))):
        # A file may lie on another day than its header says.
        row = by_path.get(path) or Segment.objects.filter(volume=volume, path=path).first()
        yield from inspect(volume, path, row, is_deep=is_deep)


def inspect(volume: Volume, path: str, row: Segment | None, *, is_deep: bool = False) -> Iterator[Finding]:
    try:
        yield from _inspect_file(volume, path) if row is None else _inspect_row(Path(volume.path), row, is_deep=is_deep)
    except OSError as error:
        yield Finding(Kind.UNREADABLE, path, error.strerror or str(error))


def _foreign_in(root: Path, day: Path) -> Iterator[Finding]:
    try:
        date.fromisoformat(day.name)
        with os.scandir(day) as entries:
            names = sorted(entry.name for entry in entries)
    except (ValueError, NotADirectoryError):
        yield Finding(Kind.FOREIGN, day.relative_to(root).as_posix())
        return
    for name in names:
        path = (day / name).relative_to(root).as_posix()
        if not is_segment_path(path):
            yield Finding(Kind.FOREIGN, path)


def _inspect_file(volume: Volume, path: str) -> Iterator[Finding]:
    file = Path(volume.path) / path
    try:
        stat = file.stat()
        is_open = is_being_written(file)
        scan = scan_file(file)
        catalogue.header_of(volume, scan)
    except FileNotFoundError:
        return  # deleted just now
    except catalogue.ForeignFileError as error:
        yield Finding(Kind.FOREIGN, path, str(error))
        return
    except SegmentFormatError as error:
        if is_open:
            return  # being made just now
        if stat.st_size > _LARGEST_INIT_BYTES:
            yield Finding(Kind.UNREADABLE, path, str(error))
        else:
            yield Finding(Kind.NO_FOOTAGE if _is_begun_as_ours(file) else Kind.FOREIGN, path, str(error))
        return
    if not scan.fragments and not is_open:
        yield Finding(Kind.NO_FOOTAGE, path)
        return
    yield Finding(Kind.FILE_WITHOUT_ROW, path)
    if stat.st_size > scan.whole_bytes and not is_open:
        yield Finding(Kind.TORN_TAIL, path, f"{stat.st_size - scan.whole_bytes} bytes")


def _is_begun_as_ours(file: Path) -> bool:
    """Of a file without a whole head: nothing, zeros that a power cut left, or the beginning of what the recorder writes first.

    Anything else somebody may want to keep, whatever it is called.
    """
    with file.open("rb") as opened:
        head = opened.read(_LARGEST_INIT_BYTES)
    return not any(head) or head[4:8] == b"ftyp"


def _inspect_row(root: Path, row: Segment, *, is_deep: bool) -> Iterator[Finding]:
    if row.doomed_by:
        yield Finding(Kind.DOOMED, row.path, row.doomed_by, row.pk)
        return
    file = root / row.path
    try:
        size_bytes = file.stat().st_size
        is_open = is_being_written(file) and (not row.is_finished or size_bytes != row.size_bytes)
    except FileNotFoundError:
        yield Finding(Kind.ROW_WITHOUT_FILE, row.path, "", row.pk)
        return
    if is_open:
        return
    if row.is_finished and size_bytes == row.size_bytes and _is_consistent(row) and not is_deep:
        return
    try:
        scan = scan_file(file)
    except SegmentFormatError as error:
        kind = Kind.LOST_FOOTAGE if size_bytes < row.init_bytes else Kind.UNREADABLE
        yield Finding(kind, row.path, str(error), row.pk)
        return
    if not scan.fragments:
        yield Finding(Kind.LOST_FOOTAGE if row.ended_at_ms > row.started_at_ms else Kind.NO_FOOTAGE, row.path, "", row.pk)
        return
    if not row.is_finished:
        yield Finding(Kind.LEFT_UNFINISHED, row.path, "", row.pk)
    elif catalogue.differs(row, scan):
        yield Finding(Kind.WRONG_ROW, row.path, f"{row.size_bytes} bytes in the row, {scan.whole_bytes} in the file", row.pk)
    if size_bytes > scan.whole_bytes:
        yield Finding(Kind.TORN_TAIL, row.path, f"{size_bytes - scan.whole_bytes} bytes", row.pk)


def _is_consistent(row: Segment) -> bool:
    """Whether index, size and end say the same. Empty segments are looked at."""
    try:
        gops = from_bytes(bytes(row.index))
    except ValueError:
        return False
    if not gops or gops[0].offset_bytes != row.init_bytes:
        return False
    last = gops[-1]
    duration_ms = catalogue.duration_ms(gops)
    return last.offset_bytes + last.size_bytes == row.size_bytes and row.started_at_ms + duration_ms == row.ended_at_ms

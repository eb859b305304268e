"""Reads the recorder's journal into the database, each line once: a line is known by its day and the byte at which it begins."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cameras.models import Camera
from recordings.journal import Note
from recordings.models import RecordingNote

logger = logging.getLogger(__name__)
_LINES_AT_ONCE = 500
_READ_AT_ONCE_BYTES = 256 * 1024
_NEWEST_FILES = 2
_RECENT_S = 3600


@dataclass(frozen=True, slots=True)
class Line:
    offset_bytes: int
    note: Note


def read_journal(directory: Path, *, everything: bool = False) -> int:
    """Reads on where the known lines of each day end; returns how many new ones there were.

    Without `everything` only in the newest files and those that were written to in the last hour: a clock that was set back writes to an
    older day.
    """
    files = sorted(directory.glob("????-??-??.jsonl"))
    if not everything:
        recent_s = time.time() - _RECENT_S
        files = [path for path in files[:-_NEWEST_FILES] if path.stat().st_mtime > recent_s] + files[-_NEWEST_FILES:]
    return sum(_read_day(path) for path in files)


def _read_day(path: Path) -> int:
    day = date.fromisoformat(path.stem)
    total = 0
    offset = _known_until(day)
    with path.open("rb") as file:
        while True:
            file.seek(offset)
            data = file.read(_READ_AT_ONCE_BYTES)
            whole = data.rfind(b"\n") + 1  # a line is written in one go, but may not be there wholly yet
            if not whole:
                return total
            lines = parse_lines(data[:whole], offset)
            total += sum(_keep(day, lines[at : at + _LINES_AT_ONCE]) for at in range(0, len(lines), _LINES_AT_ONCE))
            offset += whole


def parse_lines(data: bytes, offset_bytes: int) -> list[Line]:
    """Whole lines; those that can't be read are left out."""
    found = []
    for line in data.splitlines(keepends=True):
        try:
            found.append(Line(offset_bytes, _note(line)))
        except (ValueError, TypeError):
            logger.warning("the journal holds an unreadable line at byte %s", offset_bytes)
        offset_bytes += len(line)
    return found


def _note(line: bytes) -> Note:
    """Raises ValueError, TypeError. A power cut may leave zeros in front of a line."""
    note = Note(**json.loads(line.strip(b"\0\r\n ")))
    if not all(type(number) is int for number in (note.at_ms, note.camera_id)):
        raise TypeError("times and cameras are whole numbers")
    if not all(isinstance(text, str) for text in (note.role, note.kind, note.reason)):
        raise TypeError("role, kind and reason are texts")
    return note


def _known_until(day: date) -> int:
    """The byte at which the last line known begins: reading it again finds that it is known."""
    last = RecordingNote.objects.filter(line__gte=_line_id(day, 0), line__lte=_line_id(day, 10**12 - 1)).order_by("-line")
    line = last.values_list("line", flat=True).first()
    return int(line.rpartition(":")[2]) if line else 0


def _keep(day: date, lines: list[Line]) -> int:
    cameras = set(Camera.objects.filter(pk__in={line.note.camera_id for line in lines}).values_list("pk", flat=True))
    rows = [
        RecordingNote(
            camera_id=line.note.camera_id,
            role=line.note.role[:4],
            at_ms=line.note.at_ms,
            kind=line.note.kind[:20],
            reason=line.note.reason[:300],
            line=_line_id(day, line.offset_bytes),
        )
        for line in lines
        if line.note.camera_id in cameras
    ]
    known = set(RecordingNote.objects.filter(line__in=[row.line for row in rows]).values_list("line", flat=True))
    new = [row for row in rows if row.line not in known]
    RecordingNote.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _line_id(day: date, offset_bytes: int) -> str:
    """Sorts by place."""
    return f"{day.isoformat()}:{offset_bytes:012d}"

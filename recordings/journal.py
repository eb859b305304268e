"""Why there is no footage: a line per change, kept on the system disk so that it can be told even when the recording disk is what failed.

One JSON object a line in NVR_DATA_DIR/journal/YYYY-MM-DD.jsonl (UTC): {"at_ms", "camera_id", "role", "kind", "reason"}. `kind` is
"recording" when footage begins, else why it ends: camera_down, write_failure, overload, schedule_off, off. The accounting
(rules/accounting.py) reads it by day.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

logger = logging.getLogger(__name__)
_LONGEST_QUEUE = 10_000


@dataclass(frozen=True, slots=True)
class Note:
    at_ms: int
    camera_id: int
    role: str
    kind: str
    reason: str = ""


class Journal:
    """note() returns at once; a thread of its own writes and syncs. Notes that can't be written wait, bounded, until they can."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._queue: queue.Queue[Note | None] = queue.Queue(_LONGEST_QUEUE)
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._stop = threading.Event()

    def start(self) -> None:
        self._thread.start()

    def note(self, note: Note) -> None:
        try:
            self._queue.put_nowait(note)
        except queue.Full:
            logger.error("the journal's queue is full; lost: %s", note)

    def close(self) -> None:
        """Waits up to 2 s for what is queued."""
        self._stop.set()
        try:
            self._queue.put_nowait(None)
        except queue.Full:
            return
        self._thread.join(2)

    def _run(self) -> None:
        while (note := self._queue.get()) is not None:
            notes = [note]
            while len(notes) < 500 and not self._queue.empty():
                more = self._queue.get_nowait()
                if more is None:
                    self._write(notes)
                    return
                notes.append(more)
            self._write(notes)

    def _write(self, notes: list[Note]) -> None:
        while True:
            try:
                append_notes(self._directory, notes)
            except OSError as error:
                logger.error("the journal cannot be written: %s", error)
                if self._stop.wait(5):
                    return
            else:
                return


def append_notes(directory: Path, notes: list[Note]) -> None:
    """Raises OSError."""
    directory.mkdir(parents=True, exist_ok=True)
    by_day: dict[date, list[Note]] = {}
    for note in notes:
        by_day.setdefault(_day_of(note.at_ms), []).append(note)
    for day, its_notes in by_day.items():
        with (directory / f"{day.isoformat()}.jsonl").open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(note), separators=(",", ":")) + "\n" for note in its_notes)
            file.flush()
            os.fdatasync(file.fileno())


def read_notes(directory: Path, day: date) -> Iterator[Note]:
    """The notes of one UTC day in the order they were written; a torn last line is left out."""
    try:
        lines = (directory / f"{day.isoformat()}.jsonl").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            yield Note(**json.loads(line))
        except (ValueError, TypeError):
            logger.warning("the journal of %s holds an unreadable line", day)


def _day_of(at_ms: int) -> date:
    return datetime.fromtimestamp(at_ms / 1000, UTC).date()

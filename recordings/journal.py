"""Why there is no footage: a line per change, kept on the system disk so that it can be told even when the recording disk is what failed.

One JSON object a line in NVR_DATA_DIR/journal/YYYY-MM-DD.jsonl (UTC): {"at_ms", "camera_id", "role", "kind", "reason"}. `kind` is
"recording" when footage begins, else why it ends: camera_down, write_failure, overload, schedule_off, off, not_running, clock_set. The
accounting (rules/accounting.py) reads it by day.

Beside them lies `alive`, written anew every two seconds: when the recorder was last there, and since when. What it finds at its start tells
from when on it was not.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

logger = logging.getLogger(__name__)
ALIVE_EVERY_S = 2.0
_LONGEST_QUEUE = 10_000
_NOTES_AT_ONCE = 500
_RETRY_S = 5.0
_ALIVE_FILE = "alive"


@dataclass(frozen=True, slots=True)
class Note:
    at_ms: int
    camera_id: int
    role: str
    kind: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LastWords:
    """When the recorder was last there, whether it was stopped on purpose, and when it had been started (0: unknown)."""

    at_ms: int
    was_stopped: bool
    started_at_ms: int = 0


class Journal:
    """note() returns at once; a thread of its own writes and syncs. Notes that can't be written wait, bounded, until they can."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._queue: queue.Queue[Note] = queue.Queue(_LONGEST_QUEUE)
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._alive_at_s = 0.0
        self._started_at_ms = time.time_ns() // 1_000_000
        self._is_away = False
        self.last_words = read_last_words(directory)

    def start(self) -> None:
        self._thread.start()

    def note(self, note: Note) -> None:
        try:
            self._queue.put_nowait(note)
        except queue.Full:
            logger.error("the journal's queue is full; lost: %s", note)
        self._wake.set()

    def close(self, timeout_s: float = 2.0) -> None:
        """Writes what is queued and that the recorder was stopped, within the timeout."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        pending: list[Note] = []
        while not self._stopping.is_set():
            self._wake.wait(ALIVE_EVERY_S)
            self._wake.clear()
            pending = self._write(pending)
            if pending:
                self._stopping.wait(_RETRY_S)
        self._write(pending, is_last=True)

    def _write(self, pending: list[Note], *, is_last: bool = False) -> list[Note]:
        """What could not be written."""
        try:
            while pending := pending or self._taken():
                append_notes(self._directory, pending)
                pending = []
            if is_last or time.monotonic() - self._alive_at_s >= ALIVE_EVERY_S:
                _write_alive(self._directory, LastWords(time.time_ns() // 1_000_000, is_last, self._started_at_ms))
                self._alive_at_s = time.monotonic()
        except OSError as error:
            if not self._is_away:
                logger.error("the journal cannot be written, tried again until it can: %s", error)
            self._is_away = True
            return pending
        if self._is_away:
            logger.warning("the journal can be written again")
        self._is_away = False
        return []

    def _taken(self) -> list[Note]:
        notes: list[Note] = []
        with contextlib.suppress(queue.Empty):
            while len(notes) < _NOTES_AT_ONCE:
                notes.append(self._queue.get_nowait())
        return notes


def append_notes(directory: Path, notes: list[Note]) -> None:
    """All of a day or none. Raises OSError."""
    directory.mkdir(parents=True, exist_ok=True)
    by_day: dict[date, list[Note]] = {}
    for note in notes:
        by_day.setdefault(_day_of(note.at_ms), []).append(note)
    for day, its_notes in by_day.items():
        lines = "".join(json.dumps(asdict(note), separators=(",", ":")) + "\n" for note in its_notes)
        _append(directory / f"{day.isoformat()}.jsonl", lines.encode())


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


def read_last_words(directory: Path) -> LastWords | None:
    """None before the first start, and when the file can't be read."""
    try:
        found = json.loads((directory / _ALIVE_FILE).read_text(encoding="utf-8"))
        return LastWords(int(found["at_ms"]), bool(found["was_stopped"]), int(found.get("started_at_ms", 0)))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("when the recorder was last there can't be read: %s", error)
        return None


def _append(path: Path, lines: bytes) -> None:
    """What a full disk left half written is cut off; what a power cut left without its end gets a line of its own."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            lines = b"\n" + lines
        try:
            rest = memoryview(lines)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            os.fdatasync(descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, size)
            raise
    finally:
        os.close(descriptor)


def _write_alive(directory: Path, words: LastWords) -> None:
    """Replaced as a whole, so that it is never torn."""
    directory.mkdir(parents=True, exist_ok=True)
    temporary = directory / f"{_ALIVE_FILE}.new"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(asdict(words), file)
        file.flush()
        os.fdatasync(file.fileno())
    temporary.replace(directory / _ALIVE_FILE)


def _day_of(at_ms: int) -> date:
    return datetime.fromtimestamp(at_ms / 1000, UTC).date()

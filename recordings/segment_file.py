"""Appends fragments to one segment file and makes them durable.

A file is created with its whole init segment, synced, and its directory entry synced, before the first fragment; so a file that exists is
a segment. Fragments follow in one write each; after a crash everything up to the last whole one is there (rules/fragments.py finds it).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from recordings.rules.fragments import Scan, scan


class SegmentFile:
    """Used by one writer thread; sync() may run in another."""

    def __init__(self, path: Path, init: bytes) -> None:
        """Raises OSError; FileExistsError when the name is taken."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o640)
        self._closing = threading.Lock()
        self.size_bytes = 0
        self.is_dirty = False
        try:
            self.append([init])
            os.fsync(self._descriptor)
            sync_directory(path.parent)
        except OSError:
            os.close(self._descriptor)
            raise
        self.is_dirty = False

    def append(self, pieces: Sequence[bytes]) -> None:
        """Writes all or cuts what it wrote off again, so that a full disk leaves no torn fragment. Raises OSError."""
        expected = sum(len(piece) for piece in pieces)
        self.is_dirty = True
        try:
            written = os.writev(self._descriptor, pieces)
            if written < expected:
                rest = memoryview(b"".join(pieces))[written:]
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            os.ftruncate(self._descriptor, self.size_bytes)
            raise
        self.size_bytes += expected

    def sync(self) -> None:
        """Blocks until what was appended before the call is on the disk. Raises OSError."""
        with self._closing:
            if self._descriptor < 0:
                return  # close() has synced
            self.is_dirty = False
            os.fdatasync(self._descriptor)

    def close(self) -> None:
        """Raises OSError when the last bytes could not be made durable; the file is closed all the same."""
        try:
            if self.is_dirty:
                self.sync()
        finally:
            with self._closing:
                os.close(self._descriptor)
                self._descriptor = -1


def sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def scan_file(path: Path, *, resume: Scan | None = None) -> Scan:
    """Raises OSError, and SegmentFormatError for a file without a whole init segment."""
    with path.open("rb", buffering=0) as file:

        def read_at(offset: int, count: int) -> bytes:
            return os.pread(file.fileno(), count, offset)

        return scan(read_at, os.fstat(file.fileno()).st_size, resume=resume)


def cut_torn_tail(path: Path, whole_bytes: int) -> int:
    """Removes what is behind the last whole fragment; returns how many bytes. Raises OSError."""
    with path.open("r+b") as file:
        torn = os.fstat(file.fileno()).st_size - whole_bytes
        if torn > 0:
            file.truncate(whole_bytes)
            os.fsync(file.fileno())
    return max(torn, 0)

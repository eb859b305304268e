"""Appends fragments to one segment file and makes them durable.

A file is made in a directory for new ones, with its init segment and its first fragment. The first sync() makes it durable and then gives
it its name: whatever is named as a segment holds footage, after a kill and after a power cut. Further fragments follow in one write each;
after a crash everything up to the last whole one is there (rules/fragments.py finds it).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from recordings.rules.fragments import Scan, scan

# In each recording directory: files that have no name yet, for some milliseconds each.
NEW_DIRECTORY = ".nvr-new"
# writev(2) takes IOV_MAX (1024) pieces at most.
_PIECES_AT_ONCE = 1000
_LONGEST_SILENCE_S = 600
_numbers = count()


class SegmentFile:
    """append() belongs to one writer thread; sync() and close() may run in others. `synced_bytes` of it are on the disk for certain."""

    def __init__(self, path: Path, pieces: Sequence[bytes], *, root: int) -> None:
        """`root` is the open recording directory, `path` relative to it. A clock that was set back may ask for a name that is taken: then
        `path` is another one after the first sync. Raises OSError; nothing is left behind then but directories.
        """
        self.path = path
        self.size_bytes = self.synced_bytes = 0
        self._new_name = f"{os.getpid()}-{next(_numbers)}"
        self._new_directory = self._descriptor = -1
        self._unsynced_directories: list[int] = []
        self._syncing = threading.Lock()
        try:
            self._new_directory = _opened(NEW_DIRECTORY, root)
            self._make_directories(path.parent, root)
            self._create(pieces)
        except OSError:
            self._close_descriptors()
            raise

    @property
    def is_dirty(self) -> bool:
        return self.synced_bytes < self.size_bytes

    def append(self, pieces: Sequence[bytes]) -> None:
        """Writes all or cuts what it wrote off again, so that a full disk leaves no torn fragment. Raises OSError."""
        try:
            written = self._write(pieces)
        except OSError:
            with contextlib.suppress(OSError):  # then a torn tail is left, which is told apart when the file is read
                os.ftruncate(self._descriptor, self.size_bytes)
            raise
        self.size_bytes += written

    def sync(self) -> None:
        """Blocks until what was appended before the call is on the disk.

        Raises OSError; the file is never to be trusted after that, because the kernel forgets which pages it could not write.
        """
        with self._syncing:
            size = self.size_bytes
            if self._descriptor < 0 or size == self.synced_bytes:
                return
            if self.synced_bytes:
                os.fdatasync(self._descriptor)
            else:
                os.fsync(self._descriptor)
                self._name()
            self.synced_bytes = size

    def close(self) -> None:
        """Syncs the rest. Raises OSError when that failed; the file is closed all the same."""
        try:
            self.sync()
        finally:
            with self._syncing:
                self._close_descriptors()

    def _create(self, pieces: Sequence[bytes]) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        self._descriptor = os.open(self._new_name, flags, 0o640, dir_fd=self._new_directory)
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            self.append(pieces)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(self._new_name, dir_fd=self._new_directory)
            raise

    def _make_directories(self, path: Path, root: int) -> None:
        """Opens `path`, making what is missing of it. Each directory that gets a new entry has to be synced."""
        current = os.dup(root)
        self._unsynced_directories.append(current)
        for name in path.parts:
            is_new = not _exists(name, current)
            below = _opened(name, current)
            if not is_new:
                self._unsynced_directories.remove(current)
                os.close(current)
            self._unsynced_directories.append(below)
            current = below

    def _write(self, pieces: Sequence[bytes]) -> int:
        expected = sum(len(piece) for piece in pieces)
        if len(pieces) > _PIECES_AT_ONCE:
            pieces = [b"".join(pieces)]
        written = os.writev(self._descriptor, pieces)
        if written < expected:
            rest = memoryview(b"".join(pieces))[written:]
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        return expected

    def _name(self) -> None:
        """From here on it is a segment."""
        parent = self._unsynced_directories[-1]
        for path in names_like(self.path):
            if _moved(self._new_name, self._new_directory, path.name, parent):
                self.path = path
                break
        for directory in self._unsynced_directories:
            os.fsync(directory)
        self._close_directories()

    def _close_directories(self) -> None:
        directories, self._unsynced_directories = self._unsynced_directories, []
        if self._new_directory >= 0:
            directories.append(self._new_directory)
            self._new_directory = -1
        for directory in directories:
            os.close(directory)

    def _close_descriptors(self) -> None:
        self._close_directories()
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)


def names_like(path: Path) -> Iterator[Path]:
    """The name itself, then those for others that would have it too."""
    yield path
    yield from (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(2, 1000))
    raise FileExistsError(errno.EEXIST, "all names like this one are taken", str(path))


def _moved(name: str, directory: int, to: str, to_directory: int) -> bool:
    """False when the new name is taken. Raises OSError."""
    try:
        os.link(name, to, src_dir_fd=directory, dst_dir_fd=to_directory)
    except FileExistsError:
        return False
    except FileNotFoundError:
        raise
    except OSError:  # a file system without links
        if _exists(to, to_directory):
            return False
        os.rename(name, to, src_dir_fd=directory, dst_dir_fd=to_directory)
        return True
    os.unlink(name, dir_fd=directory)
    return True


def _exists(name: str, directory: int) -> bool:
    try:
        os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _opened(name: str, directory: int) -> int:
    """A directory below another one, made if it is missing."""
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, 0o750, dir_fd=directory)
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=directory)


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


def is_being_written(path: Path) -> bool:
    """Whether a recorder has it open: its lock goes with its process. On a file system without locks, whether it was changed in the last
    ten minutes. Raises OSError.
    """
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return abs(time.time() - os.fstat(file.fileno()).st_mtime) < _LONGEST_SILENCE_S
    return False


def cut_torn_tail(path: Path, whole_bytes: int) -> int:
    """Removes what is behind the last whole fragment; returns how many bytes. Raises OSError."""
    with path.open("r+b") as file:
        torn = os.fstat(file.fileno()).st_size - whole_bytes
        if torn > 0:
            file.truncate(whole_bytes)
            os.fsync(file.fileno())
    return max(torn, 0)

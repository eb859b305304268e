"""A recording directory: the identity file that proves the right disk is mounted, room, and where a segment goes.

The identity is written once, when an operator adds the directory. A directory without it, or with another's, gets no byte: an unmounted
disk leaves an empty mount point behind, and recording into that would fill the system disk and hide below the mount later.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from recordings.segment_file import sync_directory

IDENTITY_FILE = ".nvr-recordings.json"
_LONGEST_IDENTITY = 4096
_SEGMENT_PATH = re.compile(r"camera-\d{1,18}/(?:main|sub)/\d{4}-\d\d-\d\d/\d\d-\d\d-\d\d\.\d{3}Z(?:-\d{1,3})?\.mp4", re.ASCII)


class DirectoryError(OSError):
    """The directory can't be recorded to. The message says why, for an operator."""


class DirectoryFullError(DirectoryError):
    """Less room than is to be kept free. Deleting footage helps."""


@dataclass(frozen=True, slots=True)
class RecordingDirectory:
    """`keep_free_bytes`: recording stops before the disk has less than this left."""

    id: UUID
    path: Path
    keep_free_bytes: int

    def claim(self) -> None:
        """Makes the directory, and makes it ours. Raises DirectoryError when it is another's or can't be written."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            identity = self.path / IDENTITY_FILE
            if identity.exists() and not identity.stat().st_size:  # a claim that a crash cut short
                identity.unlink()
            with contextlib.suppress(FileExistsError), identity.open("x", encoding="utf-8") as file:
                json.dump({"id": str(self.id), "made_at": datetime.now(UTC).isoformat()}, file)
                file.flush()
                os.fsync(file.fileno())
            sync_directory(self.path)
            sync_directory(self.path.parent)
        except OSError as error:
            raise DirectoryError(f"{self.path} can't be made a recording directory: {error.strerror or error}") from error
        self.verify()

    @contextmanager
    def opened(self) -> Iterator[int]:
        """A descriptor of the directory, identified: what is made relative to it is on that disk, whatever is mounted or unmounted at this
        moment. Raises DirectoryError: missing, not mounted, or another's.
        """
        try:
            root = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise DirectoryError(f"{self.path} cannot be opened: {error.strerror}") from error
        try:
            self._identify(root)
            yield root
        finally:
            os.close(root)

    def identify(self) -> None:
        """Enough for reading. Raises DirectoryError: missing, not mounted, or another's."""
        with self.opened():
            pass

    def verify(self) -> None:
        """Before writing. Raises DirectoryError: as identify(), or read-only."""
        with self.opened() as root:
            self._check_writable(root)

    def check_room(self, root: int) -> None:
        """`root` comes from opened(). Raises DirectoryError: read-only, or too little room."""
        self._check_writable(root)
        if free_bytes(root) <= self.keep_free_bytes:
            raise DirectoryFullError(f"{self.path} is full: less than {_words(self.keep_free_bytes)} left")

    def free_bytes(self) -> int:
        """Raises OSError."""
        return shutil.disk_usage(self.path).free

    def has_room(self) -> bool:
        return self.free_bytes() > self.keep_free_bytes

    def _identify(self, root: int) -> None:
        try:
            descriptor = os.open(IDENTITY_FILE, os.O_RDONLY | os.O_CLOEXEC, dir_fd=root)
            with open(descriptor, encoding="utf-8") as file:  # noqa: PTH123 - relative to an open directory
                found = json.loads(file.read(_LONGEST_IDENTITY))["id"]
        except FileNotFoundError as error:
            raise DirectoryError(f"{self.path} holds no identity file: the disk is not mounted, or the directory was emptied") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DirectoryError(f"the identity of {self.path} cannot be read: {error}") from error
        if found != str(self.id):
            raise DirectoryError(f"{self.path} belongs to another installation or directory ({found})")

    def _check_writable(self, root: int) -> None:
        if os.fstatvfs(root).f_flag & os.ST_RDONLY:
            raise DirectoryError(f"{self.path} is on a disk that is mounted read-only")
        if not os.access(".", os.W_OK, dir_fd=root):
            raise DirectoryError(f"{self.path} is not writable for this user")


def free_bytes(descriptor: int) -> int:
    """What a user without privileges may still use of the file system. Raises OSError."""
    found = os.fstatvfs(descriptor)
    return found.f_bavail * found.f_frsize


def _words(size_bytes: int) -> str:
    return f"{size_bytes / 2**30:.1f} GB" if size_bytes >= 2**30 else f"{size_bytes // 2**20} MB"


def is_claimed(path: Path) -> bool:
    """Whether it is anybody's recording directory. Raises OSError."""
    identity = path / IDENTITY_FILE
    return identity.exists() and identity.stat().st_size > 0


def segment_path(camera_id: int, role: str, started_at_ms: int) -> Path:
    """Relative to the directory: camera-7/main/2026-11-22/14-03-22.125Z.mp4, in UTC. The name sorts by time."""
    at = datetime.fromtimestamp(started_at_ms // 1000, UTC)
    return Path(f"camera-{camera_id}", role, f"{at:%Y-%m-%d}", f"{at:%H-%M-%S}.{started_at_ms % 1000:03d}Z.mp4")


def is_segment_path(path: str) -> bool:
    """Whether segment_path() could have made it, numbered or not: what else lies in a recording directory is not ours."""
    return _SEGMENT_PATH.fullmatch(path) is not None

"""A recording directory: the identity file that proves the right disk is mounted, room, and where a segment goes.

The identity is written once, when an operator adds the directory. A directory without it, or with another's, gets no byte: an unmounted
disk leaves an empty mount point behind, and recording into that would fill the system disk and hide below the mount later.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from recordings.segment_file import sync_directory

IDENTITY_FILE = ".nvr-recordings.json"
_SEGMENT_PATH = re.compile(r"camera-\d{1,18}/(?:main|sub)/\d{4}-\d\d-\d\d/\d\d-\d\d-\d\d\.\d{3}Z\.mp4", re.ASCII)


class DirectoryError(OSError):
    """The directory can't be recorded to. The message says why, for an operator."""


@dataclass(frozen=True, slots=True)
class RecordingDirectory:
    """`keep_free_bytes`: recording stops before the disk has less than this left."""

    id: UUID
    path: Path
    keep_free_bytes: int

    def claim(self) -> None:
        """Makes the directory ours. Raises DirectoryError when it is another's."""
        self.path.mkdir(parents=True, exist_ok=True)
        identity = self.path / IDENTITY_FILE
        if identity.exists():
            self.verify()
            return
        temporary = identity.with_suffix(".new")
        with temporary.open("w", encoding="utf-8") as file:
            json.dump({"id": str(self.id), "made_at": datetime.now(UTC).isoformat()}, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(identity)
        sync_directory(self.path)

    def verify(self) -> None:
        """Raises DirectoryError: missing, not mounted, another's, or not writable."""
        try:
            found = json.loads((self.path / IDENTITY_FILE).read_text(encoding="utf-8"))["id"]
        except FileNotFoundError as error:
            raise DirectoryError(f"{self.path} holds no identity file: the disk is not mounted, or the directory was emptied") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DirectoryError(f"the identity of {self.path} cannot be read: {error}") from error
        if found != str(self.id):
            raise DirectoryError(f"{self.path} belongs to another installation or directory ({found})")
        if not os.access(self.path, os.W_OK):
            raise DirectoryError(f"{self.path} is read-only")

    def free_bytes(self) -> int:
        """Raises OSError."""
        return shutil.disk_usage(self.path).free

    def has_room(self) -> bool:
        return self.free_bytes() > self.keep_free_bytes


def segment_path(camera_id: int, role: str, started_at_ms: int) -> Path:
    """Relative to the directory: camera-7/main/2026-11-22/14-03-22.125Z.mp4, in UTC. The name sorts by time."""
    at = datetime.fromtimestamp(started_at_ms / 1000, UTC)
    return Path(f"camera-{camera_id}", role, f"{at:%Y-%m-%d}", f"{at:%H-%M-%S}.{started_at_ms % 1000:03d}Z.mp4")


def is_segment_path(path: str) -> bool:
    """Whether segment_path() could have made it: what else lies in a recording directory is not ours."""
    return _SEGMENT_PATH.fullmatch(path) is not None

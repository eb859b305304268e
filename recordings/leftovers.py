"""Segment files that a killed recorder left unnamed: those with footage get their name, the others go."""

from __future__ import annotations

import logging
import os
from itertools import count
from pathlib import Path

from recordings.directory import segment_path
from recordings.rules.fragments import SegmentFormatError
from recordings.segment_file import NEW_DIRECTORY, is_being_written, scan_file, sync_directory
from recordings.segment_header import SegmentHeader, SegmentHeaderError, parse_header

logger = logging.getLogger(__name__)


def take_in_leftovers(root: int) -> list[tuple[SegmentHeader, Path]]:
    """`root` is the open recording directory; the paths are relative to it. To be called before the first new file. Raises OSError."""
    base = Path(f"/proc/self/fd/{root}")
    found = []
    for file in sorted((base / NEW_DIRECTORY).iterdir()) if (base / NEW_DIRECTORY).is_dir() else []:
        if is_being_written(file):
            continue
        try:
            whole = scan_file(file)
            header = parse_header(whole.header_payload)
        except (SegmentFormatError, SegmentHeaderError):
            file.unlink()
            continue
        if whole.fragments:
            found.append((header, _named(base, file, header)))
        else:
            file.unlink()
    return found


def _named(base: Path, file: Path, header: SegmentHeader) -> Path:
    for number in count(1):
        path = segment_path(header.camera_id, header.role, header.started_at_ms, number)
        if not (base / path).exists():
            break
    (base / path).parent.mkdir(parents=True, exist_ok=True)
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
    file.rename(base / path)
    sync_directory((base / path).parent)
    logger.warning("%s was left unnamed by a recorder that was killed", path)
    return path

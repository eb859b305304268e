"""What a killed recorder left: files without a name, and files that end in the middle of a fragment, which many players refuse to open.

Dealt with before the first new file is made; what lies further back is for `manage.py check_recordings`.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from recordings.directory import segment_path
from recordings.rules.fragments import SegmentFormatError
from recordings.segment_file import NEW_DIRECTORY, cut_torn_tail, is_being_written, names_like, scan_file, sync_directory
from recordings.segment_header import SegmentHeader, SegmentHeaderError, parse_header

logger = logging.getLogger(__name__)
# At a cut two files of a stream are open.
_NEWEST_FILES = 2


def take_in_leftovers(root: int) -> list[tuple[SegmentHeader, Path]]:
    """Names those that hold footage, removes the others. `root` is the open recording directory; the paths are relative to it. Raises
    OSError.
    """
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


def cut_torn_tails(root: int) -> list[Path]:
    """Of each stream's newest files: reads their heads, a few milliseconds a stream. Raises OSError."""
    base = Path(f"/proc/self/fd/{root}")
    found = []
    for stream in sorted(base.glob("camera-*/*")):
        for file in _newest(stream):
            try:
                if not is_being_written(file) and cut_torn_tail(file, scan_file(file).whole_bytes):
                    found.append(file.relative_to(base))
            except (SegmentFormatError, FileNotFoundError):
                continue
    for path in found:
        logger.warning("%s ended in the middle of a fragment, which was cut off", path)
    return found


def _newest(stream: Path) -> list[Path]:
    days = sorted(stream.glob("????-??-??"))
    return sorted(file for day in days[-2:] for file in day.glob("*.mp4"))[-_NEWEST_FILES:]


def _named(base: Path, file: Path, header: SegmentHeader) -> Path:
    named = segment_path(header.camera_id, header.role, header.started_at_ms)
    path = next(path for path in names_like(named) if not (base / path).exists())
    (base / path).parent.mkdir(parents=True, exist_ok=True)
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
    file.rename(base / path)
    sync_directory((base / path).parent)
    logger.warning("%s was left unnamed by a recorder that was killed", path)
    return path

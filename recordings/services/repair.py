"""Mends one finding. Looks again before it gives anything up: between finding and mending a disk can be unmounted, a file finished."""

from __future__ import annotations

import logging
from pathlib import Path

from recordings.directory import DirectoryError
from recordings.models import Segment, Volume
from recordings.rules.fragments import SegmentFormatError
from recordings.segment_file import cut_torn_tail, is_being_written, scan_file
from recordings.services.catalogue import catalogue_file
from recordings.services.deletion import LOST, doom, sweep_doomed
from recordings.services.inspection import Finding, Kind

logger = logging.getLogger(__name__)
EMPTY = "no footage"


def repair(volume: Volume, finding: Finding) -> bool:
    """Whether it is mended. Why not is logged."""
    try:
        volume.directory().verify()
        return _repair(volume, finding)
    except (OSError, ValueError) as error:
        logger.error("%s of %s is not repaired: %s", finding.path, volume, error)
        return False


def _repair(volume: Volume, finding: Finding) -> bool:
    file = Path(volume.path) / finding.path
    match finding.kind:
        case Kind.ROW_WITHOUT_FILE:
            return not file.exists() and _is_there(volume) and _give_up(finding.row, LOST)
        case Kind.LOST_FOOTAGE:
            return _is_empty(file) and _give_up(finding.row, LOST)
        case Kind.NO_FOOTAGE:
            return _is_empty(file) and (_give_up(finding.row, EMPTY) if finding.row else _remove(file))
        case Kind.FILE_WITHOUT_ROW:
            return catalogue_file(volume, finding.path, is_finished=not is_being_written(file)) is not None
        case Kind.WRONG_ROW | Kind.LEFT_UNFINISHED:
            return catalogue_file(volume, finding.path, is_finished=True, afresh=True) is not None
        case Kind.TORN_TAIL:
            return not is_being_written(file) and cut_torn_tail(file, scan_file(file).whole_bytes) > 0
        case Kind.DOOMED:
            sweep_doomed()
            return finding.row is None or not Segment.objects.filter(pk=finding.row).exists()
        case _:
            return False


def _is_there(volume: Volume) -> bool:
    """Asked after a file was missed: it may have been the disk."""
    try:
        volume.directory().identify()
    except DirectoryError:
        return False
    return True


def _is_empty(file: Path) -> bool:
    if is_being_written(file):
        return False
    try:
        return not scan_file(file).fragments
    except SegmentFormatError:
        return True


def _give_up(row: int | None, rule: str) -> bool:
    return row is not None and doom(Segment.objects.filter(pk=row), rule, is_lost=True).segments == 1


def _remove(file: Path) -> bool:
    file.unlink()
    return True

"""Files whose row is missing or behind because a message was lost: near the newest often and cheaply, elsewhere rarely."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from recordings.directory import is_segment_path
from recordings.models import Segment, Volume
from recordings.rules.days import span_of
from recordings.services.catalogue import ForeignFileError, catalogue_file, reachable_volumes
from recordings.services.deletion import remove_if_empty

logger = logging.getLogger(__name__)
_NAMES_AT_ONCE = 20
_NEWEST_DAYS = 2
# A full round takes a day's worth of hourly ones.
_SLICES = 24


def find_files(*, budget_s: float) -> bool:
    """Walks from the newest name of each stream back to the first batch of names that all have rows; finds nothing in a few milliseconds
    a stream. False when the time did not suffice: catch_up() is due then.
    """
    deadline_s = time.monotonic() + budget_s
    for volume in reachable_volumes():
        for stream in _stream_directories(Path(volume.path)):
            if not _find_in(volume, stream, deadline_s):
                return False
    return True


def catch_up(*, before: date | None = None, hour: int | None = None, budget_s: float) -> date | None:
    """Compares whole days, newest first: those before `before`; with `hour`, the newest two and one day in 24 of the others.

    Returns where to go on, as the next `before`, when the time did not suffice.
    """
    deadline_s = time.monotonic() + budget_s
    volumes = reachable_volumes()
    days = sorted({day for volume in volumes for day in days_on_disk(Path(volume.path))}, reverse=True)
    for number, day in enumerate(days):
        is_newest = number < _NEWEST_DAYS
        if (before is not None and day >= before) or (hour is not None and not is_newest and day.toordinal() % _SLICES != hour % _SLICES):
            continue
        for volume in volumes:
            if not _catalogue(volume, _behind(volume, day, compare_sizes=is_newest), deadline_s):
                return days[number - 1] if number else date.max
    return None


def days_on_disk(root: Path) -> set[date]:
    return {day for stream in _stream_directories(root) for day in _days(stream)}


def names_of(root: Path, day: date) -> list[str]:
    """The relative paths of a day's segments, of all streams."""
    return [name for stream in _stream_directories(root) for name in _names(root, stream / day.isoformat())]


def remove_empty_days(volume: Volume) -> None:
    """Directories that lost their last file when they were too young to be removed."""
    root = Path(volume.path)
    with volume.directory().opened() as descriptor:
        for stream in _stream_directories(root):
            for day in _days(stream):
                remove_if_empty(descriptor, (stream / day.isoformat()).relative_to(root).as_posix())


def _find_in(volume: Volume, stream: Path, deadline_s: float) -> bool:
    root = Path(volume.path)
    for day in sorted(_days(stream), reverse=True)[:_NEWEST_DAYS]:
        names = sorted(_names(root, stream / day.isoformat()), reverse=True)
        for at in range(0, len(names), _NAMES_AT_ONCE):
            batch = names[at : at + _NAMES_AT_ONCE]
            known = set(Segment.objects.filter(volume=volume, path__in=batch).values_list("path", flat=True))
            missing = [name for name in batch if name not in known]
            if not missing:
                return True
            if not _catalogue(volume, missing, deadline_s):
                return False
    return True


def _behind(volume: Volume, day: date, *, compare_sizes: bool) -> Iterator[str]:
    """Files without a row, and, with `compare_sizes`, finished rows whose file is of another size."""
    root, span = Path(volume.path), span_of(day)
    rows = Segment.objects.filter(volume=volume, started_at_ms__gte=span.start_ms, started_at_ms__lt=span.end_ms)
    sizes = dict(rows.values_list("path", "size_bytes").iterator())
    for name in sorted(names_of(root, day), reverse=True):
        size_bytes = sizes.get(name)
        if size_bytes is None or (compare_sizes and _size_of(root / name) != size_bytes):
            yield name


def _catalogue(volume: Volume, paths: Iterable[str], deadline_s: float) -> bool:
    for path in paths:
        if time.monotonic() > deadline_s:
            return False
        try:
            catalogue_file(volume, path)
        except ForeignFileError as error:
            logger.debug("%s is left alone: %s", path, error)  # check_recordings tells
        except (OSError, ValueError) as error:
            logger.warning("%s of %s is not catalogued: %s", path, volume, error)
    return True


def _size_of(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _stream_directories(root: Path) -> Iterator[Path]:
    yield from sorted(path for role in ("main", "sub") for path in root.glob(f"camera-*/{role}") if path.is_dir())


def _days(stream: Path) -> Iterator[date]:
    for path in stream.iterdir():
        try:
            yield date.fromisoformat(path.name)
        except ValueError:
            continue


def _names(root: Path, directory: Path) -> Iterator[str]:
    try:
        paths = [path.relative_to(root).as_posix() for path in directory.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return
    yield from (path for path in paths if is_segment_path(path))

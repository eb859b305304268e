"""Pictures in full size that a camera's rule has kept, one every so many seconds. They go with their footage."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cameras.models import Camera
from recordings.models import Segment
from recordings.rules.spans import Span
from recordings.services.pictures import picture_path, snapshot_name
from recordings.services.timeline import segments_in

_PREFIX = "at-"


@dataclass(frozen=True, slots=True)
class Snapshot:
    at_ms: int
    size_bytes: int


def snapshots_in(camera: Camera, role: str, window: Span) -> list[Snapshot]:
    """In order of time. Reads the directories of the window's days."""
    found = []
    rows = list(segments_in(camera, role, window).filter(has_pictures=True).only("path"))
    by_directory: dict[Path, set[str]] = {}
    for row in rows:
        example = picture_path(row, "")
        by_directory.setdefault(example.parent, set()).add(example.name)
    for directory, stems in by_directory.items():
        for file in directory.glob(f"*.{_PREFIX}*.jpg"):
            stem, _, moment = file.name.removesuffix(".jpg").rpartition(f".{_PREFIX}")
            if f"{stem}." in stems and moment.isdigit() and window.start_ms <= int(moment) < window.end_ms:
                found.append(Snapshot(int(moment), file.stat().st_size))
    return sorted(found, key=lambda snapshot: snapshot.at_ms)


def snapshot_file(camera: Camera, role: str, at_ms: int) -> Path | None:
    segments: list[Segment] = list(segments_in(camera, role, Span(at_ms, at_ms + 1)).defer("index"))
    paths = [picture_path(segment, snapshot_name(at_ms)) for segment in segments]
    return next((path for path in paths if path.is_file()), None)

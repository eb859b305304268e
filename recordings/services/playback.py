"""What a span of a camera is played from: the playlist of its files, and the files themselves."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cameras.models import Camera
from recordings.directory import DirectoryError, is_segment_path
from recordings.models import Segment
from recordings.rules.accounting import CATALOGUE_DELAY_MS
from recordings.rules.fragments import from_bytes
from recordings.rules.growth import QUIET_MS
from recordings.rules.playlist import PlaylistFile, media_playlist
from recordings.rules.spans import Span

LONGEST_PLAYLIST_MS = 6 * 3_600_000
# No file lasts longer: bounds the part of the index that is looked through.
_LONGEST_FILE_MS = 3_600_000


class FootageUnreachable(OSError):
    """The catalogue knows the file, the disk does not give it. The message says why, for a person."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """`size_bytes`: up to where the catalogue knows it. Whoever has it closes `descriptor`."""

    descriptor: int
    size_bytes: int
    etag: str
    is_finished: bool
    span: Span


def playlist_of(camera: Camera, role: str, window: Span, *, now_ms: int, address: Callable[[int], str]) -> tuple[str, bool]:
    """The playlist and whether it will grow. One query. `address` makes the URI of a segment's id."""
    rows = list(
        Segment.objects.filter(
            camera=camera,
            role=role,
            doomed_by="",
            started_at_ms__gt=window.start_ms - _LONGEST_FILE_MS,
            started_at_ms__lt=window.end_ms,
            ended_at_ms__gt=window.start_ms,
        )
        .order_by("started_at_ms", "pk")
        .only(
            "started_at_ms",
            "started_90k",
            "generation",
            "init_bytes",
            "index",
            "is_finished",
            "video_codec",
            "audio_codec",
            "width_px",
            "height_px",
        )
    )
    is_growing = window.end_ms + CATALOGUE_DELAY_MS + QUIET_MS > now_ms or any(not row.is_finished for row in rows)
    files = [
        PlaylistFile(
            uri=address(row.pk),
            started_at_ms=row.started_at_ms,
            started_90k=row.started_90k,
            generation=row.generation,
            init_bytes=row.init_bytes,
            gops=from_bytes(bytes(row.index)),
            is_finished=row.is_finished,
            video_codec=row.video_codec,
            audio_codec=row.audio_codec,
            width_px=row.width_px,
            height_px=row.height_px,
        )
        for row in rows
    ]
    return media_playlist(files, window, is_growing=is_growing), is_growing


def open_segment(camera: Camera, segment_id: int) -> OpenFile | None:
    """None when the catalogue has no such file of this camera. Raises FootageUnreachable."""
    row = Segment.objects.filter(pk=segment_id, camera=camera, doomed_by="").select_related("volume").defer("index").first()
    if row is None or not is_segment_path(row.path):
        return None
    try:
        descriptor = os.open(Path(row.volume.path) / row.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError as error:
        raise FootageUnreachable(_why_not(row, error)) from error
    size_bytes = min(row.size_bytes, os.fstat(descriptor).st_size)
    return OpenFile(descriptor, size_bytes, f'"{row.pk}-{size_bytes}"', row.is_finished, Span(row.started_at_ms, row.ended_at_ms))


def _why_not(row: Segment, error: OSError) -> str:
    """Without paths: whoever plays footage need not know where it lies."""
    try:
        row.volume.directory().identify()
    except DirectoryError:
        return f"the recording disk “{row.volume.name}” is not there at the moment"
    if isinstance(error, FileNotFoundError):
        return f"this footage is missing from the recording disk “{row.volume.name}”"
    return f"the recording disk “{row.volume.name}” can't be read: {os.strerror(error.errno or 0)}"

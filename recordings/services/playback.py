"""What a span of a camera is played from: the playlist of its files, and the files themselves."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cameras.models import Camera
from recordings.directory import DirectoryError, is_segment_path
from recordings.models import Segment
from recordings.rules.accounting import CATALOGUE_DELAY_MS
from recordings.rules.fragments import Fragment, SegmentFormatError, from_bytes
from recordings.rules.growth import QUIET_MS
from recordings.rules.muting import Patch, muted_fragment, muted_init, patched
from recordings.rules.playlist import PlaylistFile, media_playlist
from recordings.rules.spans import Span

LONGEST_PLAYLIST_MS = 6 * 3_600_000
# No file lasts longer: bounds the part of the index that is looked through.
_LONGEST_FILE_MS = 3_600_000
_LARGEST_MOOF_BYTES = 4 * 2**20


class FootageUnreachable(OSError):
    """The catalogue knows the file, the disk does not give it. The message says why, for a person."""


class Muting:
    """Takes the sound out of what is read of a file, wherever the reading begins. Costs a read for each fragment it passes."""

    def __init__(self, init_bytes: int, gops: Sequence[Fragment]) -> None:
        self._init_bytes = init_bytes
        self._gops = gops
        self._starts = [gop.offset_bytes for gop in gops]
        self._known: tuple[int, list[Patch]] | None = None  # of the group of pictures that was read last

    @property
    def size_bytes(self) -> int:
        """What is behind the last group that is known could hold anything."""
        return self._gops[-1].offset_bytes + self._gops[-1].size_bytes if self._gops else self._init_bytes

    def muted(self, data: bytes, offset_bytes: int, read_at: Callable[[int, int], bytes]) -> bytes:
        """Raises SegmentFormatError."""
        end_bytes = offset_bytes + len(data)
        patches = muted_init(read_at(0, self._init_bytes)) if offset_bytes < self._init_bytes else []
        number = max(bisect_right(self._starts, offset_bytes) - 1, 0)
        while number < len(self._gops) and self._starts[number] < end_bytes:
            patches += self._patches_of(number, read_at)
            number += 1
        return patched(data, offset_bytes, patches)

    def _patches_of(self, number: int, read_at: Callable[[int, int], bytes]) -> list[Patch]:
        if self._known is None or self._known[0] != number:
            found, gop = list[Patch](), self._gops[number]
            at, end = gop.offset_bytes, gop.offset_bytes + gop.size_bytes
            while at < end:
                moof_bytes = int.from_bytes(read_at(at, 4), "big")
                if not 8 <= moof_bytes <= min(_LARGEST_MOOF_BYTES, end - at):
                    raise SegmentFormatError(f"no fragment at byte {at}")
                found += muted_fragment(read_at(at, moof_bytes), at)
                at += moof_bytes + max(int.from_bytes(read_at(at + moof_bytes, 4), "big"), 8)
            self._known = number, found
        return self._known[1]


@dataclass(frozen=True, slots=True)
class OpenFile:
    """`size_bytes`: up to where the catalogue knows it. Whoever has it closes `descriptor`. `muting`: for who may not hear it."""

    descriptor: int
    size_bytes: int
    etag: str
    is_finished: bool
    span: Span
    has_sound: bool = False
    muting: Muting | None = None


def playlist_of(
    camera: Camera, role: str, window: Span, *, now_ms: int, address: Callable[[int], str], has_sound: bool = True
) -> tuple[str, bool]:
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
            audio_codec=row.audio_codec if has_sound else "",
            width_px=row.width_px,
            height_px=row.height_px,
        )
        for row in rows
    ]
    return media_playlist(files, window, is_growing=is_growing), is_growing


def open_segment(camera: Camera, segment_id: int, *, has_sound: bool = True) -> OpenFile | None:
    """None when the catalogue has no such file of this camera. Raises FootageUnreachable."""
    rows = Segment.objects.filter(pk=segment_id, camera=camera, doomed_by="").select_related("volume")
    row = (rows.defer("index") if has_sound else rows).first()
    if row is None or not is_segment_path(row.path):
        return None
    try:
        descriptor = os.open(Path(row.volume.path) / row.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError as error:
        raise FootageUnreachable(_why_not(row, error)) from error
    size_bytes = min(row.size_bytes, os.fstat(descriptor).st_size)
    span = Span(row.started_at_ms, row.ended_at_ms)
    if has_sound or not row.audio_codec:
        return OpenFile(descriptor, size_bytes, f'"{row.pk}-{size_bytes}"', row.is_finished, span, bool(row.audio_codec))
    muting = Muting(row.init_bytes, from_bytes(bytes(row.index)))
    size_bytes = min(size_bytes, muting.size_bytes)
    return OpenFile(descriptor, size_bytes, f'"{row.pk}-{size_bytes}-mute"', row.is_finished, span, muting=muting)


def _why_not(row: Segment, error: OSError) -> str:
    """Without paths: whoever plays footage need not know where it lies."""
    try:
        row.volume.directory().identify()
    except DirectoryError:
        return f"the recording disk “{row.volume.name}” is not there at the moment"
    if isinstance(error, FileNotFoundError):
        return f"this footage is missing from the recording disk “{row.volume.name}”"
    return f"the recording disk “{row.volume.name}” can't be read: {os.strerror(error.errno or 0)}"

"""Single pictures of a camera: the one it shows now, and the last one it showed, kept in a file."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from streaming.bus.base import MediaReader
from streaming.codec.decode import decode_keyframe
from streaming.codec.jpeg import PictureError, PictureMaker, fit_width
from streaming.media.packet import Codec, MediaPacket, Role, StreamKey, VideoTrack

_QUALITY = 85
_UNREADABLE = (OSError, Image.DecompressionBombError)


@dataclass(frozen=True, slots=True)
class Still:
    jpeg: bytes
    captured_at_ms: int
    width_px: int
    height_px: int


async def newest_still(reader: MediaReader, camera_id: int, at_most_px: int) -> Still | None:
    """The newest keyframe of the main stream, else of the sub stream; None while neither sends. Takes 20 to 40 ms of another thread.

    Raises BusAwayError.
    """
    for role in Role:
        stream = StreamKey(camera_id, role)
        if await reader.tracks(stream) is None:
            continue
        found = await reader.newest_keyframe(stream)
        if found and (still := await asyncio.to_thread(still_of, found[0].video, found[1], at_most_px)):
            return still
    return None


def still_of(track: VideoTrack, keyframe: MediaPacket, at_most_px: int) -> Still | None:
    """Decodes one keyframe; None when it is broken."""
    if track.codec is Codec.MJPEG and track.width_px <= at_most_px:
        return Still(keyframe.data, keyframe.captured_at_ms, track.width_px, track.height_px)
    frame = decode_keyframe(track, keyframe)
    if frame is None:
        return None
    try:
        picture = PictureMaker().jpeg(frame, at_most_px, _QUALITY)
    except PictureError:
        return None
    return Still(picture.data, keyframe.captured_at_ms, picture.width_px, picture.height_px)


def shrunk(still: Still, at_most_px: int) -> Still:
    """Itself when it is narrow enough, or too broken to be made smaller: it may be as a camera sent it."""
    if still.width_px <= at_most_px:
        return still
    size = fit_width(still.width_px, still.height_px, at_most_px)
    smaller = io.BytesIO()
    try:
        image = Image.open(io.BytesIO(still.jpeg))
        image.draft(None, size)  # libjpeg decodes it at an eighth, so that what claims to be huge takes little memory
        image.resize(size).save(smaller, "JPEG", quality=_QUALITY)
    except _UNREADABLE:
        return still
    return Still(smaller.getvalue(), still.captured_at_ms, *size)


class StillShelf:
    """One file per camera, `<camera id>.jpg`, whose time of modification is that of the capture. Readable by this user only."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def put(self, camera_id: int, still: Still) -> None:
        """A reader sees the old picture or the new one, never a part. Raises OSError."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{camera_id}-", dir=self._directory)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(still.jpeg)
            os.utime(name, ns=(still.captured_at_ms * 1_000_000, still.captured_at_ms * 1_000_000))
            Path(name).replace(self._path(camera_id))
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def get(self, camera_id: int) -> Still | None:
        """None when there is none, or none that can be read."""
        try:
            with self._path(camera_id).open("rb") as file:
                captured_at_ms = os.fstat(file.fileno()).st_mtime_ns // 1_000_000
                jpeg = file.read()
            width, height = Image.open(io.BytesIO(jpeg)).size
        except _UNREADABLE:
            return None
        return Still(jpeg, captured_at_ms, width, height)

    def captured_at_ms(self, camera_id: int) -> int:
        """0 when there is no picture."""
        try:
            return self._path(camera_id).stat().st_mtime_ns // 1_000_000
        except OSError:
            return 0

    def keep_only(self, camera_ids: Iterable[int]) -> None:
        """Deletes the pictures of all other cameras."""
        kept = {self._path(camera_id).name for camera_id in camera_ids}
        for path in self._directory.glob("*.jpg"):
            if path.name not in kept:
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()

    def _path(self, camera_id: int) -> Path:
        return self._directory / f"{camera_id}.jpg"

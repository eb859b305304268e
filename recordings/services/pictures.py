"""Pictures of recorded segments, made from their keyframes alone: a strip of small ones, one larger, and snapshots where a rule wants some.

They lie under PREVIEWS_DIR as their segments lie in the recording directory, and go with them: forget() is called when footage is
deleted, sweep_orphans() finds what a crash left. What a crash costs is made again: a row says when its pictures are there.
"""

from __future__ import annotations

import io
import logging
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from av import VideoFrame
from django.conf import settings
from PIL import Image

from recordings.fragment_reader import FootageGone, FragmentReader
from recordings.frames import PictureDecoder
from recordings.models import RecordingRule, Segment
from recordings.rules.fragments import VIDEO_TRACK_ID, Fragment, SegmentFormatError, from_bytes
from recordings.rules.spans import Span
from recordings.rules.strips import Strip, gop_at, moments_in, strip_of
from recordings.services.catalogue import reachable_volumes
from streaming.codec.jpeg import PictureError, PictureMaker

logger = logging.getLogger(__name__)
STRIP, THUMBNAIL = "strip.jpg", "thumb.jpg"
THUMBNAIL_PX, SNAPSHOT_PX = 480, 3840
_STRIP_QUALITY, _THUMBNAIL_QUALITY, _SNAPSHOT_QUALITY = 70, 75, 88
_UNDECODABLE = (96, 96, 96)
_BATCH = 50
_NEW, _STALE_S = ".new", 3600


def make_pictures(segment_id: int) -> bool:
    """Whether it made some: not of footage that has some, still grows, or is being deleted. Doing it twice at once does no harm."""
    waiting = Segment.objects.filter(pk=segment_id, has_pictures=False, is_finished=True, doomed_by="")
    segment = waiting.select_related("volume").first()
    if segment is None:
        return False
    try:
        made = _draw(segment)
    except FootageGone as error:
        logger.warning("no pictures of %s yet: %s", segment.path, error)
        return False
    except (SegmentFormatError, ValueError) as error:
        logger.warning("no pictures of %s: %s", segment.path, error)
        made = {STRIP: _saved(_blank(strip_for(segment)), _STRIP_QUALITY)}
    for name, data in made.items():
        put_file(picture_path(segment, name), data)
    if not waiting.update(has_pictures=True) and not Segment.objects.filter(pk=segment_id, doomed_by="").exists():
        _remove(segment.path)
        return False
    return bool(made)


def catch_up(*, budget_s: float) -> int:
    """What nobody made pictures of yet, newest first; returns how many segments got some."""
    deadline_s, made, before_ms = time.monotonic() + budget_s, 0, 2**62
    volumes = {volume.pk for volume in reachable_volumes()}
    # By the small index of those without pictures: with a volume named, SQLite would read all of its segments.
    waiting = Segment.objects.filter(has_pictures=False, is_finished=True, doomed_by="").order_by("-started_at_ms")
    while time.monotonic() < deadline_s:
        batch = list(waiting.filter(started_at_ms__lt=before_ms).values_list("pk", "started_at_ms", "volume_id")[:_BATCH])
        if not batch:
            break
        for segment_id, started_at_ms, volume_id in batch:
            made, before_ms = made + (volume_id in volumes and make_pictures(segment_id)), started_at_ms
            if time.monotonic() >= deadline_s:
                break
    return made


def forget(segment_ids: Sequence[int]) -> None:
    """Footage is gone, so its pictures go. Before the rows do; perhaps twice. Raises OSError."""
    for path in Segment.objects.filter(pk__in=segment_ids).values_list("path", flat=True):
        _remove(path)


def sweep_orphans(*, budget_s: float) -> int:
    """Deletes pictures whose segment is not in the catalogue, and directories that are empty. Returns how many segments they were of."""
    deadline_s, found = time.monotonic() + budget_s, 0
    root = Path(settings.PREVIEWS_DIR)
    for day in sorted(root.glob("camera-*/*/????-??-??")):
        if time.monotonic() > deadline_s:
            break
        for file in day.glob(f"*{_NEW}"):
            if file.stat().st_mtime < time.time() - _STALE_S:  # its writer was killed
                file.unlink(missing_ok=True)
        paths = {(day / f"{_stem(file.name)}.mp4").relative_to(root).as_posix() for file in day.iterdir()}
        for batch in _batches(sorted(paths)):
            known = set(Segment.objects.filter(path__in=batch).values_list("path", flat=True))
            for path in batch:
                if path not in known:
                    _remove(path)
                    found += 1
        if not any(day.iterdir()):
            day.rmdir()
    return found


def strip_for(segment: Segment) -> Strip:
    return strip_of(Span(segment.started_at_ms, segment.ended_at_ms), segment.width_px, segment.height_px)


def picture_path(segment: Segment, name: str) -> Path:
    return _stem_path(segment.path).with_name(f"{PurePosixPath(segment.path).stem}.{name}")


def snapshot_name(at_ms: int) -> str:
    return f"at-{at_ms}.jpg"


def reader_of(segment: Segment) -> FragmentReader:
    """Raises FootageGone. Costs a query unless the volume is loaded."""
    return FragmentReader(Path(segment.volume.path) / segment.path, init_bytes=segment.init_bytes, size_bytes=segment.size_bytes)


def put_file(path: Path, data: bytes) -> None:
    """Whole or not at all. Not synced: what a power cut takes is made again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.{time.monotonic_ns()}{_NEW}")
    temporary.write_bytes(data)
    temporary.replace(path)


def _draw(segment: Segment) -> dict[str, bytes]:
    """The files by name. Each keyframe is decoded once. Raises FootageGone, SegmentFormatError, ValueError."""
    gops, plan = from_bytes(bytes(segment.index)), strip_for(segment)
    if not gops:
        raise SegmentFormatError("nothing in it")
    made: dict[str, bytes] = {}
    sheet, tile, maker = _blank(plan), PictureMaker(), PictureMaker()
    with reader_of(segment) as file:
        track = file.tracks()[VIDEO_TRACK_ID]
        decoder, drawn = PictureDecoder(track, is_for_small=True), dict[int, Image.Image]()
        for number in range(plan.tiles):
            gop = gop_at(gops, plan.begin_of(number) - plan.span.start_ms)
            if gop.offset_bytes not in drawn:
                frame = decoder.keyframe(file.keyframe(gop.offset_bytes))
                if frame is None:
                    continue
                if THUMBNAIL not in made or number == plan.tiles // 2:
                    made[THUMBNAIL] = _jpeg(maker, frame, THUMBNAIL_PX, _THUMBNAIL_QUALITY) or made.get(THUMBNAIL, b"")
                if (small := _small(tile, frame, plan)) is None:
                    continue
                drawn[gop.offset_bytes] = small
            sheet.paste(drawn[gop.offset_bytes], plan.corner_of(number))
        moments = _snapshot_moments(segment)
        if moments:
            made |= _snapshots(file, PictureDecoder(track), gops, moments, plan.span.start_ms)
    made[STRIP] = _saved(sheet, _STRIP_QUALITY)
    return {name: data for name, data in made.items() if data}


def _snapshots(
    file: FragmentReader, decoder: PictureDecoder, gops: Sequence[Fragment], moments: Sequence[int], start_ms: int
) -> dict[str, bytes]:
    maker, made = PictureMaker(), dict[str, bytes]()
    for at_ms in moments:
        frame = decoder.keyframe(file.keyframe(gop_at(gops, at_ms - start_ms).offset_bytes))
        if frame is not None:
            made[snapshot_name(at_ms)] = _jpeg(maker, frame, SNAPSHOT_PX, _SNAPSHOT_QUALITY)
    return made


def _snapshot_moments(segment: Segment) -> list[int]:
    if segment.camera_id is None:
        return []
    every_s = RecordingRule.objects.filter(camera_id=segment.camera_id).values_list("snapshot_every_s", flat=True).first()
    return moments_in(Span(segment.started_at_ms, segment.ended_at_ms), every_s * 1000) if every_s else []


def _blank(plan: Strip) -> Image.Image:
    return Image.new("RGB", (plan.columns * plan.tile_width, plan.rows * plan.tile_height), _UNDECODABLE)


def _small(maker: PictureMaker, frame: VideoFrame, plan: Strip) -> Image.Image | None:
    try:
        return Image.fromarray(maker.rgb(frame, plan.tile_width, plan.tile_height))
    except PictureError as error:
        logger.debug("a keyframe makes no picture: %s", error)
        return None


def _jpeg(maker: PictureMaker, frame: VideoFrame, at_most_px: int, quality: int) -> bytes:
    try:
        return maker.jpeg(frame, at_most_px, quality).data
    except PictureError as error:
        logger.debug("a keyframe makes no picture: %s", error)
        return b""


def _saved(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, optimize=True)
    return file.getvalue()


def _remove(segment_path: str) -> None:
    stem = _stem_path(segment_path)
    for file in stem.parent.glob(f"{stem.name}.*"):
        file.unlink(missing_ok=True)


def _stem_path(segment_path: str) -> Path:
    return Path(settings.PREVIEWS_DIR) / PurePosixPath(segment_path).with_suffix("")


def _stem(name: str) -> str:
    """14-03-22.125Z of 14-03-22.125Z.strip.jpg."""
    return ".".join(name.split(".")[:2])


def _batches(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    return (paths[at : at + 500] for at in range(0, len(paths), 500))

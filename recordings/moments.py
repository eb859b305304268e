"""The pictures that were on the screen at given moments of a segment, decoded.

Where one picture of a group is wanted it is the keyframe, which is the cheap way, unless it must be exact; where more are, the group is
decoded up to the last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from av import VideoFrame

from recordings.fragment_reader import FragmentReader
from recordings.frames import PictureDecoder
from recordings.rules.export_plan import Source
from recordings.rules.fragments import VIDEO_TRACK_ID, Fragment
from recordings.rules.timelapse import Shots


def frames_of(source: Source, shots: Shots, *, is_exact: bool = False, is_for_small: bool = False) -> Iterator[VideoFrame | None]:
    """One for each instant, in order; None for what can't be decoded. Raises FootageGone, SegmentFormatError."""
    if not shots:
        return
    with FragmentReader(source.path, init_bytes=source.init_bytes, size_bytes=source.size_bytes) as file:
        decoder = PictureDecoder(file.tracks()[VIDEO_TRACK_ID], is_for_small=is_for_small)
        for gop, instants in shots:
            if len(instants) == 1 and not is_exact:
                yield decoder.keyframe(file.keyframe(gop.offset_bytes))
            else:
                yield from _chosen(decoder, file, gop, instants)


def _chosen(decoder: PictureDecoder, file: FragmentReader, gop: Fragment, instants: Sequence[int]) -> Iterator[VideoFrame | None]:
    """What is on the screen at each instant."""
    last: VideoFrame | None = None
    waiting = list(instants)
    for shown, frame in decoder.pictures(_samples(file, gop, instants[-1])):
        while waiting and shown > waiting[0]:
            yield last or frame
            waiting.pop(0)
        last = frame
    yield from (last for _ in waiting)


def _samples(file: FragmentReader, gop: Fragment, until: int) -> Iterator[tuple[int, bytes]]:
    end = gop.offset_bytes + gop.size_bytes
    for runs in file.fragments(gop.offset_bytes):
        for run in runs:
            if run.track_id != VIDEO_TRACK_ID:
                continue
            at, offset = run.decode_time, run.offset_bytes
            if offset >= end or at > until:
                return
            for sample in run.samples:
                yield at + sample.composition, file.read(offset, sample.size_bytes)
                at, offset = at + sample.duration, offset + sample.size_bytes

"""From groups of pictures in a file to what was seen in them: decodes what the pace allows, looks at pictures at the wanted rate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from recordings.fragment_reader import FragmentReader
from recordings.frames import GreyScaler, PictureDecoder
from recordings.motion.detector import Detector
from recordings.motion.sizes import HEIGHT, WIDTH
from recordings.rules.fragments import VIDEO_TRACK_ID, Fragment, SegmentFormatError
from recordings.rules.motion.observations import Sighting
from recordings.rules.motion.pace import Level
from recordings.rules.spans import Span
from recordings.services.motion_footage import Piece
from streaming.media.timing import to_ms

# What was to be looked at slightly later is looked at now: cameras' pictures don't come exactly when they should.
_EARLY_MS = 8
_LONG_AGO_MS = 10**9

Watching = Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class Seen:
    """`is_decoded`: there were pictures, whether or not it was time to look at one."""

    sightings: tuple[Sighting, ...]
    is_decoded: bool


class _Sample(NamedTuple):
    shown_90k: int
    offset_bytes: int
    size_bytes: int


class Looker:
    """Goes through one piece, group by group. A context manager."""

    def __init__(self, piece: Piece, root: Path, detector: Detector, *, analyses_per_s: int, level: Level, watch: Watching) -> None:
        """`watch`: of a picture's time, whether to look at it. Raises FootageGone."""
        self._piece, self._detector, self._watch = piece, detector, watch
        self._every_ms, self._level = 1000 / analyses_per_s, level
        self._scaler = GreyScaler(WIDTH, HEIGHT)
        row = piece.segment
        self._file = FragmentReader(root / row.path, init_bytes=row.init_bytes, size_bytes=piece.size_bytes)
        self._decoder: PictureDecoder | None = None
        self._last_ms: float = detector.background.at_ms if detector.background else -_LONG_AGO_MS

    def __enter__(self) -> Looker:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.__exit__()

    def look(self, gop: Fragment) -> Seen:
        """Raises FootageGone, SegmentFormatError."""
        if self._decoder is None:
            track = self._file.tracks().get(VIDEO_TRACK_ID)
            if track is None or not track.is_video:
                raise SegmentFormatError("no video in it")
            self._decoder = PictureDecoder(track)  # with the loop filter: without it, still pictures flicker
        start_ms, new = self._piece.segment.started_at_ms, self._piece.span_of(gop)
        samples = self._samples(gop)
        needed = self._needed(samples, new)
        found, is_decoded = [], bool(samples) and not needed
        read = ((sample.shown_90k, self._file.read(sample.offset_bytes, sample.size_bytes)) for sample in needed)
        for at_90k, frame in self._decoder.pictures(read):
            at_ms = start_ms + to_ms(at_90k)
            if frame.is_corrupt or not new.start_ms <= at_ms < new.end_ms:
                continue
            if (next_ms := self._taken(at_ms, self._last_ms)) is None or not self._watch(at_ms):
                is_decoded = True
            elif (grey := self._scaler.grey(frame)) is not None:
                is_decoded, self._last_ms = True, next_ms
                found.append(self._detector.look(grey, at_ms))
        return Seen(tuple(found), is_decoded)

    def _taken(self, at_ms: int, last_ms: float) -> float | None:
        """What counts as the time of a picture that is to be looked at, or None: so that it is the wanted rate on the whole, whatever the
        camera's own is.
        """
        if self._level is not Level.KEYS and 0 <= at_ms - last_ms < self._every_ms - _EARLY_MS:
            return None
        due_ms = last_ms + self._every_ms
        return due_ms if due_ms <= at_ms < due_ms + self._every_ms else at_ms

    def _needed(self, samples: list[_Sample], new: Span) -> list[_Sample]:
        """Those up to the last picture that is to be looked at: of 15 pictures a second in groups of one, two need not be decoded."""
        start_ms, last_ms, last_90k = self._piece.segment.started_at_ms, self._last_ms, None
        for shown_90k in sorted(sample.shown_90k for sample in samples):
            at_ms = start_ms + to_ms(shown_90k)
            if new.start_ms <= at_ms < new.end_ms and (next_ms := self._taken(at_ms, last_ms)) is not None:
                last_ms, last_90k = next_ms, shown_90k
        return samples[: next((number for number, sample in enumerate(samples, 1) if sample.shown_90k == last_90k), 0)]

    def _samples(self, gop: Fragment) -> list[_Sample]:
        """In the order of decoding."""
        found: list[_Sample] = []
        until_90k = gop.start_90k + (gop.duration_90k // 2 if self._level is Level.HALF else gop.duration_90k)
        end_bytes = gop.offset_bytes + gop.size_bytes
        for runs in self._file.fragments(gop.offset_bytes):
            for run in runs:
                if run.track_id != VIDEO_TRACK_ID or run.offset_bytes >= end_bytes:
                    continue
                at, offset = run.decode_time, run.offset_bytes
                for sample in run.samples:
                    if at > until_90k:
                        return found
                    found.append(_Sample(at + sample.composition, offset, sample.size_bytes))
                    if self._level is Level.KEYS:
                        return found
                    at, offset = at + sample.duration, offset + sample.size_bytes
            if not runs or runs[-1].offset_bytes >= end_bytes:
                break
        return found

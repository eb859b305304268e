"""Segments to one MP4 that plays everywhere, without decoding: the samples' bytes are copied, the tables are made anew (rules/movie.py).

compose()  reads the fragments' heads and makes the whole plan of the file: it then is known to the byte
write()    copies, from front to back

Sound follows the pictures of its own segment: its frames run on as long as that keeps them within TOLERANCE_MS of where they belong; what
is missing becomes silence, what comes twice is left out (as in rules/sound.py, of which this is the reading end).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from recordings.fragment_reader import FragmentReader
from recordings.rules.export_plan import Piece
from recordings.rules.fragments import VIDEO_TRACK_ID
from recordings.rules.movie import Edit, Labels, SampleTable, Track, movie_head
from recordings.rules.samples import Run, Sample, TrackInit
from recordings.rules.sound import LATEST_MS, TOLERANCE_MS, silence_for
from streaming.media.timing import TICKS_PER_SECOND, ms_to_90k, rescale, to_ms

_BLOCK_BYTES = 1 << 20
_NO_FILE = Path()


@dataclass(frozen=True, slots=True)
class Copy:
    """Bytes of a file, or `data` itself."""

    path: Path
    offset_bytes: int
    size_bytes: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Movie:
    """`span` is what it shows, in wall time; with gaps in it, it lasts less."""

    head: bytes
    copies: tuple[Copy, ...]
    span_ms: tuple[int, int]
    duration_90k: int
    has_sound: bool

    @property
    def size_bytes(self) -> int:
        return len(self.head) + sum(copy.size_bytes for copy in self.copies)


def compose(pieces: Sequence[Piece], label: Callable[[int, int], Labels], *, has_sound: bool = True) -> list[Movie]:
    """One movie for all pieces, or one for each run of them with the same parameters. `label` is given a movie's begin and end in ms.

    Without `has_sound` the pictures alone.

    Raises FootageGone, SegmentFormatError.
    """
    with_tracks = [(piece, _tracks(piece, has_sound=has_sound)) for piece in pieces]
    movies = []
    for _, same in groupby(with_tracks, key=lambda pair: [track.sample_entry for track in pair[1].values()]):
        group = list(same)
        composer = _Composer(group[0][1])
        for piece, _ in group:
            composer.add(piece)
        if (movie := composer.finish(label)) is not None:
            movies.append(movie)
    return movies


def write(movie: Movie, out: BinaryIO, on_bytes: Callable[[int], None]) -> None:
    """Never seeks. `on_bytes` is told how many bytes were written since its last call, and may raise. Raises FootageGone, OSError."""
    out.write(movie.head)
    on_bytes(len(movie.head))
    for path, copies in groupby(movie.copies, key=lambda copy: copy.path):
        if path == _NO_FILE:
            for copy in copies:
                out.write(copy.data)
            continue
        with FragmentReader(path, init_bytes=0, size_bytes=0) as file:
            for copy in copies:
                for at in range(0, copy.size_bytes, _BLOCK_BYTES):
                    block = file.read(copy.offset_bytes + at, min(_BLOCK_BYTES, copy.size_bytes - at))
                    out.write(block)
                    on_bytes(len(block))


def _tracks(piece: Piece, *, has_sound: bool) -> dict[int, TrackInit]:
    with _reader(piece) as file:
        return {track_id: track for track_id, track in file.tracks().items() if has_sound or track.is_video}


def _reader(piece: Piece) -> FragmentReader:
    source = piece.source
    return FragmentReader(source.path, init_bytes=source.init_bytes, size_bytes=source.size_bytes)


@dataclass(frozen=True, slots=True)
class _Cut:
    """What of a piece's pictures is taken, in the file's time: the first `count` samples from `start` on, shown from `shown` to `end`."""

    start: int
    shown: int
    end: int
    count: int


class _Composer:
    """Lays pieces one after the other on the movie's own timeline, which begins with the first picture that is in it."""

    def __init__(self, tracks: dict[int, TrackInit]) -> None:
        self._video = tracks[VIDEO_TRACK_ID]
        self._pictures = SampleTable()
        sound = next((track for track in tracks.values() if not track.is_video), None)
        self._sound = _Sound(sound) if sound else None
        self._copies: list[Copy] = []
        self._mdat_bytes = 0
        self._at_90k = 0  # where the next piece begins
        self._shown_90k: int | None = None
        self._end_90k = 0
        self._span_ms = [0, 0]

    def add(self, piece: Piece) -> None:
        with _reader(piece) as file:
            fragments = list(_needed(file, piece))
        cut = _cut(piece, [run for runs in fragments for run in runs if run.track_id == VIDEO_TRACK_ID])
        if cut is None:
            return
        if piece.pause_90k and self._pictures.durations:
            self._pictures.durations[-1] += piece.pause_90k
            self._at_90k += piece.pause_90k
        if self._shown_90k is None:
            self._shown_90k = self._at_90k + cut.shown - cut.start
            self._span_ms[0] = piece.source.span.start_ms + to_ms(cut.shown)
        self._end_90k = self._at_90k + cut.end - cut.start
        self._span_ms[1] = piece.source.span.start_ms + to_ms(cut.end)
        left, length_90k = cut.count, 0
        for runs in fragments:
            for run in sorted(runs, key=lambda run: run.offset_bytes):
                if run.track_id == VIDEO_TRACK_ID:
                    taken = run.samples[:left]
                    left -= len(taken)
                    length_90k += self._take_pictures(piece.source.path, run, taken)
                elif self._sound:
                    self._take_sound(piece.source.path, run, cut)
        self._at_90k += length_90k

    def finish(self, label: Callable[[int, int], Labels]) -> Movie | None:
        if self._shown_90k is None:
            return None
        duration = self._end_90k - self._shown_90k
        tracks = [Track(self._video, self._pictures, Edit(self._shown_90k, duration))]
        if self._sound and self._sound.table.sizes:
            tracks.append(Track(self._sound.init, self._sound.table, self._sound.edit(self._shown_90k, duration)))
        head = movie_head(tracks, label(*self._span_ms), self._mdat_bytes)
        return Movie(head, tuple(self._copies), (self._span_ms[0], self._span_ms[1]), duration, has_sound=len(tracks) > 1)

    def _take_pictures(self, path: Path, run: Run, taken: tuple[Sample, ...]) -> int:
        if taken:
            self._pictures.begin_chunk(self._mdat_bytes)
            for sample in taken:
                self._pictures.add(sample.duration, sample.size_bytes, sample.composition, is_key=sample.is_key)
            self._copy(path, run.offset_bytes, sum(sample.size_bytes for sample in taken))
        return sum(sample.duration for sample in taken)

    def _take_sound(self, path: Path, run: Run, cut: _Cut) -> None:
        assert self._sound is not None
        at, offset = run.decode_time, run.offset_bytes
        for sample in run.samples:
            file_90k = rescale(at, self._sound.init.timescale, TICKS_PER_SECOND)
            length_90k = rescale(sample.duration, self._sound.init.timescale, TICKS_PER_SECOND)
            # One frame from before what is shown: a decoder of AAC needs it to begin cleanly.
            if cut.shown - 2 * length_90k < file_90k < cut.end:
                for silent in self._sound.missing(self._at_90k + file_90k - cut.start):
                    self._append_sound(_NO_FILE, 0, silent, self._sound.silence)
                if self._sound.fits(self._at_90k + file_90k - cut.start):
                    self._append_sound(path, offset, sample.duration, b"", sample.size_bytes)
            at, offset = at + sample.duration, offset + sample.size_bytes

    def _append_sound(self, path: Path, offset: int, duration: int, data: bytes, size_bytes: int = 0) -> None:
        assert self._sound is not None
        size_bytes = size_bytes or len(data)
        if not (self._is_next(path, offset) and self._sound.is_open(self._mdat_bytes)):
            self._sound.table.begin_chunk(self._mdat_bytes)
        self._sound.append(duration, size_bytes)
        self._copy(path, offset, size_bytes, data)
        self._sound.chunk_end = self._mdat_bytes

    def _is_next(self, path: Path, offset: int) -> bool:
        last = self._copies[-1] if self._copies else None
        return last is not None and path != _NO_FILE and last.path == path and last.offset_bytes + last.size_bytes == offset

    def _copy(self, path: Path, offset: int, size_bytes: int, data: bytes = b"") -> None:
        if self._is_next(path, offset):
            last = self._copies.pop()
            self._copies.append(Copy(path, last.offset_bytes, last.size_bytes + size_bytes))
        else:
            self._copies.append(Copy(path, offset, size_bytes, data))
        self._mdat_bytes += size_bytes


class _Sound:
    """The sound's own timeline: its track counts from `_origin`, which may lie before or after the movie's first picture."""

    def __init__(self, init: TrackInit) -> None:
        self.init = init
        self.table = SampleTable()
        self.silence, self._silence_duration = silence_for(init.audio_track())
        self._tolerance = init.timescale * TOLERANCE_MS // 1000
        self._origin = self._end = 0
        self.chunk_end = -1

    def is_open(self, mdat_bytes: int) -> bool:
        """Whether the next sample lies right behind the last one."""
        return self.chunk_end == mdat_bytes and bool(self.table.sizes)

    def missing(self, movie_90k: int) -> Iterator[int]:
        """Durations of the silent frames that are due before a sample that belongs there; sets right what they leave."""
        to = self._ticks(movie_90k)
        if not self.table.sizes:
            self._origin = self._end = to
        if to - self._end <= self._tolerance:
            return
        while self.silence and to - self._end >= self._silence_duration:
            yield self._silence_duration
        self.table.durations[-1] += to - self._end
        self._end = to

    def fits(self, movie_90k: int) -> bool:
        return self._ticks(movie_90k) - self._end >= -self._tolerance

    def append(self, duration: int, size_bytes: int) -> None:
        self.table.add(duration, size_bytes, 0, is_key=True)
        self._end += duration

    def edit(self, shown_90k: int, duration_90k: int) -> Edit:
        rate = self.init.timescale
        late = self._origin - self._ticks(shown_90k)
        late_90k = max(rescale(late, rate, TICKS_PER_SECOND), 0)
        until_90k = rescale(self._end - self._ticks(shown_90k), rate, TICKS_PER_SECOND)
        return Edit(max(-late, 0), max(min(until_90k, duration_90k) - late_90k, 0), late_90k)

    def _ticks(self, movie_90k: int) -> int:
        return rescale(movie_90k, TICKS_PER_SECOND, self.init.timescale)


def _needed(file: FragmentReader, piece: Piece) -> Iterator[list[Run]]:
    """The fragments with the piece's pictures, and those behind them that may hold their late sound."""
    last_90k = None if piece.end_90k is None else piece.end_90k + ms_to_90k(LATEST_MS)
    for runs in file.fragments(piece.first.offset_bytes):
        pictures = next((run for run in runs if run.track_id == VIDEO_TRACK_ID), None)
        if last_90k is not None and pictures is not None and pictures.decode_time > last_90k:
            return
        yield runs


def _cut(piece: Piece, runs: Sequence[Run]) -> _Cut | None:
    """Begins with the picture that is on the screen at the start, ends when the one that is there at the end has been shown."""
    shown, ends = list[int](), list[int]()
    for run in runs:
        at = run.decode_time
        for sample in run.samples:
            shown.append(at + sample.composition)
            at += sample.duration
            ends.append(shown[-1] + sample.duration)
    if not shown:
        return None
    first = min(shown)
    if piece.start_90k is not None:
        first = max((at for at in shown if at <= piece.start_90k), default=first)
    count, end = len(shown), max(ends)
    if piece.end_90k is not None:
        count = max((number for number, at in enumerate(shown, 1) if at < piece.end_90k), default=0)
        end = min((at for at in shown if at >= piece.end_90k), default=end)
    return _Cut(runs[0].decode_time, first, end, count) if count and end > first else None

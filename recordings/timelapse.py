"""Footage that passes fast: some of its pictures decoded, and encoded as a movie of their own. One of PyAV's doors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av import VideoFrame

from recordings.moments import frames_of
from recordings.rules.export_plan import Piece
from recordings.rules.movie import Labels
from recordings.rules.timelapse import FPS, Shots
from streaming.codec.jpeg import fit_width

WIDEST_PX = 1920
_OPTIONS = {"preset": "veryfast", "crf": "24", "profile": "high"}
_THREADS = 1


class EmptyTimelapseError(ValueError):
    """None of the pictures can be decoded."""


def make(pieces: Sequence[Piece], shots: Sequence[Shots], out: Path, labels: Labels, on_shot: Callable[[int], None]) -> int:
    """Returns how many pictures it shows. `on_shot` is told how many instants are done, and may raise.

    Raises FootageGone, SegmentFormatError, EmptyTimelapseError, OSError.
    """
    encoder = _Encoder(out, labels)
    try:
        done = 0
        for piece, its in zip(pieces, shots, strict=True):
            for frame in frames_of(piece.source, its):
                done += 1
                if frame is not None:
                    encoder.add(frame)
                on_shot(done)
    finally:
        encoder.close()
    if not encoder.pictures:
        raise EmptyTimelapseError("none of the pictures can be decoded")
    return encoder.pictures


class _Encoder:
    """Of the size of its first picture, if that is not too wide."""

    def __init__(self, out: Path, labels: Labels) -> None:
        self._container: Any = av.open(str(out), "w", format="mp4", options={"movflags": "+faststart"})
        self._container.metadata.update(
            {
                "title": labels.title,
                "comment": labels.comment,
                "creation_time": datetime.fromtimestamp(labels.made_at_ms / 1000, UTC).isoformat(),
            }
        )
        self._stream: Any = None
        self.pictures = 0

    def add(self, frame: VideoFrame) -> None:
        if self._stream is None:
            width, height = fit_width(frame.width, frame.height, WIDEST_PX)
            stream = self._container.add_stream("libx264", rate=FPS, options=_OPTIONS)
            stream.width, stream.height, stream.pix_fmt = max(width & ~1, 2), max(height & ~1, 2), "yuv420p"
            stream.codec_context.thread_count, stream.codec_context.gop_size = _THREADS, 2 * FPS
            self._stream = stream
        fitting = frame.reformat(width=self._stream.width, height=self._stream.height, format="yuv420p")
        fitting.pts, fitting.time_base = self.pictures, Fraction(1, FPS)
        self._container.mux(self._stream.encode(fitting))
        self.pictures += 1

    def close(self) -> None:
        if self._stream is not None:
            self._container.mux(self._stream.encode(None))
        self._container.close()

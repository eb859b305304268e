"""Reads parts of a segment file: its tracks, what its fragments list, and the bytes of samples. No FFmpeg, nothing is decoded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from recordings.rules.fragments import VIDEO_TRACK_ID, SegmentFormatError
from recordings.rules.samples import Run, TrackInit, runs_of, tracks_of

_LARGEST_MOOF_BYTES = 4 * 2**20


class FootageGone(OSError):
    """The file, or what the catalogue says is in it, is not there (any more)."""


class FragmentReader:
    """`size_bytes`: up to where the catalogue knows the file. A context manager."""

    def __init__(self, path: Path, *, init_bytes: int, size_bytes: int) -> None:
        """Raises FootageGone."""
        self._path, self._init_bytes, self._size_bytes = path, init_bytes, size_bytes
        try:
            self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError as error:
            raise FootageGone(f"{path.name}: {os.strerror(error.errno or 0)}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def tracks(self) -> dict[int, TrackInit]:
        """Raises FootageGone, SegmentFormatError."""
        return tracks_of(self.read(0, self._init_bytes))

    def fragments(self, offset_bytes: int) -> Iterator[list[Run]]:
        """The runs of each fragment from the one that begins there on. Raises FootageGone, SegmentFormatError."""
        at = offset_bytes
        while at + 16 <= self._size_bytes:
            moof_bytes, kind = self._head(at)
            if kind != b"moof" or moof_bytes > _LARGEST_MOOF_BYTES:
                raise SegmentFormatError(f"no fragment at byte {at} of {self._path.name}")
            yield runs_of(self.read(at, moof_bytes), at)
            mdat_bytes, _ = self._head(at + moof_bytes)
            at += moof_bytes + max(mdat_bytes, 8)

    def keyframe(self, offset_bytes: int) -> bytes:
        """The first picture of the group of pictures that begins there, NAL units behind their lengths. Raises as fragments()."""
        for runs in self.fragments(offset_bytes):
            for run in runs:
                if run.track_id == VIDEO_TRACK_ID:
                    return self.read(run.offset_bytes, run.samples[0].size_bytes)
        raise SegmentFormatError(f"no picture at byte {offset_bytes} of {self._path.name}")

    def read(self, offset_bytes: int, count: int) -> bytes:
        """All of it. Raises FootageGone."""
        data = os.pread(self._descriptor, count, offset_bytes)
        if len(data) != count:
            raise FootageGone(f"{self._path.name} ends before byte {offset_bytes + count}")
        return data

    def _head(self, at: int) -> tuple[int, bytes]:
        head = self.read(at, 8)
        return int.from_bytes(head[:4], "big"), head[4:]

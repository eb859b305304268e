"""One export, from what the catalogue knows to a whole file: written front to back under a name of its own, renamed at the end."""

from __future__ import annotations

import contextlib
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from django.conf import settings
from django.utils import timezone

from cameras.models import Action, Camera
from cameras.permissions import may
from recordings import remux, timelapse
from recordings.models import Export
from recordings.rules.export_plan import file_name
from recordings.rules.movie import Labels
from recordings.rules.spans import Span
from recordings.rules.timelapse import FPS, shots_of
from recordings.services.exports import directory_of, gaps_of, pieces_for, tell
from streaming.media.timing import to_ms

PART = ".part"
CONTENTS = "contents.txt"
_TELL_EVERY_S = 0.5


class Cancelled(Exception):
    """The export is not to be made any more."""


class Hopeless(Exception):
    """Trying again would not help. The message says why, for the owner."""


@dataclass
class Job:
    export: Export
    files: list[dict[str, Any]] = field(default_factory=list)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)  # ids of cameras whose sound is in it
    _done: float = 0
    _total: float = 1
    _told_s: float = 0

    def __post_init__(self) -> None:
        self.window = Span(self.export.start_ms, self.export.end_ms)
        self.cameras = list(self.export.cameras.all())
        self.directory = directory_of(self.export.pk)
        self.file = ""

    def make(self) -> None:
        """Raises what _attempt() catches."""
        if not self.cameras:
            raise Hopeless("its cameras are gone")
        self.directory.mkdir(parents=True, exist_ok=True)
        self.gaps = [gap for camera in self.cameras for gap in gaps_of(camera, self.export.role, self.window)]
        if self.export.kind == Export.Kind.TIMELAPSE:
            self._make_timelapses()
        else:
            self._make_videos()

    def finish(self) -> None:
        """Gives the file its name, unless the export was cancelled at the last moment. Raises Cancelled."""
        part = self.directory / f"{self.file}{PART}"
        size_bytes = part.stat().st_size
        part.rename(self.directory / self.file)
        finished = Export.objects.filter(pk=self.export.pk, state=Export.State.RUNNING).update(
            state=Export.State.DONE,
            progress=1,
            file=self.file,
            size_bytes=size_bytes,
            error="",
            result={"files": self.files, "gaps": self.gaps, "notes": self.notes, "heard": self.heard},
            expires_at=timezone.now() + timedelta(days=settings.EXPORT_KEEP_DAYS),
        )
        if not finished:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise Cancelled

    def _make_videos(self) -> None:
        movies: list[tuple[Camera, remux.Movie]] = []
        for camera in self.cameras:
            pieces = pieces_for(camera, self.export.role, self.window)
            may_hear = may(self.export.owner, Action.HEAR, camera)
            its = remux.compose(pieces, _labels(camera), has_sound=may_hear)
            if its and not may_hear:
                self.notes.append(f"{camera.name}: without sound, because you have no right to hear this camera")
            if not its:
                self.notes.append(f"{camera.name}: no footage in this span")
            elif len(its) > 1:
                self.notes.append(f"{camera.name}: {len(its)} files, because the camera's picture format changed in this span")
            movies += [(camera, movie) for movie in its]
            if any(movie.has_sound for movie in its):
                self.heard.append(camera.pk)
        if not movies:
            raise Hopeless("there is no footage in this span (any more)")
        self._total = sum(movie.size_bytes for _, movie in movies)
        for camera, movie in movies:
            name = file_name(camera.slug, movie.span_ms[0], "mp4")
            self._add_file(camera, name, movie.span_ms, to_ms(movie.duration_90k), movie.size_bytes)
        if len(movies) == 1 and len(self.cameras) == 1:
            with self._part(self.files[0]["name"]) as out:
                remux.write(movies[0][1], out, self._advance)
            return
        with self._archive() as archive:
            for (_, movie), its_file in zip(movies, self.files, strict=True):
                with archive.open(_entry(its_file), "w", force_zip64=True) as out:
                    remux.write(movie, out, self._advance)  # type: ignore[arg-type]  # IO[bytes] is what is written to

    def _make_timelapses(self) -> None:
        work = []
        for camera in self.cameras:
            pieces = pieces_for(camera, self.export.role, self.window)
            shots = shots_of(pieces, self.window, self.export.speed)
            count = sum(len(instants) for its in shots for _, instants in its)
            if count:
                work.append((camera, pieces, shots, count))
            else:
                self.notes.append(f"{camera.name}: no footage in this span")
        if not work:
            raise Hopeless("there is no footage in this span (any more)")
        self._total = sum(count for *_, count in work)
        parts = []
        before = 0
        for number, (camera, pieces, shots, count) in enumerate(work):
            span = (max(pieces[0].source.span.start_ms, self.window.start_ms), min(pieces[-1].source.span.end_ms, self.window.end_ms))
            part = self.directory / f"timelapse-{number}.mp4{PART}"
            pictures = timelapse.make(pieces, shots, part, _labels(camera, self.export.speed)(*span), self._advancing(before))
            before += count
            name = file_name(camera.slug, span[0], "timelapse.mp4")
            self._add_file(camera, name, span, pictures * 1000 // FPS, part.stat().st_size)
            parts.append(part)
        if len(parts) == 1 and len(self.cameras) == 1:
            self.file = self.files[0]["name"]
            parts[0].rename(self.directory / f"{self.file}{PART}")
            return
        with self._archive() as archive:
            for part, its_file in zip(parts, self.files, strict=True):
                with part.open("rb") as source, archive.open(_entry(its_file), "w", force_zip64=True) as out:
                    while block := source.read(1 << 20):
                        out.write(block)
                        self._advance(0)
                part.unlink()

    def _add_file(self, camera: Camera, name: str, span_ms: tuple[int, int], duration_ms: int, size_bytes: int) -> None:
        taken = {its["name"] for its in self.files}
        stem, dot, ending = name.partition(".")
        number = 1
        while name in taken:
            number += 1
            name = f"{stem}_{number}{dot}{ending}"
        self.files.append(
            {
                "name": name,
                "camera": camera.slug,
                "start_ms": span_ms[0],
                "end_ms": span_ms[1],
                "duration_ms": duration_ms,
                "size_bytes": size_bytes,
            }
        )

    @contextlib.contextmanager
    def _part(self, name: str) -> Iterator[BinaryIO]:
        self.file = name
        with (self.directory / f"{name}{PART}").open("wb") as out:
            yield out

    @contextlib.contextmanager
    def _archive(self) -> Iterator[zipfile.ZipFile]:
        """Stored: video does not get smaller. Says in words what is in it."""
        with (
            self._part(file_name("cameras", self.window.start_ms, "zip")) as out,
            zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True) as archive,
        ):
            archive.writestr(CONTENTS, _contents(self))
            yield archive

    def _advancing(self, before: int) -> Callable[[int], None]:
        def to(done: int) -> None:
            self._done = before + done
            self._tell()

        return to

    def _advance(self, amount: int) -> None:
        self._done += amount
        self._tell()

    def _tell(self) -> None:
        """Raises Cancelled."""
        now_s = time.monotonic()
        if now_s - self._told_s < _TELL_EVERY_S:
            return
        self._told_s = now_s
        progress = min(self._done / self._total, 1.0)
        if not Export.objects.filter(pk=self.export.pk, state=Export.State.RUNNING).update(progress=progress):
            raise Cancelled
        tell(self.export.pk)


def _labels(camera: Camera, speed: int = 1) -> Callable[[int, int], Labels]:
    def label(start_ms: int, end_ms: int) -> Labels:
        pace = f", {speed} times as fast" if speed > 1 else ""
        return Labels(start_ms, camera.name, f"{camera.name}, {_moment(start_ms)} to {_moment(end_ms)}{pace}")

    return label


def _entry(its_file: dict[str, Any]) -> zipfile.ZipInfo:
    at = datetime.fromtimestamp(its_file["start_ms"] / 1000, timezone.get_default_timezone())
    return zipfile.ZipInfo(its_file["name"], (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second))


def _contents(job: Job) -> str:
    """What stands in the zip beside the films."""
    lines = [f"{its['name']}: {_moment(its['start_ms'])} to {_moment(its['end_ms'])}" for its in job.files]
    lines += ["", *job.notes] if job.notes else []
    if job.gaps:
        lines += ["", "Cut out, because there is no footage:"]
        lines += [f"{gap['camera']}: {_moment(gap['start_ms'])} to {_moment(gap['end_ms'])}: {gap['text']}" for gap in job.gaps]
    return "\n".join([*lines, ""])


def _moment(at_ms: int) -> str:
    """In the installation's time zone, with its offset."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(timezone.get_default_timezone())
    return at.isoformat(sep=" ", timespec="milliseconds")

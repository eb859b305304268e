"""Segment files by the real writer, of any length and time, in an instant; and the rows they belong to."""

from __future__ import annotations

import time
from pathlib import Path

from cameras.models import Camera
from recordings.models import Volume
from recordings.open_segment import OpenSegment
from recordings.rules.cutting import Cutting
from recordings.stream_writer import StreamWriter
from streaming.media.packet import Role, StreamKey
from tests.support.footage import packets, tracks

MINUTE_MS = 60_000


class Camcorder:
    """Records one stream to one volume."""

    def __init__(self, volume: Volume, camera: Camera | int, role: Role = Role.MAIN, cutting: Cutting | None = None) -> None:
        camera_id = camera if isinstance(camera, int) else camera.pk
        self.root = Path(volume.path)
        self._files = f"camera-{camera_id}/{role}/*/*.mp4"
        self._before = set(self._found())
        self._tracks = tracks()
        self._writer = StreamWriter(StreamKey(camera_id, role), volume.directory(), cutting or Cutting(), self)
        self._writer.announce(self._tracks)
        self._next_ms = 0

    @property
    def paths(self) -> list[str]:
        """The segments it made, relative to the volume, by name."""
        return sorted(set(self._found()) - self._before)

    def record(self, seconds: float, *, start_ms: int | None = None) -> Camcorder:
        """Goes on where it stopped, or at `start_ms`. The last segment stays open."""
        start_ms = self._next_ms if start_ms is None else start_ms
        for packet in packets(seconds, of=self._tracks, start_ms=start_ms):
            self._writer.write(packet, time.monotonic())
        self._next_ms = start_ms + round(seconds * 1000)
        return self

    def stop(self) -> Camcorder:
        self._writer.finish()
        return self

    def crash(self, torn: bytes = b"") -> Path:
        """The process is gone in the middle of a write: `torn` was written last. The file that was open."""
        segment = self._writer.segment
        assert segment is not None
        assert segment.file is not None
        segment.file.close()
        path = self.root / segment.file.path
        with path.open("ab") as file:
            file.write(torn)
        return path

    def grown(self, segment: OpenSegment) -> None:
        """The first sync gives the file its name."""
        if segment.file is not None and not segment.file.synced_bytes:
            segment.file.sync()

    def clock_went_ahead(self, segment: OpenSegment, ended_at_ms: int, by_ms: int) -> None:
        """Nothing keeps the reasons of gaps here."""

    def ended(self, segment: OpenSegment) -> None:
        if segment.file is not None:
            segment.file.close()

    def _found(self) -> list[str]:
        return [path.relative_to(self.root).as_posix() for path in self.root.glob(self._files)]


def make_volume(path: Path, name: str = "disk", **fields: object) -> Volume:
    volume = Volume(name=name, path=str(path), **({"keep_free_bytes": 0} | fields))
    volume.save()
    volume.directory().claim()
    return volume

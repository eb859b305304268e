"""Footage in a recording directory, written by the recorder itself, and in the catalogue when there is one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from cameras.models import Camera
from recordings.directory import RecordingDirectory
from recordings.journal import Journal
from recordings.models import Segment, Volume
from recordings.recorder import Plan, Recorder
from recordings.rules.cutting import Cutting
from recordings.services.catalogue import catalogue_file
from streaming.media.packet import MediaPacket, Role, StreamKey, Tracks


def record(
    directory: RecordingDirectory, stream: StreamKey, parts: Iterable[tuple[Tracks, list[MediaPacket]]], *, segment_ms: int
) -> list[Path]:
    """The segments it made, in order of time."""
    pattern = f"camera-{stream.camera_id}/{stream.role}/*/*.mp4"
    before = set(directory.path.rglob(pattern))
    journal = Journal(directory.path / "journal")
    recorder = Recorder(journal=journal, tell=lambda news: None, backlog_bytes_per_stream=256 * 2**20)
    recorder.set_plans({stream: Plan((directory,), Cutting(segment_ms))})
    journal.start()
    recorder.start()
    for tracks, packets in parts:
        recorder.announce(stream, tracks)
        for packet in packets:
            recorder.write(stream, packet)
    assert recorder.close(20)
    journal.close()
    return sorted(set(directory.path.rglob(pattern)) - before)


class Archive:
    """A volume with footage of cameras, catalogued."""

    def __init__(self, root: Path) -> None:
        self.volume = Volume.objects.create(id=uuid4(), name="Disk", path=str(root), keep_free_bytes=0)
        self.volume.directory().claim()

    def add(
        self,
        camera: Camera,
        *parts: tuple[Tracks, list[MediaPacket]],
        segment_ms: int = 10_000,
        is_finished: bool = True,
        role: Role = Role.MAIN,
    ) -> list[Segment]:
        paths = record(self.volume.directory(), StreamKey(camera.pk, role), parts, segment_ms=segment_ms)
        root = Path(self.volume.path)
        found = [catalogue_file(self.volume, path.relative_to(root).as_posix(), is_finished=is_finished) for path in paths]
        return [row for row in found if row is not None]

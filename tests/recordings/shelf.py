"""Footage as the catalogue knows it, without files: rows, the sums of their days, notes of the recorder."""

from __future__ import annotations

import itertools
from pathlib import Path

from django.db import transaction

from cameras.models import Camera
from recordings.models import Deletion, Protection, RecordingNote, Segment, Volume
from recordings.services.coverage import Balance, footage_of

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
MIDNIGHT_MS = 1_795_046_400_000  # 2026-11-19T00:00Z, a Thursday


class Shelf:
    """Of one volume that is there."""

    def __init__(self, root: Path) -> None:
        self.volume = Volume.objects.create(name="disk", path=str(root / "disk"), keep_free_bytes=0)
        self.volume.directory().claim()
        self._numbers = itertools.count()

    def put(self, camera: Camera, start_ms: int, end_ms: int, *, role: str = "main", length_ms: int = MINUTE_MS) -> list[Segment]:
        """Segments one after the other, a thousand bytes a second."""
        made = [
            self._row(camera, role, at_ms, min(at_ms + length_ms, end_ms), is_finished=True) for at_ms in range(start_ms, end_ms, length_ms)
        ]
        return self._keep(made)

    def growing(self, camera: Camera, start_ms: int, end_ms: int) -> Segment:
        (row,) = self._keep([self._row(camera, "main", start_ms, end_ms, is_finished=False)])
        return row

    def note(self, camera: Camera, at_ms: int, kind: str, reason: str = "", *, role: str = "main") -> None:
        RecordingNote.objects.create(camera=camera, role=role, at_ms=at_ms, kind=kind, reason=reason, line=f"note {next(self._numbers)}")

    def deletion(self, camera: Camera, start_ms: int, end_ms: int, rule: str) -> None:
        Deletion.objects.create(camera=camera, role="main", start_ms=start_ms, end_ms=end_ms, rule=rule)

    def protection(self, camera: Camera, start_ms: int, end_ms: int, note: str = "") -> Protection:
        return Protection.objects.create(camera=camera, start_ms=start_ms, end_ms=end_ms, note=note, by=None)

    def _row(self, camera: Camera, role: str, start_ms: int, end_ms: int, *, is_finished: bool) -> Segment:
        return Segment(
            camera=camera,
            role=role,
            volume=self.volume,
            path=f"camera-{camera.pk}/{role}/{start_ms}-{next(self._numbers)}.mp4",
            started_at_ms=start_ms,
            ended_at_ms=end_ms,
            started_90k=start_ms * 90,
            generation=1,
            size_bytes=end_ms - start_ms,
            init_bytes=1000,
            index=b"",
            video_codec="avc1.640029",
            width_px=1920,
            height_px=1080,
            is_finished=is_finished,
            has_pictures=True,
        )

    @transaction.atomic
    def _keep(self, rows: list[Segment]) -> list[Segment]:
        balance = Balance()
        for row in rows:
            balance.add(footage_of(row))
        made = Segment.objects.bulk_create(rows)
        balance.book()
        return made

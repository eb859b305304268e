"""Events on a RecordedSite: rows as the detector would make them, pictures of its footage, and what is told as they begin and end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from tests.support.playback_site import RecordedSite

_ADD = """
from cameras.models import Camera
from recordings.models import Event
from recordings.services import event_pictures

cameras = {camera.slug: camera for camera in Camera.objects.all()}
answer = [Event.objects.create(camera=cameras.get(fields.pop("camera")), **fields).pk for fields in given["events"]]
event_pictures.finish(budget_s=25)
"""
_TELL = """
from recordings.models import Event
from recordings.services.event_hooks import told

Event.objects.filter(pk=given["id"]).update(**given["fields"])
event = Event.objects.filter(pk=given["id"]).select_related("camera").get()
told(event, given["state"])
"""
_TRACE = """
from cameras.models import Camera
from recordings.models import MotionTrace, Segment
from recordings.rules.motion.activity import Activity
from recordings.rules.motion.grid import CELLS, cell_at
from recordings.rules.motion.traces import to_bytes
from recordings.rules.spans import Span


def activity_of(span):
    cells = {cell_at(x, y) for at_ms, x, y in given["moved"] if span.start_ms <= at_ms < span.end_ms}
    if not cells:
        return Activity(span)
    counts = bytes(40 if cell in cells else 0 for cell in range(CELLS))
    return Activity(span, moving=(span,), score=60, counts=counts, best_at_ms=span.start_ms)

Camera.objects.filter(pk=given["camera"]).update(detects_motion=True)
for segment in Segment.objects.filter(camera_id=given["camera"]):
    start_ms, end_ms = segment.started_at_ms, segment.ended_at_ms
    spans = [Span(at_ms, min(at_ms + 2000, end_ms)) for at_ms in range(start_ms, end_ms, 2000)]
    MotionTrace.objects.update_or_create(
        segment=segment,
        defaults={
            "camera_id": segment.camera_id,
            "started_at_ms": start_ms,
            "analysed_until_ms": end_ms,
            "peak_score": 60,
            "entries": to_bytes(activity_of(span) for span in spans),
        },
    )
"""


def motion(camera: str | None, start_ms: int, length_ms: int = 4_000, **fields: Any) -> dict[str, Any]:
    """An event's fields. Of kind motion, over, and without pictures (`needs_pictures`), unless they say otherwise."""
    end_ms = start_ms + length_ms
    usual = {
        "kind": "motion",
        "end_ms": end_ms,
        "seen_until_ms": end_ms,
        "peak_score": 50,
        "best_at_ms": start_ms + length_ms // 2,
    }
    footage = {"footage_start_ms": start_ms - 2_000, "footage_end_ms": end_ms + 3_000}
    return {"camera": camera, "start_ms": start_ms, **usual, **footage, **fields}


@dataclass
class Happenings:
    site: RecordedSite

    def add(self, events: Iterable[dict[str, Any]]) -> list[int]:
        """Their ids, in order. One with `needs_pictures` gets those of its footage."""
        found: list[int] = self.site.site.python(_ADD, events=list(events))
        return found

    def tell(self, event_id: int, state: str, **fields: Any) -> None:
        """Changes it, and says so to whoever listens."""
        self.site.site.python(_TELL, id=event_id, state=state, fields=fields)

    def trace(self, slug: str, *, moved: Iterable[tuple[int, float, float]]) -> None:
        """As if all footage of the camera had been analysed, and something had moved for two seconds at each of these (at_ms, x, y)."""
        self.site.site.python(_TRACE, camera=self.site.site.cameras[slug], moved=list(moved))

    # Without a Django of its own for each: pages wait for these.

    def reviewed(self) -> set[int]:
        with closing(self._database()) as database:
            return {pk for (pk,) in database.execute("SELECT id FROM recordings_event WHERE reviewed_at IS NOT NULL")}

    def review(self, *, but: Iterable[int] = ()) -> None:
        """As if somebody had looked at all of them but those."""
        with closing(self._database()) as database, database:
            database.execute("UPDATE recordings_event SET reviewed_at='2026-11-22 10:00:00'")
            database.executemany("UPDATE recordings_event SET reviewed_at=NULL WHERE id=?", [(pk,) for pk in but])

    def unreview(self) -> None:
        with closing(self._database()) as database, database:
            database.execute("UPDATE recordings_event SET reviewed_at=NULL, reviewed_by_id=NULL")

    def remove(self, *ids: int) -> None:
        with closing(self._database()) as database, database:
            database.executemany("DELETE FROM recordings_event WHERE id=?", [(pk,) for pk in ids])

    def _database(self) -> sqlite3.Connection:
        return sqlite3.connect(self.site.site.data_dir / "nvr.sqlite3", timeout=10)

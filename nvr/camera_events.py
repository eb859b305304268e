"""What cameras notice by themselves, made into events. Put together here: cameras know nothing of events, and events nothing of ONVIF.

A camera that is turned sees everything move, and says so: on a tour at every stop. Motion that it notices then is withheld, and becomes
an event only if the camera still sees it some time after it has come to rest. What else it notices (somebody, a covered lens, an input)
is told at once.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from cameras.control import history
from cameras.onvif.notices import Notice, NoticeKind
from recordings.models import Event
from recordings.services.event_states import begin, change, end, going_on

KINDS = {
    NoticeKind.MOTION: Event.Kind.CAMERA_MOTION,
    NoticeKind.OBJECT: Event.Kind.CAMERA_MOTION,
    NoticeKind.LINE: Event.Kind.LINE,
    NoticeKind.INTRUSION: Event.Kind.INTRUSION,
    NoticeKind.TAMPER: Event.Kind.TAMPER,
    NoticeKind.SOUND: Event.Kind.SOUND,
    NoticeKind.INPUT: Event.Kind.INPUT,
}
_BEFORE_MS, _AFTER_MS = 5_000, 5_000
# What has no end, such as a crossed line, is taken to last so long.
_MOMENT_MS = 1_000
# Cameras that notice the same anew within this are taken to be still at it.
_REST_MS = 3_000
# Cameras go on saying that something moves for up to ten seconds. What they say so long after they came to rest is no echo of the turning.
_ECHO_MS = 15_000
# What o'clock it is at the camera is known to the second.
_CLOCK_MS = 1_000


class CameraEvents:
    """A Taker (cameras/control/listener.py). Told again, or how things stand anew after a restart, it changes nothing."""

    def __init__(self) -> None:
        self._withheld: dict[int, dict[str, Notice]] = {}

    def noticed(self, camera_id: int, found: Sequence[Notice]) -> None:
        for notice in found:
            if not self._withholds(camera_id, notice):
                self._note(camera_id, notice, _now_ms())
        if self._withheld.get(camera_id):
            self._release(camera_id, _now_ms())

    def lost(self, camera_id: int) -> None:
        """Ends what goes on there at the moment it was seen last; should it still go on, the camera says so when it is heard again."""
        self._withheld.pop(camera_id, None)
        for event in self._going_on(camera_id):
            end(event, event.seen_until_ms, now_ms=_now_ms())

    def lost_all(self) -> None:
        """At the start: what was going on when this process ended is known anew from the cameras."""
        self._withheld.clear()
        for event in going_on().filter(kind__in=set(KINDS.values())):
            end(event, event.seen_until_ms, now_ms=_now_ms())

    def _withholds(self, camera_id: int, notice: Notice) -> bool:
        """Of motion that began before the camera turned, nothing."""
        if notice.kind is not NoticeKind.MOTION:
            return False
        withheld = self._withheld.setdefault(camera_id, {})
        if notice.is_on is False:
            withheld.pop(notice.source, None)
            return False
        if notice.source in withheld:
            return True
        is_known = any((one.kind, one.subject) == (KINDS[notice.kind], notice.source) for one in self._going_on(camera_id))
        if is_known or not history.turnings(camera_id, notice.at_ms - _CLOCK_MS, notice.at_ms + _CLOCK_MS):
            return False
        if notice.is_on:
            withheld[notice.source] = notice
        return True

    def _release(self, camera_id: int, now_ms: int) -> None:
        """The camera stands still again, and goes on seeing something move: since when, nobody knows better than since it stands."""
        newest = history.turning_before(camera_id, now_ms + 1)
        stands_since_ms = 0 if newest is None else newest.end_ms
        if now_ms < stands_since_ms + _ECHO_MS:
            return
        for notice in self._withheld.pop(camera_id).values():
            self._note(camera_id, replace(notice, at_ms=max(notice.at_ms, stands_since_ms)), now_ms)

    def _note(self, camera_id: int, notice: Notice, now_ms: int) -> None:
        kind = KINDS[notice.kind]
        event = next((one for one in self._going_on(camera_id) if (one.kind, one.subject) == (kind, notice.source)), None)
        if notice.is_on is False:
            if event is not None:
                end(event, max(notice.at_ms, event.seen_until_ms), now_ms=now_ms)
        elif event is not None:
            change(event, now_ms=now_ms, is_news=False, seen_until_ms=max(event.seen_until_ms, notice.at_ms))
        elif not (notice.is_on is None and (notice.is_initial or self._has_just_been(camera_id, kind, notice))):
            begin(_event(camera_id, kind, notice), now_ms=now_ms)

    def _going_on(self, camera_id: int) -> list[Event]:
        return [event for event in going_on().filter(kind__in=set(KINDS.values())) if event.camera_id == camera_id]

    def _has_just_been(self, camera_id: int, kind: Event.Kind, notice: Notice) -> bool:
        rows = Event.objects.filter(camera=camera_id, kind=kind, subject=notice.source, start_ms__gte=notice.at_ms - _REST_MS)
        return rows.filter(start_ms__lte=notice.at_ms).exists()


def _event(camera_id: int, kind: Event.Kind, notice: Notice) -> Event:
    end_ms = notice.at_ms + _MOMENT_MS if notice.is_on is None else None
    return Event(
        camera_id=camera_id,
        kind=kind,
        subject=notice.source,
        start_ms=notice.at_ms,
        end_ms=end_ms,
        seen_until_ms=end_ms or notice.at_ms,
        footage_start_ms=notice.at_ms - _BEFORE_MS,
        footage_end_ms=(end_ms or notice.at_ms) + _AFTER_MS,
        labels=[{"label": label, "score": None} for label in notice.labels],
        best_at_ms=notice.at_ms,
        needs_pictures=True,
    )


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

"""What cameras notice by themselves, made into events. Put together here: cameras know nothing of events, and events nothing of ONVIF."""

from __future__ import annotations

import time
from collections.abc import Sequence

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


class CameraEvents:
    """A Taker (cameras/control/listener.py). Told again, or how things stand anew after a restart, it changes nothing."""

    def noticed(self, camera_id: int, found: Sequence[Notice]) -> None:
        for notice in found:
            self._note(camera_id, notice, _now_ms())

    def lost(self, camera_id: int) -> None:
        """Ends what goes on there at the moment it was seen last; should it still go on, the camera says so when it is heard again."""
        for event in self._going_on(camera_id):
            end(event, event.seen_until_ms, now_ms=_now_ms())

    def lost_all(self) -> None:
        """At the start: what was going on when this process ended is known anew from the cameras."""
        for event in going_on().filter(kind__in=set(KINDS.values())):
            end(event, event.seen_until_ms, now_ms=_now_ms())

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

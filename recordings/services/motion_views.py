"""What a camera that turns looks at, for who goes through its footage: what was learned of one view is not held against another.

A background is kept for each preset, so that on a tour, at each stop, what sways there is known already.
"""

from __future__ import annotations

from collections.abc import Callable

from cameras.control import history
from recordings.motion.background import Background
from recordings.motion.detector import LONGEST_PAUSE_MS, Detector
from recordings.rules.motion.views import Part, Turn, View, Views
from recordings.rules.spans import Span
from recordings.services import motion_memory
from recordings.services.motion_looking import Seen


def views_in(camera_id: int, window: Span) -> Views:
    """One query for a camera that stood still, three for one that turned."""
    last = history.turning_before(camera_id, window.end_ms)
    if last is None:
        return Views()
    if last.end_ms <= window.start_ms:
        return Views([_turn(last)])
    before = history.turning_before(camera_id, window.start_ms)
    found = [*([before] if before is not None else []), *history.turnings(camera_id, window.start_ms, window.end_ms)]
    return Views([_turn(turning) for turning in dict.fromkeys(found)])


class Onlooker:
    """Gives a detector the background of what it is about to see. `view` is what it saw last."""

    def __init__(self, camera_id: int, role: str, views: Views, view: View, detector: Detector) -> None:
        self._camera_id, self._role = camera_id, role
        self._views, self.detector = views, detector
        self.view = view

    def apart(self, span: Span, look: Callable[[], Seen | str]) -> list[tuple[Part, Seen | str]]:
        """What is seen in a span of footage, view by view; `look` is called when there is any to be seen."""
        parts = self._views.parts(span)
        found = look() if any(part.view for part in parts) else ""
        return [(part, part.reason or _of_part(found, part.span)) for part in parts]

    def looks_at(self, at_ms: int) -> bool:
        """Whether the picture of that time is of a camera that stands still; the detector is ready for it then."""
        view = self._views.view_at(at_ms)
        if view is None:
            return False
        if view != self.view:
            self._turn(view, at_ms)
        return True

    def _turn(self, view: View, at_ms: int) -> None:
        known = self.detector.background
        if known is not None and self.view.preset_id is not None:
            motion_memory.keep_view(self._camera_id, self._role, self.view.preset_id, known)
        self.detector.background = self._background_of(view, at_ms)
        self.view = view

    def _background_of(self, view: View, at_ms: int) -> Background | None:
        kept = None if view.preset_id is None else motion_memory.kept_view(self._camera_id, self._role, view.preset_id)
        if kept is None or not 0 <= at_ms - kept.at_ms <= LONGEST_PAUSE_MS:
            return None
        kept.look_again(at_ms)
        return kept


def _of_part(found: Seen | str, span: Span) -> Seen | str:
    if isinstance(found, str):
        return found
    return Seen(tuple(sighting for sighting in found.sightings if span.start_ms <= sighting.at_ms < span.end_ms), found.is_decoded)


def _turn(turning: history.Turning) -> Turn:
    return Turn(Span(turning.start_ms, turning.end_ms), turning.preset_id, turning.is_by_person)

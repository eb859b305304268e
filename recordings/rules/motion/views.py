"""Where a camera that turns looked, and when it was turning: what moves in its picture then is not motion. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from recordings.rules.motion.activity import TURNED, TURNED_BY_ITSELF
from recordings.rules.spans import Span, clipped, joined, without


class Turn(NamedTuple):
    """`preset_id`: where the camera came to rest, None for nowhere that has a name."""

    span: Span
    preset_id: int | None = None
    is_by_person: bool = True


class View(NamedTuple):
    """What a camera looked at after the turn that began then."""

    turned_ms: int
    preset_id: int | None = None


# Of a camera of which no turn is known.
UNTURNED = View(0)


class Part(NamedTuple):
    """Of footage: with a view, or turning for that `reason`."""

    span: Span
    view: View | None
    reason: str = ""


class Views:
    """`turns` come in the order of their starts. They may overlap: the one that began last tells where the camera stands after."""

    def __init__(self, turns: Sequence[Turn] = ()) -> None:
        self._turns = turns
        self._begins = [turn.span.start_ms for turn in turns]
        self._turning = joined(turn.span for turn in turns)

    def parts(self, span: Span) -> list[Part]:
        """All of the span, in order."""
        turning = [Part(hole, None, self._reason(hole)) for hole in clipped(self._turning, span)]
        still = [Part(rest, self._view(rest.start_ms)) for rest in without(span, self._turning)]
        return sorted(turning + still, key=lambda part: part.span)

    def view_at(self, at_ms: int) -> View | None:
        """None while it turns."""
        is_turning = any(span.start_ms <= at_ms < span.end_ms for span in self._turning)
        return None if is_turning else self._view(at_ms)

    def _view(self, at_ms: int) -> View:
        begun = bisect_right(self._begins, at_ms)
        return View(self._begins[begun - 1], self._turns[begun - 1].preset_id) if begun else UNTURNED

    def _reason(self, hole: Span) -> str:
        is_by_person = any(turn.is_by_person and clipped([turn.span], hole) for turn in self._turns)
        return TURNED if is_by_person else TURNED_BY_ITSELF

"""Where a camera that turns looked, and when it turned."""

from __future__ import annotations

import pytest

from recordings.rules.motion.activity import TURNED, TURNED_BY_ITSELF, Activity
from recordings.rules.motion.views import UNTURNED, Part, Turn, View, Views
from recordings.rules.spans import Span

GATE, YARD = 7, 8


def turn(start_s: float, end_s: float, preset_id: int | None = None, *, by_itself: bool = False) -> Turn:
    return Turn(span(start_s, end_s), preset_id, not by_itself)


def span(start_s: float, end_s: float) -> Span:
    return Span(round(start_s * 1000), round(end_s * 1000))


def test_a_camera_that_never_turned_has_one_view() -> None:
    assert Views().parts(span(5, 7)) == [Part(span(5, 7), UNTURNED)]
    assert Views().view_at(0) == UNTURNED


def test_footage_is_cut_where_the_camera_turns() -> None:
    views = Views([turn(0, 2, GATE), turn(5, 6, YARD, by_itself=True)])
    assert views.parts(span(4, 8)) == [
        Part(span(4, 5), View(0, GATE)),
        Part(span(5, 6), None, TURNED_BY_ITSELF),
        Part(span(6, 8), View(5000, YARD)),
    ]
    assert views.parts(span(5.2, 5.8)) == [Part(span(5.2, 5.8), None, TURNED_BY_ITSELF)]
    assert views.parts(span(2, 5)) == [Part(span(2, 5), View(0, GATE))]


@pytest.mark.parametrize(
    ("at_s", "view"),
    [(-1, UNTURNED), (0, None), (1.999, None), (2, View(0, GATE)), (4.999, View(0, GATE)), (5, None), (6, View(5000, None))],
)
def test_turns_are_half_open(at_s: float, view: View | None) -> None:
    assert Views([turn(0, 2, GATE), turn(5, 6)]).view_at(round(at_s * 1000)) == view


def test_the_turn_that_began_last_tells_where_it_stands() -> None:
    """The tour was on its way to the yard when somebody took over; its runner heard of that later."""
    views = Views([turn(0, 5, YARD, by_itself=True), turn(2, 4)])
    assert views.parts(span(0, 10)) == [Part(span(0, 5), None, TURNED), Part(span(5, 10), View(2000, None))]


def test_a_person_s_turn_is_no_tour_s() -> None:
    views = Views([turn(0, 1, by_itself=True), turn(2, 3), turn(4, 5, by_itself=True)])
    assert [part.reason for part in views.parts(span(0, 5)) if part.view is None] == [TURNED_BY_ITSELF, TURNED, TURNED_BY_ITSELF]


def test_what_was_left_out_while_it_turned_is_no_lack() -> None:
    assert Activity(span(0, 1), skipped=TURNED).is_turning
    assert not Activity(span(0, 1), skipped=TURNED_BY_ITSELF).is_missed
    assert Activity(span(0, 1), skipped="too much to do").is_missed
    assert not Activity(span(0, 1)).is_missed

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from recordings.rules.motion.activity import Activity, Box
from recordings.rules.motion.event_growth import Marks, Place, Sighting, home_of, marked, placed, sightings
from recordings.rules.spans import Span, joined

START_MS = 1_795_000_000_000
REST_MS = 8_000


def activity(start_ms: int, *moving: tuple[int, int], score: int = 10, zones: tuple[str, ...] = (), best_ms: int | None = None) -> Activity:
    """Two seconds of footage; times are after START_MS."""
    best_at_ms = START_MS + (best_ms if best_ms is not None else moving[0][0]) if moving else None
    return Activity(
        Span(START_MS + start_ms, START_MS + start_ms + 2000),
        tuple(Span(START_MS + start, START_MS + end) for start, end in moving),
        score if moving else 0,
        zones,
        best_at_ms=best_at_ms,
        box=Box(0.1, 0.2, 0.3, 0.4) if moving else None,
    )


def span(start_ms: int, end_ms: int) -> Span:
    return Span(START_MS + start_ms, START_MS + end_ms)


def test_motion_with_short_rests_is_one_sighting_and_long_rests_part_them() -> None:
    told = [activity(0, (500, 2000)), activity(2000), activity(8000, (9999, 10_000)), activity(18_000, (18_000, 19_000))]
    found = sightings(told, ends_after_ms=REST_MS)
    assert [one.span for one in found] == [span(500, 10_000), span(18_000, 19_000)]


def test_a_sighting_is_marked_by_its_strongest_moment_and_all_its_zones() -> None:
    told = [
        activity(0, (0, 2000), score=20, zones=("Drive",), best_ms=700),
        activity(2000, (2000, 4000), score=60, zones=("Door", "Drive"), best_ms=3100),
        activity(4000, (4000, 4500), score=60, zones=("Bin",), best_ms=4400),
    ]
    (found,) = sightings(told, ends_after_ms=REST_MS)
    assert found.marks == Marks(60, ("Bin", "Door", "Drive"), START_MS + 3100, Box(0.1, 0.2, 0.3, 0.4))


def test_nothing_that_moved_is_no_sighting() -> None:
    assert sightings([activity(0), activity(2000)], ends_after_ms=REST_MS) == []
    assert sightings([Activity(span(0, 2000), skipped="too much to do")], ends_after_ms=REST_MS) == []


def test_what_is_far_from_every_event_is_a_new_one() -> None:
    assert placed(span(50_000, 51_000), [span(0, 42_000)], ends_after_ms=REST_MS) == [Place(span(50_000, 51_000))]
    assert placed(span(0, 1000), [], ends_after_ms=REST_MS) == [Place(span(0, 1000))]


def test_what_is_near_belongs_to_the_event_on_either_side() -> None:
    assert placed(span(50_000, 51_000), [span(0, 42_001)], ends_after_ms=REST_MS) == [Place(span(0, 51_000), 0)]
    assert placed(span(0, 1000), [span(8999, 12_000)], ends_after_ms=REST_MS) == [Place(span(0, 12_000), 0)]


def test_what_joins_two_events_fills_the_first_up_to_the_second() -> None:
    places = placed(span(5000, 30_000), [span(0, 6000), span(20_000, 21_000)], ends_after_ms=REST_MS)
    assert places == [Place(span(0, 20_000), 0), Place(span(20_000, 30_000), 1)]
    assert home_of(Marks(5, best_at_ms=START_MS + 25_000), places) == places[1]
    assert home_of(Marks(5), places) == places[0]


def test_what_is_told_again_of_the_second_of_two_leaves_the_first_as_it_was() -> None:
    """They came to lie close to each other by what was told between."""
    known = [span(0, 4001), span(10_000, 10_001)]
    assert placed(span(10_000, 10_001), known, ends_after_ms=REST_MS) == [Place(known[0], 0), Place(known[1], 1)]


def test_of_equally_strong_moments_the_first_stays() -> None:
    first, second = Marks(5, ("a",), 1), Marks(5, ("b",), 2)
    assert marked(first, second) == Marks(5, ("a", "b"), 1)
    assert marked(Marks(), second) == second
    assert marked(first, Marks(6, (), 3)) == Marks(6, ("a",), 3)


class Events:
    """What a database would hold."""

    def __init__(self) -> None:
        self.rows: list[Sighting] = []

    def note(self, activities: list[Activity]) -> None:
        for sighting in sightings(activities, ends_after_ms=REST_MS):
            places = placed(sighting.span, [row.span for row in self.rows], ends_after_ms=REST_MS)
            home = home_of(sighting.marks, places)
            for place in places:
                marks = sighting.marks if place == home else Marks()
                if place.known is None:
                    self.rows.append(Sighting(place.span, marks))
                else:
                    self.rows[place.known] = Sighting(place.span, marked(self.rows[place.known].marks, marks))
            self.rows.sort(key=lambda row: row.span)


@st.composite
def fragments(draw: st.DrawFn) -> list[Activity]:
    found = []
    for number in range(draw(st.integers(1, 40))):
        start_ms = number * 2000
        if draw(st.booleans()):
            first = draw(st.integers(0, 1900))
            last = draw(st.integers(first + 1, 2000))
            best = draw(st.integers(first, last - 1))
            moving = (start_ms + first, start_ms + last)
            zones = draw(st.sampled_from([(), ("a",), ("b",)]))
            found.append(activity(start_ms, moving, score=draw(st.integers(1, 100)), zones=zones, best_ms=start_ms + best))
        else:
            found.append(activity(start_ms))
    return found


def in_batches(told: list[Activity], cuts: list[int]) -> list[list[Activity]]:
    edges = sorted({0, len(told), *(cut for cut in cuts if cut < len(told))})
    return [told[first:last] for first, last in itertools.pairwise(edges)]


@given(fragments(), st.lists(st.integers(0, 40), max_size=6), st.data())
def test_in_order_events_are_the_same_however_the_telling_is_cut_and_repeated(
    told: list[Activity], cuts: list[int], data: st.DataObject
) -> None:
    batches = in_batches(told, cuts)
    events = Events()
    for number, batch in enumerate(batches):
        events.note(batch)
        events.note(batches[data.draw(st.integers(0, number))])
    assert events.rows == sightings(told, ends_after_ms=REST_MS)


@given(fragments(), st.lists(st.integers(0, 40), max_size=6), st.randoms())
def test_out_of_order_all_motion_is_in_an_event_and_none_overlap(told: list[Activity], cuts: list[int], chance: object) -> None:
    batches = in_batches(told, cuts)
    chance.shuffle(batches)  # type: ignore[attr-defined]  # Hypothesis's Random
    events = Events()
    for batch in batches:
        events.note(batch)
    before = list(events.rows)
    for batch in batches:
        events.note(batch)
    assert events.rows == before, "told again, nothing changes"
    spans = [row.span for row in events.rows]
    assert all(first.end_ms <= second.start_ms for first, second in itertools.pairwise(spans))
    moving = joined(part for one in told for part in one.moving)
    covered = joined(spans)
    assert all(any(part.start_ms >= whole.start_ms and part.end_ms <= whole.end_ms for whole in covered) for part in moving)
    whole = sightings(told, ends_after_ms=REST_MS)
    assert max((row.marks.score for row in events.rows), default=0) == max((one.marks.score for one in whole), default=0)

"""What counts as motion, on shapes that are made up: who walks, what sways, drips and shines."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from recordings.rules.motion.grid import cells_in
from recordings.rules.motion.judgement import Judge, Watch, WatchedZone
from recordings.rules.motion.observations import FINE_COLUMNS, FINE_ROWS, Shape, Sighting
from recordings.rules.motion.tracks import TracksError, from_stored
from recordings.rules.spans import Span

START_MS = 1_795_000_000_000
EVERY_MS = 200
LEFT = cells_in(((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
RIGHT = cells_in(((0.5, 0), (1, 0), (1, 1), (0.5, 1)))


def shape(x: float, y: float, *, width: float = 0.05, height: float = 0.25, area: int = 60, **others: int) -> Shape:
    """With its middle there."""
    left, top = round((x - width / 2) * FINE_COLUMNS), round((y - height / 2) * FINE_ROWS)
    right, bottom = max(round((x + width / 2) * FINE_COLUMNS), left + 1), max(round((y + height / 2) * FINE_ROWS), top + 1)
    looks = {"contrast": 50, "edge": 80, "stir": 60, "unrest": 0} | others
    return Shape(max(left, 0), max(top, 0), min(right, FINE_COLUMNS), min(bottom, FINE_ROWS), round(x * 255), round(y * 255), area, **looks)


def walk(
    seconds: float, *, from_x: float = 0.1, to_x: float = 0.9, y: float = 0.6, every_ms: int = EVERY_MS, **looks: int
) -> list[Sighting]:
    count = round(seconds * 1000 / every_ms)
    return [
        Sighting(START_MS + number * every_ms, (shape(from_x + (to_x - from_x) * number / count, y, **looks),)) for number in range(count)
    ]


def moving(sightings: list[Sighting], watch: Watch = Watch()) -> list[Span]:  # noqa: B008  # frozen
    judge = Judge(watch)
    for sighting in sightings:
        judge.see(sighting)
    return judge.moving()


def test_somebody_who_walks_moves_from_first_to_last() -> None:
    (span,) = moving(walk(6))
    assert span == Span(START_MS, START_MS + 6000)


@pytest.mark.parametrize("every_ms", [67, 100, 200, 400, 1000])
def test_a_walker_is_found_however_many_pictures_are_looked_at(every_ms: int) -> None:
    assert moving(walk(8, every_ms=every_ms))


def level(sightings: list[Sighting], watch: Watch) -> int:
    judge = Judge(watch)
    for sighting in sightings:
        judge.see(sighting)
    return judge.level(Span(START_MS, START_MS + 60_000))


def test_the_level_tells_what_moves_where_it_is_watched_also_what_does_not_count() -> None:
    tiny_is_none, right = Watch(smallest_percent=50), Watch(zones=(WatchedZone("right", RIGHT, 50),))
    assert level(walk(6), Watch()) == level(walk(6), tiny_is_none) > 0
    assert not moving(walk(6), tiny_is_none)
    assert level(walk(6, from_x=0.1, to_x=0.4), right) == 0
    assert level(walk(6, from_x=0.6, to_x=0.9), right) > 0
    assert level(walk(6), Watch(ignored=LEFT | RIGHT)) == 0


def test_the_level_is_quiet_while_a_clock_runs() -> None:
    clock = [Sighting(START_MS + n * EVERY_MS, (shape(0.2, 0.9, width=0.3, height=0.1, area=900, contrast=120),)) for n in range(100)]
    assert level(clock, Watch()) == 0


def test_what_sways_in_its_place_does_not_move() -> None:
    chance = random.Random(2)
    flag = [Sighting(START_MS + n * EVERY_MS, (shape(0.5 + chance.uniform(-0.01, 0.01), 0.3, width=0.1, area=200),)) for n in range(300)]
    assert not moving(flag)


def test_where_it_always_sways_something_has_to_get_farther() -> None:
    assert moving(walk(4, from_x=0.3, to_x=0.38))
    assert not moving(walk(4, from_x=0.3, to_x=0.38, unrest=8))
    assert moving(walk(6, from_x=0.3, to_x=0.7, unrest=8))


def test_drops_here_and_there_do_not_move() -> None:
    chance = random.Random(4)
    rain = [
        Sighting(
            START_MS + n * EVERY_MS,
            tuple(shape(chance.random(), chance.random(), width=0.02, height=0.08, area=12) for _ in range(8)),
        )
        for n in range(200)
    ]
    assert not moving(rain)


def test_light_does_not_move() -> None:
    assert not moving(walk(4, area=300, edge=20))


def test_what_shoots_past_the_lens_does_not_move() -> None:
    assert not moving(walk(0.6, area=1500))
    assert moving(walk(2, area=1500))


def test_what_stands_still_stops_moving_and_goes_on_when_it_stirs() -> None:
    steps = walk(4, to_x=0.5)
    still = [Sighting(START_MS + 4000 + n * EVERY_MS, (shape(0.5, 0.6, stir=0),)) for n in range(40)]
    leaves = [Sighting(sighting.at_ms + 12_000, (shape(0.5 + 0.1 * n / 20, 0.6),)) for n, sighting in enumerate(walk(4))]
    first, second = moving(steps + still + leaves)
    assert first == Span(START_MS, START_MS + 4000)
    assert second.start_ms == START_MS + 12_000


def test_sensitivity_asks_for_contrast() -> None:
    faint = walk(6, contrast=7)
    assert not moving(faint)
    assert moving(faint, Watch(sensitivity=80))
    assert not moving(walk(6, contrast=20), Watch(sensitivity=10))


def test_small_and_short_things_are_left_out_as_asked() -> None:
    assert not moving(walk(6, area=60), Watch(smallest_percent=1.0))
    assert moving(walk(6, area=60), Watch(smallest_percent=0.5))
    assert not moving(walk(2), Watch(shortest_ms=3000))
    assert moving(walk(4), Watch(shortest_ms=3000))


def test_a_zone_sees_what_is_in_it_and_says_so() -> None:
    watch = Watch(zones=(WatchedZone("Door", LEFT, 50), WatchedZone("Gate", RIGHT, 50)))
    judge = Judge(watch)
    for sighting in walk(6, to_x=0.45):
        judge.see(sighting)
    seen = judge.activity(Span(START_MS, START_MS + 6000))
    assert seen.zones == ("Door",)
    assert not moving(walk(6, to_x=0.45), replace(watch, zones=watch.zones[1:]))


def test_what_comes_out_of_an_ignored_zone_moves_from_there_on() -> None:
    assert not moving(walk(6, to_x=0.45), Watch(ignored=LEFT))
    (span,) = moving(walk(8), Watch(ignored=LEFT))
    assert START_MS + 1000 <= span.start_ms < START_MS + 4500
    assert span.end_ms == START_MS + 8000


def test_a_zone_may_be_more_sensitive_than_its_camera() -> None:
    faint = walk(6, to_x=0.45, contrast=7)
    assert not moving(faint, Watch(zones=(WatchedZone("Door", LEFT, 50),)))
    assert moving(faint, Watch(zones=(WatchedZone("Door", LEFT, 90),)))


def test_an_activity_tells_best_moment_box_and_cells() -> None:
    judge = Judge(Watch())
    for sighting in walk(6):
        judge.see(sighting)
    big = shape(0.5, 0.5, width=0.2, height=0.6, area=400)
    judge.see(Sighting(START_MS + 6000, (big,)))
    seen = judge.activity(Span(START_MS + 2000, START_MS + 4000))
    assert seen.moving == (Span(START_MS + 2000, START_MS + 4000),)
    assert 0 < seen.score <= 100
    assert seen.best_at_ms is not None and seen.box is not None
    assert START_MS + 2000 <= seen.best_at_ms < START_MS + 4000
    assert sum(seen.counts) > 0 and max(seen.counts) <= 10
    assert judge.activity(Span(START_MS + 60_000, START_MS + 62_000)).is_quiet


def test_batch_by_batch_it_is_the_same_with_tracks_that_were_kept() -> None:
    sightings = walk(8)
    judge, found = Judge(Watch()), list[Span]()
    for at in range(0, len(sightings), 7):
        kept = json.loads(json.dumps(judge.tracker.to_stored()))
        judge = Judge(Watch(), from_stored(kept))
        for sighting in sightings[at : at + 7]:
            judge.see(sighting)
        found += judge.moving()
    assert (found[0].start_ms, found[-1].end_ms) == (START_MS, START_MS + 8000)


@pytest.mark.parametrize("stored", [None, [], {}, [3], [[1, 2], [1, 2]], [[1, 2, 3]], [["a", 1]], [[0, 0], "track"], [[float("nan"), 0]]])
def test_tracks_that_cannot_be_read_are_refused(stored: object) -> None:
    with pytest.raises(TracksError):
        from_stored(stored)

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.rules.days import DAY_MS, span_of
from recordings.rules.forecast import Held, forecast, room_bytes
from recordings.rules.retention import Candidate, Decision, Holding, Rule, Shortfall, Store, World, plan
from recordings.rules.spans import Span

NOW_MS = 1_000_000_000_000
MINUTE_MS = 60_000


class Footage:
    """Segments in memory; the planner's Oldest."""

    def __init__(self, segments: Sequence[Candidate]) -> None:
        self.segments = sorted(segments, key=lambda one: one.span)
        self.read = 0

    def of_camera(self, camera_id: int | None, since_ms: int = 0) -> Iterator[Candidate]:
        return self._reading(one for one in self.segments if one.camera_id == camera_id and one.span.start_ms >= since_ms)

    def of_volumes(self, volumes: Sequence[str]) -> Iterator[Candidate]:
        return self._reading(one for one in self.segments if one.volume in volumes)

    def _reading(self, segments: Iterator[Candidate]) -> Iterator[Candidate]:
        for one in segments:
            self.read += 1
            yield one


def segment(number: int, minutes_ago: int, camera_id: int | None = 1, volume: str = "a", size_bytes: int = 10) -> Candidate:
    start_ms = NOW_MS - minutes_ago * MINUTE_MS
    return Candidate(number, camera_id, "main", volume, Span(start_ms, start_ms + MINUTE_MS), size_bytes)


def store(name: str = "a", used_bytes: int = 100, **changes: object) -> Store:
    made = Store(volume=name, name=name, used_bytes=used_bytes, disk=name, keep_free_bytes=50, margin_bytes=10)
    return replace(made, **changes)  # type: ignore[arg-type]  # of one field each


def world(holdings: Sequence[Holding], stores: Sequence[Store], free_bytes: int = 1000, **changes: object) -> World:
    made = World(NOW_MS, holdings, stores, {one.disk: free_bytes for one in stores})
    return replace(made, **changes)  # type: ignore[arg-type]  # of one field each


def decided(of: World, footage: Footage) -> tuple[list[tuple[int, Rule]], list[Shortfall]]:
    items = list(plan(of, footage))
    decisions = [(item.candidate.id, item.rule) for item in items if isinstance(item, Decision)]
    return decisions, [item for item in items if isinstance(item, Shortfall)]


TEN = [segment(number, minutes_ago=10 - number) for number in range(10)]


def test_age_takes_what_ended_before_and_reads_no_further() -> None:
    footage = Footage(TEN)
    decisions, shortfalls = decided(world([Holding(1, "Yard", 100, keep_ms=5 * MINUTE_MS)], [store()]), footage)
    assert decisions == [(number, Rule.AGE) for number in range(5)]
    assert not shortfalls
    assert footage.read <= 7


def test_a_camera_s_bytes_take_its_oldest_only() -> None:
    footage = Footage([*TEN, segment(99, 60, camera_id=2)])
    holdings = [Holding(1, "Yard", 100, keep_bytes=75), Holding(2, "Door", 10)]
    decisions, _ = decided(world(holdings, [store(used_bytes=110)]), footage)
    assert decisions == [(number, Rule.CAMERA_BYTES) for number in range(3)]


def test_what_one_rule_takes_the_next_need_not() -> None:
    holdings = [Holding(1, "Yard", 100, keep_ms=7 * MINUTE_MS, keep_bytes=60)]
    of = world(holdings, [store(max_bytes=50)], total_max_bytes=40)
    decisions, _ = decided(of, Footage(TEN))
    assert [rule for _, rule in decisions] == [Rule.AGE] * 3 + [Rule.CAMERA_BYTES, Rule.VOLUME_BYTES, Rule.TOTAL_BYTES]
    assert [number for number, _ in decisions] == list(range(6))


def test_free_space_begins_at_one_margin_and_ends_at_two() -> None:
    holdings = [Holding(1, "Yard", 100)]
    assert decided(world(holdings, [store()], free_bytes=60), Footage(TEN))[0] == []
    assert decided(world(holdings, [store()], free_bytes=59), Footage(TEN))[0] == [(0, Rule.FREE_SPACE), (1, Rule.FREE_SPACE)]


def test_free_space_is_not_made_while_another_disk_has_room() -> None:
    stores = [store("a"), store("b")]
    of = world([Holding(1, "Yard", 100)], stores)
    assert decided(replace(of, free_bytes={"a": 50, "b": 60}), Footage(TEN))[0] == []
    assert decided(replace(of, free_bytes={"a": 50, "b": 60}, stores=[stores[0], replace(stores[1], is_enabled=False)]), Footage(TEN))[0]
    mixed = [replace(one, volume="ab"[one.id % 2]) for one in TEN]
    decisions, _ = decided(replace(of, free_bytes={"a": 50, "b": 45}), Footage(mixed))
    assert [number for number, _ in decisions] == [0, 1, 2], "the oldest of both, until one has room"


def test_volumes_on_one_disk_share_its_room() -> None:
    stores = [store("a"), replace(store("b"), disk="a")]
    of = world([Holding(1, "Yard", 200)], stores, free_bytes=55)
    decisions, _ = decided(of, Footage(TEN))
    assert len(decisions) == 2


def test_protected_footage_stays_and_the_rule_says_it_fell_short() -> None:
    of = world(
        [Holding(1, "Yard", 100, keep_bytes=0)], [store()], protected={1: [Span(NOW_MS - 8 * MINUTE_MS + 1, NOW_MS - 6 * MINUTE_MS - 1)]}
    )
    decisions, shortfalls = decided(of, Footage(TEN))
    assert [number for number, _ in decisions] == [0, 1, 4, 5, 6, 7, 8, 9]
    assert [(one.rule, one.what, one.missing_bytes) for one in shortfalls] == [(Rule.CAMERA_BYTES, "Yard", 20)]
    assert "protected" in shortfalls[0].reason


def test_a_disk_that_is_away_is_said_and_spared() -> None:
    stores = [store("a", trouble="not mounted"), store("b", used_bytes=0, max_bytes=10)]
    of = world([Holding(1, "Yard", 100, keep_ms=0)], stores, total_max_bytes=10)
    decisions, shortfalls = decided(of, Footage(TEN))
    assert decisions == []
    assert [(one.rule, one.missing_bytes, one.reason) for one in shortfalls] == [
        (Rule.AGE, 100, "not mounted"),
        (Rule.TOTAL_BYTES, 90, "not mounted"),
    ]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[World, list[Candidate]]:
    cameras = [1, 2, None]
    segments = [
        segment(number, draw(st.integers(1, 60)), draw(st.sampled_from(cameras)), draw(st.sampled_from("ab")), draw(st.integers(1, 20)))
        for number in range(draw(st.integers(0, 25)))
    ]
    limit = st.none() | st.integers(0, 200)
    holdings = [
        Holding(
            camera_id,
            str(camera_id),
            sum(one.size_bytes for one in segments if one.camera_id == camera_id),
            keep_ms=draw(st.none() | st.integers(0, 60 * MINUTE_MS)),
            keep_bytes=draw(limit),
        )
        for camera_id in cameras
    ]
    stores = [
        store(
            name,
            sum(one.size_bytes for one in segments if one.volume == name),
            max_bytes=draw(limit),
            is_enabled=draw(st.booleans()),
            trouble=draw(st.sampled_from(["", "", "", "away"])),
        )
        for name in "ab"
    ]
    minutes = st.integers(1, 60)
    protected: dict[int | None, list[Span]] = {}
    for camera_id in draw(st.sets(st.sampled_from([1, 2]))):
        protected[camera_id] = [Span(NOW_MS - draw(minutes) * MINUTE_MS, NOW_MS - draw(minutes) * MINUTE_MS)]
    free = {"a": draw(st.integers(0, 150)), "b": draw(st.integers(0, 150))}
    return World(NOW_MS, holdings, stores, free, draw(limit), protected), segments


@given(worlds())
def test_every_rule_is_met_or_says_why_not(made: tuple[World, list[Candidate]]) -> None:
    of, segments = made
    decisions, shortfalls = decided(of, Footage(segments))
    taken = {number for number, _ in decisions}
    assert len(taken) == len(decisions), "nothing is deleted twice"
    away = {one.volume for one in of.stores if one.trouble}
    left = [one for one in segments if one.id not in taken]
    for one in segments:
        protected = any(one.span.start_ms < s.end_ms and one.span.end_ms > s.start_ms for s in of.protected.get(one.camera_id, ()))
        assert not (one.id in taken and (protected or one.volume in away))
    missed = {(one.rule, one.what) for one in shortfalls}
    for holding in of.holdings:
        its = [one for one in left if one.camera_id == holding.camera_id]
        if holding.keep_bytes is not None and (Rule.CAMERA_BYTES, holding.name) not in missed:
            assert sum(one.size_bytes for one in its) <= holding.keep_bytes
    for one_store in of.stores:
        if one_store.max_bytes is not None and (Rule.VOLUME_BYTES, one_store.name) not in missed:
            assert sum(one.size_bytes for one in left if one.volume == one_store.volume) <= one_store.max_bytes
    if of.total_max_bytes is not None and (Rule.TOTAL_BYTES, "all cameras") not in missed:
        assert sum(one.size_bytes for one in left) <= of.total_max_bytes


@given(worlds())
def test_a_second_run_finds_nothing_left_to_do(made: tuple[World, list[Candidate]]) -> None:
    of, segments = made
    items = [item.candidate for item in plan(of, Footage(segments)) if isinstance(item, Decision)]
    freed = {name: of.free_bytes[name] + sum(one.size_bytes for one in items if one.volume == name) for name in "ab"}
    left = [one for one in segments if one not in items]
    after = replace(
        of,
        holdings=[replace(h, used_bytes=sum(one.size_bytes for one in left if one.camera_id == h.camera_id)) for h in of.holdings],
        stores=[replace(s, used_bytes=sum(one.size_bytes for one in left if one.volume == s.volume)) for s in of.stores],
        free_bytes=freed,
    )
    assert decided(after, Footage(left))[0] == []


DAY = date(2026, 11, 1)
NOON_MS = span_of(DAY).start_ms + DAY_MS // 2
GB = 10**9


def daily_world(free_bytes: int, *holdings: Holding, used_bytes: int = 0) -> World:
    return World(NOON_MS, holdings, [store(used_bytes=used_bytes, keep_free_bytes=0, margin_bytes=0)], {"a": free_bytes})


def test_the_forecast_says_when_the_disk_is_full() -> None:
    of = daily_world(100 * GB, Holding(1, "Yard", 0))
    found = forecast(of, [], {1: 10 * GB / 86_400}, days=3)
    assert found.full_at_ms == pytest.approx(NOON_MS + 10 * DAY_MS, abs=DAY_MS // 100)
    assert found.expiries == ()


def test_a_disk_that_age_keeps_empty_is_never_full() -> None:
    of = daily_world(100 * GB, Holding(1, "Yard", 0, keep_ms=5 * DAY_MS))
    assert forecast(of, [], {1: 10 * GB / 86_400}, days=3).full_at_ms is None
    assert forecast(of, [], {}, days=3).full_at_ms is None


def test_the_forecast_tells_which_day_goes_when_and_by_which_rule() -> None:
    held = [Held(1, span_of(date(2026, 10, day)), 10 * GB) for day in (28, 29, 30, 31)]
    of = daily_world(1000 * GB, Holding(1, "Yard", 40 * GB, keep_ms=4 * DAY_MS), used_bytes=40 * GB)
    found = forecast(of, held, {1: 10 * GB / 86_400}, days=3)
    assert [(one.day, one.rule) for one in found.expiries] == [(date(2026, 10, day), Rule.AGE) for day in (28, 29, 30)]
    assert [(one.at_ms - NOON_MS) // DAY_MS for one in found.expiries] == [1, 2, 3]
    full = forecast(daily_world(5 * GB, Holding(1, "Yard", 40 * GB), used_bytes=40 * GB), held, {1: 10 * GB / 86_400}, days=2)
    assert full.full_at_ms == pytest.approx(NOON_MS + DAY_MS // 2, abs=DAY_MS // 100)
    assert {one.rule for one in full.expiries} == {Rule.FREE_SPACE}
    assert full.expiries[0].at_ms == full.full_at_ms


def test_room_is_what_may_still_be_recorded() -> None:
    stores = [
        store("a", used_bytes=30, max_bytes=100),
        replace(store("b", used_bytes=0), disk="a"),
        store("c", is_enabled=False),
        store("d", trouble="away"),
    ]
    assert room_bytes(world([], stores, free_bytes=100)) == 40
    assert room_bytes(world([], stores, free_bytes=1000)) == 940
    assert room_bytes(world([], stores[:1], free_bytes=1000)) == 70
    assert room_bytes(world([], stores, free_bytes=100, total_max_bytes=231)) == 1

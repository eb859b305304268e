"""What the rules will delete in the days to come if recording goes on as it does, and when there is no more room. Pure.

The planner itself is asked, day after day, over whole days of footage instead of segments. All volumes are taken as one with the room of
all of them; what is protected is a small part of footage and is not told apart.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from heapq import merge

from recordings.rules.days import DAY_MS, day_of
from recordings.rules.retention import Candidate, Decision, Rule, Store, World, plan
from recordings.rules.spans import Span

_FAR_DAYS = 3650
_POOL = "all volumes"


@dataclass(frozen=True, slots=True)
class Held:
    """A camera's bytes of one day."""

    camera_id: int | None
    span: Span
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Expiry:
    """Footage of `day` that goes at about `at_ms`."""

    at_ms: int
    camera_id: int | None
    day: date
    size_bytes: int
    rule: Rule


@dataclass(frozen=True, slots=True)
class Forecast:
    """`full_at_ms`: when footage begins to be deleted for want of room; None when the other rules delete as much as is recorded, for ten
    years at least.
    """

    full_at_ms: int | None
    expiries: tuple[Expiry, ...]


def forecast(world: World, held: Sequence[Held], bytes_per_s: Mapping[int | None, float], *, days: int) -> Forecast:
    """`expiries` of the next `days`. `bytes_per_s`: of what is written and stays."""
    future = _Future(world, held)
    daily = {camera_id: round(rate * 86_400) for camera_id, rate in bytes_per_s.items()}
    longest_ms = max((holding.keep_ms for holding in world.holdings if holding.keep_ms is not None), default=0)
    full_at_ms: int | None = None
    expiries: list[Expiry] = []
    for number in range(_FAR_DAYS):
        now_ms = world.now_ms + number * DAY_MS
        room_before = future.room_bytes
        gone = future.go_to(now_ms, daily if number else {})
        if full_at_ms is None and any(expiry.rule is Rule.FREE_SPACE for expiry in gone):
            written = sum(daily.values())
            full_at_ms = now_ms if not number or not written else now_ms - DAY_MS + min(max(room_before, 0) * DAY_MS // written, DAY_MS)
            gone = [replace(expiry, at_ms=full_at_ms) if expiry.rule is Rule.FREE_SPACE else expiry for expiry in gone]
        if number <= days:
            expiries += gone
        is_steady = number * DAY_MS > longest_ms and not future.is_growing
        if number >= days and (full_at_ms is not None or is_steady):
            break
    return Forecast(full_at_ms, tuple(expiries))


class _Future:
    """The footage as days; is the planner's Oldest."""

    def __init__(self, world: World, held: Sequence[Held]) -> None:
        self._world = world
        self._days: dict[int | None, deque[Candidate]] = {holding.camera_id: deque() for holding in world.holdings}
        self._used: defaultdict[int | None, int] = defaultdict(int)
        self._next_id = 0
        for one in sorted(held, key=lambda one: one.span):
            self._add(one)
        self.room_bytes = room_bytes(world)
        self.is_growing = True

    def go_to(self, now_ms: int, written: Mapping[int | None, int]) -> list[Expiry]:
        """One day on."""
        before = sum(self._used.values())
        for camera_id, size_bytes in written.items():
            if size_bytes:
                self._add(Held(camera_id, Span(now_ms - DAY_MS, now_ms), size_bytes))
        used = sum(self._used.values())
        pool = Store(_POOL, _POOL, used, _POOL, keep_free_bytes=0, margin_bytes=0)
        # What goes for want of motion goes within minutes: it is not a part of what is written in a day.
        holdings = [replace(holding, used_bytes=self._used[holding.camera_id], watch=None) for holding in self._world.holdings]
        world = World(now_ms, holdings, [pool], {_POOL: self.room_bytes - (used - before)})
        gone = [(item.candidate, item.rule) for item in plan(world, self) if isinstance(item, Decision)]
        for candidate, _ in gone:
            self._days[candidate.camera_id].remove(candidate)
            self._used[candidate.camera_id] -= candidate.size_bytes
        change = sum(self._used.values()) - before
        self.room_bytes -= change
        self.is_growing = change > 0
        return [Expiry(now_ms, one.camera_id, day_of(one.span.start_ms), one.size_bytes, rule) for one, rule in gone]

    def of_camera(self, camera_id: int | None, since_ms: int = 0) -> Iterator[Candidate]:
        return (one for one in self._days[camera_id] if one.span.start_ms >= since_ms)

    def of_volumes(self, volumes: Sequence[str]) -> Iterator[Candidate]:
        return merge(*self._days.values(), key=lambda one: one.span)

    def _add(self, held: Held) -> None:
        self._next_id += 1
        candidate = Candidate(self._next_id, held.camera_id, "", _POOL, held.span, held.size_bytes)
        self._days.setdefault(held.camera_id, deque()).append(candidate)
        self._used[held.camera_id] += held.size_bytes


def room_bytes(world: World) -> int:
    """What can be recorded before footage is deleted for want of room."""
    room, taken = 0, defaultdict[str, int](int)
    for store in world.stores:
        if store.trouble or not store.is_enabled:
            continue
        its_room = max(world.free_bytes[store.disk] - taken[store.disk] - store.keep_free_bytes - store.margin_bytes, 0)
        if store.max_bytes is not None:
            its_room = min(its_room, max(store.max_bytes - store.used_bytes, 0))
        taken[store.disk] += its_room
        room += its_room
    if world.total_max_bytes is not None:
        room = min(room, max(world.total_max_bytes - sum(store.used_bytes for store in world.stores), 0))
    return room

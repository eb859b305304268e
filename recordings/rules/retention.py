"""What is deleted, by which rule, and when. Pure: dry run, execution and forecast are the same functions over the same facts.

Rules in the order in which they choose, each from the oldest on: no motion (of cameras recorded on motion; no_motion.py), age (a camera's
days), camera bytes, volume bytes, free space, total bytes. What an earlier one took counts for the later ones. Nobody takes what is
protected, and only finished segments are offered. A rule that can't be met says so as a Shortfall: nothing is given up silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import takewhile
from typing import Protocol

from recordings.rules.no_motion import Watch, judged
from recordings.rules.spans import Span


class Rule(StrEnum):
    NO_MOTION = "no motion"
    AGE = "age"
    CAMERA_BYTES = "camera bytes"
    VOLUME_BYTES = "volume bytes"
    FREE_SPACE = "free space"
    TOTAL_BYTES = "total bytes"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One finished segment. `camera_id` is None when its camera is gone."""

    id: int
    camera_id: int | None
    role: str
    volume: str
    span: Span
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Holding:
    """One camera's footage, or that of all cameras that are gone. None: no such limit; `watch`: not recorded on motion."""

    camera_id: int | None
    name: str
    used_bytes: int
    keep_ms: int | None = None
    keep_bytes: int | None = None
    watch: Watch | None = None


@dataclass(frozen=True, slots=True)
class Store:
    """One volume. `disk` is the same for volumes that share one. `is_enabled`: new footage may go there.

    Deleting for free space begins when no enabled volume has `margin_bytes` more than `keep_free_bytes`, and ends when one has twice that:
    new footage goes to the one with room. `trouble`: why nothing can be deleted there now; empty when it can.
    """

    volume: str
    name: str
    used_bytes: int
    disk: str
    keep_free_bytes: int
    margin_bytes: int
    max_bytes: int | None = None
    is_enabled: bool = True
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """`free_bytes` per disk, with what is already being deleted counted as free."""

    now_ms: int
    holdings: Sequence[Holding]
    stores: Sequence[Store]
    free_bytes: Mapping[str, int]
    total_max_bytes: int | None = None
    protected: Mapping[int | None, Sequence[Span]] = field(default_factory=dict)


class Oldest(Protocol):
    """Candidates by the time they begin, the oldest first. May leave out what is protected."""

    def of_camera(self, camera_id: int | None, since_ms: int = 0) -> Iterator[Candidate]: ...
    def of_volumes(self, volumes: Sequence[str]) -> Iterator[Candidate]: ...


@dataclass(frozen=True, slots=True)
class Decision:
    candidate: Candidate
    rule: Rule


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What the rule wanted to delete and could not. `what`: the camera's or volume's name."""

    rule: Rule
    what: str
    missing_bytes: int
    reason: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Once what was decided before it is carried out: where the rule "no motion" went on for this camera, and where it is to go on next."""

    camera_id: int
    since_ms: int
    until_ms: int


Item = Decision | Shortfall | Judged
_NOTHING_LEFT = "all that is left is protected or still being written"


def plan(world: World, oldest: Oldest) -> Iterator[Item]:
    """Lazily: candidates are only read as far as the rules reach. An empty world yields nothing."""
    return _Planner(world, oldest).run()


class _Planner:
    def __init__(self, world: World, oldest: Oldest) -> None:
        self._world = world
        self._oldest = oldest
        self._taken: set[int] = set()
        self._cameras = {holding.camera_id: holding.used_bytes for holding in world.holdings}
        self._volumes = {store.volume: store.used_bytes for store in world.stores}
        self._free = dict(world.free_bytes)
        self._stores = {store.volume: store for store in world.stores}
        self._total = sum(self._volumes.values())

    def run(self) -> Iterator[Item]:
        for holding in self._world.holdings:
            if holding.watch is not None and holding.camera_id is not None:
                yield from self._by_motion(holding, holding.camera_id, holding.watch)
        for holding in self._world.holdings:
            if holding.keep_ms is not None:
                yield from self._by_age(holding, self._world.now_ms - holding.keep_ms)
        for holding in self._world.holdings:
            if holding.keep_bytes is not None:
                yield from self._by_camera_bytes(holding, holding.keep_bytes)
        for store in self._world.stores:
            if store.max_bytes is not None:
                yield from self._by_volume_bytes(store, store.max_bytes)
        yield from self._by_free_space()
        if self._world.total_max_bytes is not None:
            yield from self._by_total_bytes(self._world.total_max_bytes)

    def _by_motion(self, holding: Holding, camera_id: int, watch: Watch) -> Iterator[Item]:
        """Stops at what can't be deleted now, so that it is decided later and not forgotten."""
        coming = self._oldest.of_camera(camera_id, watch.since_ms)
        candidates = list(takewhile(lambda candidate: candidate.span.start_ms < watch.until_ms + watch.pre_roll_ms, coming))
        verdict = judged(watch, [candidate.span for candidate in candidates])
        for candidate in (candidates[number] for number in verdict.goes):
            if self._is_kept(candidate):
                continue
            if trouble := self._trouble(candidate):
                yield Shortfall(Rule.NO_MOTION, holding.name, candidate.size_bytes, trouble)
                yield Judged(camera_id, watch.since_ms, candidate.span.start_ms)
                return
            yield self._take(candidate, Rule.NO_MOTION)
        yield Judged(camera_id, watch.since_ms, verdict.until_ms)

    def _by_age(self, holding: Holding, before_ms: int) -> Iterator[Decision | Shortfall]:
        stuck: dict[str, int] = {}
        for candidate in self._oldest.of_camera(holding.camera_id):
            if candidate.span.start_ms >= before_ms:
                break
            if candidate.span.end_ms > before_ms or self._is_kept(candidate):
                continue
            if trouble := self._trouble(candidate):
                stuck[trouble] = stuck.get(trouble, 0) + candidate.size_bytes
            else:
                yield self._take(candidate, Rule.AGE)
        for trouble, size_bytes in stuck.items():
            yield Shortfall(Rule.AGE, holding.name, size_bytes, trouble)

    def _by_camera_bytes(self, holding: Holding, limit_bytes: int) -> Iterator[Decision | Shortfall]:
        if self._cameras[holding.camera_id] <= limit_bytes:
            return
        trouble = ""
        for candidate in self._oldest.of_camera(holding.camera_id):
            if self._is_kept(candidate):
                continue
            if its_trouble := self._trouble(candidate):
                trouble = its_trouble
                continue
            yield self._take(candidate, Rule.CAMERA_BYTES)
            if self._cameras[holding.camera_id] <= limit_bytes:
                return
        yield Shortfall(Rule.CAMERA_BYTES, holding.name, self._cameras[holding.camera_id] - limit_bytes, trouble or _NOTHING_LEFT)

    def _by_volume_bytes(self, store: Store, limit_bytes: int) -> Iterator[Decision | Shortfall]:
        if self._volumes[store.volume] <= limit_bytes:
            return
        for candidate in self._oldest_of([store]):
            yield self._take(candidate, Rule.VOLUME_BYTES)
            if self._volumes[store.volume] <= limit_bytes:
                return
        yield Shortfall(Rule.VOLUME_BYTES, store.name, self._volumes[store.volume] - limit_bytes, store.trouble or _NOTHING_LEFT)

    def _by_free_space(self) -> Iterator[Decision | Shortfall]:
        stores = [store for store in self._world.stores if store.is_enabled and not store.trouble]
        if not stores or self._missing_bytes(stores, margins=1) <= 0:
            return
        for candidate in self._oldest_of(stores):
            yield self._take(candidate, Rule.FREE_SPACE)
            if self._missing_bytes(stores, margins=2) <= 0:
                return
        if (missing_bytes := self._missing_bytes(stores, margins=1)) > 0:
            yield Shortfall(Rule.FREE_SPACE, ", ".join(store.name for store in stores), missing_bytes, _NOTHING_LEFT)

    def _by_total_bytes(self, limit_bytes: int) -> Iterator[Decision | Shortfall]:
        if self._total <= limit_bytes:
            return
        for candidate in self._oldest_of(self._world.stores):
            yield self._take(candidate, Rule.TOTAL_BYTES)
            if self._total <= limit_bytes:
                return
        trouble = next((store.trouble for store in self._world.stores if store.trouble), "")
        yield Shortfall(Rule.TOTAL_BYTES, "all cameras", self._total - limit_bytes, trouble or _NOTHING_LEFT)

    def _oldest_of(self, stores: Sequence[Store]) -> Iterator[Candidate]:
        volumes = [store.volume for store in stores if not store.trouble]
        return (candidate for candidate in self._oldest.of_volumes(volumes) if not self._is_kept(candidate))

    def _missing_bytes(self, stores: Sequence[Store], *, margins: int) -> int:
        """Until one of them has room."""
        return min(store.keep_free_bytes + margins * store.margin_bytes - self._free[store.disk] for store in stores)

    def _is_kept(self, candidate: Candidate) -> bool:
        """Gone already, or protected."""
        if candidate.id in self._taken:
            return True
        span = candidate.span
        return any(
            span.start_ms < other.end_ms and span.end_ms > other.start_ms for other in self._world.protected.get(candidate.camera_id, ())
        )

    def _trouble(self, candidate: Candidate) -> str:
        store = self._stores.get(candidate.volume)
        return store.trouble if store else "its volume is unknown"

    def _take(self, candidate: Candidate, rule: Rule) -> Decision:
        self._taken.add(candidate.id)
        self._cameras[candidate.camera_id] = self._cameras.get(candidate.camera_id, 0) - candidate.size_bytes
        self._volumes[candidate.volume] -= candidate.size_bytes
        self._total -= candidate.size_bytes
        disk = self._stores[candidate.volume].disk
        self._free[disk] = self._free.get(disk, 0) + candidate.size_bytes
        return Decision(candidate, rule)

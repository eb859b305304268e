"""When something moves, rests a little and moves again, people call it one event: spans of motion made into episodes. Pure.

    episodes    of footage that is known wholly
    carried_on  of footage that arrives bit by bit: what is over, and what may still go on

A rest of `ends_after_ms` or more ends an episode. An episode reaches from its first motion to its last: the rest is not a part of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from recordings.rules.spans import Span, joined


class Course(NamedTuple):
    """`over`: in the order of time. `going_on`: what the next bit may add to."""

    over: list[Span]
    going_on: Span | None


def episodes(moving: Iterable[Span], *, ends_after_ms: int) -> list[Span]:
    """Sorted and apart, whatever the order of `moving`."""
    return joined(moving, tolerance_ms=max(ends_after_ms - 1, 0))


def carried_on(going_on: Span | None, moving: Iterable[Span], *, known_until_ms: int, ends_after_ms: int) -> Course:
    """Adds motion to what was going on; footage is known up to `known_until_ms`.

    Motion that was added before changes nothing. Motion that lies before what was going on becomes an episode of its own, or makes it begin
    earlier.
    """
    found = episodes([*([going_on] if going_on else []), *moving], ends_after_ms=ends_after_ms)
    if found and known_until_ms - found[-1].end_ms < ends_after_ms:
        return Course(found[:-1], found[-1])
    return Course(found, None)

"""Whether a camera that was sent somewhere stands still, from what it said of itself since. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

LOOK_EVERY_S = 0.5
# From one end of its range to the other a slow camera takes half a minute.
MOST_LOOKS = 80
# Encoders are never quite at rest.
_SAME = 0.002
# Some say MOVING for ever; some tell neither a state nor a position.
_SAME_LOOKS, _SILENT_LOOKS = 6, 20


class Look(Protocol):
    """What cameras.onvif.ptz.Position tells."""

    @property
    def pan(self) -> float | None: ...
    @property
    def tilt(self) -> float | None: ...
    @property
    def zoom(self) -> float | None: ...
    @property
    def is_moving(self) -> bool | None: ...


def is_at_rest(looks: Sequence[Look]) -> bool:
    """`looks` are LOOK_EVERY_S apart, the newest last. A single IDLE may be from before it began to turn."""
    if len(looks) < 2:
        return False
    now, before = looks[-1], looks[-2]
    if now.is_moving is False and before.is_moving is False:
        return True
    if now.is_moving is None and not _is_placed(now):
        return len(looks) >= _SILENT_LOOKS
    needed = 2 if now.is_moving is None else _SAME_LOOKS
    return _is_placed(now) and len(looks) >= needed and all(_is_same(now, look) for look in looks[-needed:])


def _is_placed(look: Look) -> bool:
    return (look.pan, look.tilt, look.zoom) != (None, None, None)


def _is_same(one: Look, other: Look) -> bool:
    pairs = ((one.pan, other.pan), (one.tilt, other.tilt), (one.zoom, other.zoom))
    return all(a == b or (a is not None and b is not None and abs(a - b) <= _SAME) for a, b in pairs)

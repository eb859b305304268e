"""When a move is renewed and when it is stopped. Pure: seconds of any steady clock come in.

Three nets, each under the other. Who holds a key down sends a beat every BEAT_EVERY_S; without one for BEATS_MISSING_S the camera is
stopped. The camera is told to stop by itself MOVE_TIMEOUT_S after each renewal (cameras/onvif/ptz.py), should this process die or the
network to the camera break. And for cameras that don't listen to that, another process stops what this one has not answered for since
ANSWER_FOR_S (cameras/control/watch.py).

Each of them must be done within a second: BEATS_MISSING_S, and ANSWER_FOR_S with a look of the watch, leave time for the stop itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

BEAT_EVERY_S = 0.15
BEATS_MISSING_S = 0.45
RENEW_EVERY_S = 0.25
ANSWER_FOR_S = 0.5


@dataclass(frozen=True, slots=True)
class Velocity:
    """Parts of full speed, from -1 to 1: right, up, closer, farther focus."""

    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0
    focus: float = 0.0

    @property
    def is_still(self) -> bool:
        return not (self.turns_head or self.focus)

    @property
    def turns_head(self) -> bool:
        return bool(self.pan or self.tilt or self.zoom)


class Step(Enum):
    SEND = "send"
    WAIT = "wait"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Hold:
    """Somebody holds the camera in this move. `sent_s` is None until the camera has been told of it."""

    velocity: Velocity
    beat_s: float
    sent_s: float | None = None


def next_step(hold: Hold | None, now_s: float) -> tuple[Step, float]:
    """What to do now, and when to ask again at the latest, as a moment."""
    if hold is None or hold.velocity.is_still or now_s >= hold.beat_s + BEATS_MISSING_S:
        return Step.STOP, now_s
    if hold.sent_s is None or now_s >= hold.sent_s + RENEW_EVERY_S:
        return Step.SEND, now_s
    return Step.WAIT, min(hold.sent_s + RENEW_EVERY_S, hold.beat_s + BEATS_MISSING_S)

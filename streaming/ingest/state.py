"""What state a camera stream is in, what moves it on, how long to wait before the next try, and words for its owner.

Everything that affects the transitions is in TRANSITIONS; docs/camera-states.md draws its diagram from it. Pure: whoever runs a
stream (worker.py) sends the events and keeps the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from streaming.rtsp.errors import FailureCode


class State(StrEnum):
    OFF = "off"
    CONNECTING = "connecting"
    LIVE = "live"
    DOWN = "down"
    RETRYING = "retrying"


class Event(StrEnum):
    START = "start"
    PICTURE = "picture"  # the first keyframe of a connection
    FAILURE = "failure"
    RETRY = "retry"  # the waiting time is over
    STOP = "stop"


TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        (State.OFF, Event.START): State.CONNECTING,
        (State.CONNECTING, Event.PICTURE): State.LIVE,
        (State.CONNECTING, Event.FAILURE): State.DOWN,
        (State.LIVE, Event.FAILURE): State.DOWN,
        (State.DOWN, Event.RETRY): State.RETRYING,
        (State.RETRYING, Event.PICTURE): State.LIVE,
        (State.RETRYING, Event.FAILURE): State.DOWN,
        (State.CONNECTING, Event.STOP): State.OFF,
        (State.LIVE, Event.STOP): State.OFF,
        (State.DOWN, Event.STOP): State.OFF,
        (State.RETRYING, Event.STOP): State.OFF,
    }
)

# How outsiders see a state: a stream that tries again is still down, with the reason why.
SHOWN: Mapping[State, str] = MappingProxyType({state: "down" if state is State.RETRYING else state.value for state in State})

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 30.0
# Trying a wrong password again and again locks accounts; a wrong path is not cured by haste either.
SLOW_DELAY_S = 30.0
HEALTHY_AFTER_S = 30.0
_JITTER = 0.25
_SLOW_CODES = frozenset(
    {
        FailureCode.UNAUTHORIZED,
        FailureCode.FORBIDDEN,
        FailureCode.PATH_NOT_FOUND,
        FailureCode.REDIRECT_REFUSED,
        FailureCode.UNSUPPORTED_CODEC,
        FailureCode.NO_VIDEO,
    }
)

WORDS: Mapping[FailureCode, str] = MappingProxyType(
    {
        FailureCode.NAME_NOT_FOUND: "The camera's name was not found in the network. Check the address.",
        FailureCode.REFUSED: "The camera refused the connection. Check the port, and that RTSP is switched on in the camera.",
        FailureCode.UNREACHABLE: "The camera can't be reached. Check its power, its cable and the address.",
        FailureCode.TIMEOUT: "The camera did not answer in time.",
        FailureCode.TLS: "The encrypted connection failed. Check the certificate, or switch its verification off.",
        FailureCode.UNAUTHORIZED: "The camera did not accept the user name and password.",
        FailureCode.FORBIDDEN: "The camera does not allow this user to watch this stream.",
        FailureCode.PATH_NOT_FOUND: "The camera has no stream at this path. Check the part of the address behind the host.",
        FailureCode.SERVER_ERROR: "The camera reported an error of its own. Restarting the camera may help.",
        FailureCode.PROTOCOL: "The camera sent something that is not understood.",
        FailureCode.REDIRECT_REFUSED: "The camera sent us to another address, which is not followed. Enter that address if it is right.",
        FailureCode.NO_VIDEO: "The stream holds no video.",
        FailureCode.UNSUPPORTED_CODEC: "The camera's video format is not supported. Set the camera to H.264, H.265 or MJPEG.",
        FailureCode.NO_PACKETS: "The camera is connected but sends nothing.",
        FailureCode.NO_KEYFRAME: "The camera sends video but no keyframe. Set a keyframe interval of a few seconds in the camera.",
        FailureCode.CLOSED: "The camera closed the connection.",
    }
)


class UnknownTransition(ValueError):
    """Our own mistake: an event was sent to a state that has no use for it."""


def next_state(state: State, event: Event) -> State:
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise UnknownTransition(f"{event} in state {state}") from None


@dataclass(frozen=True, slots=True)
class RetryDelays:
    first_s: float = FIRST_DELAY_S
    longest_s: float = LONGEST_DELAY_S
    slow_s: float = SLOW_DELAY_S
    healthy_after_s: float = HEALTHY_AFTER_S

    def delay_s(self, failures: int, code: FailureCode, chance: float) -> float:
        """`failures` in a row, this one included; `chance` in [0, 1) spreads the result by a quarter either way."""
        usual = min(self.longest_s, self.first_s * 2.0 ** min(failures - 1, 30))
        base = max(usual, self.slow_s) if code in _SLOW_CODES else usual
        return base * (1 - _JITTER + 2 * _JITTER * chance)


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    rows = [f"    {state} --> {target}: {event}" for (state, event), target in TRANSITIONS.items()]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {State.OFF}", *rows])

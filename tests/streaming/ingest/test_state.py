from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.ingest.state import SHOWN, TRANSITIONS, WORDS, Event, RetryDelays, State, UnknownTransition, diagram, next_state
from streaming.rtsp.errors import FailureCode

DOCUMENT = Path(__file__).parents[3] / "docs" / "camera-states.md"


def test_the_documents_diagram_is_the_tables() -> None:
    _, _, rest = DOCUMENT.read_text(encoding="utf-8").partition("<!-- drawn from streaming/ingest/state.py -->\n```mermaid\n")
    assert rest.partition("\n```\n<!-- end -->")[0] == diagram()


def test_an_unknown_transition_is_our_mistake() -> None:
    with pytest.raises(UnknownTransition):
        next_state(State.OFF, Event.PICTURE)


def test_every_state_is_left_and_every_running_state_can_be_stopped() -> None:
    assert {state for state, _ in TRANSITIONS} == set(State)
    assert {state for state, event in TRANSITIONS if event is Event.STOP} == set(State) - {State.OFF}
    assert set(SHOWN.values()) == {"off", "connecting", "live", "down"}


@given(st.integers(1, 1000), st.sampled_from(FailureCode), st.floats(0, 1, exclude_max=True))
def test_delays_stay_within_their_bounds(failures: int, code: FailureCode, chance: float) -> None:
    assert 0.375 <= RetryDelays().delay_s(failures, code, chance) <= 37.5


def test_delays_double_up_to_the_longest() -> None:
    delays = [RetryDelays().delay_s(failures, FailureCode.CLOSED, 0.5) for failures in range(1, 9)]
    assert delays == [0.5, 1, 2, 4, 8, 16, 30, 30]


@pytest.mark.parametrize("code", [FailureCode.UNAUTHORIZED, FailureCode.PATH_NOT_FOUND])
def test_what_haste_cannot_cure_is_tried_slowly_from_the_start(code: FailureCode) -> None:
    assert RetryDelays().delay_s(1, code, 0.5) == 30


def test_every_failure_has_words_for_the_cameras_owner() -> None:
    assert set(WORDS) == set(FailureCode)

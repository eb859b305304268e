from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cameras.control.deadman import ANSWER_FOR_S, BEAT_EVERY_S, BEATS_MISSING_S, RENEW_EVERY_S, Hold, Step, Velocity, next_step
from cameras.control.ranks import LEASE_MS, Helmsman, Rank, after
from cameras.control.tempo import Tempo
from cameras.onvif.ptz import MOVE_TIMEOUT_S

RIGHT = Velocity(pan=0.5)


def test_the_nets_hold_within_a_second() -> None:
    assert BEATS_MISSING_S >= 2.5 * BEAT_EVERY_S, "two late beats are no reason to stop"
    assert BEATS_MISSING_S <= 0.5
    assert MOVE_TIMEOUT_S <= 1
    assert RENEW_EVERY_S * 2 <= ANSWER_FOR_S <= MOVE_TIMEOUT_S, "a renewal may be lost before anybody else steps in"


def test_a_move_is_sent_then_renewed_then_stopped() -> None:
    hold = Hold(RIGHT, beat_s=10.0)
    assert next_step(hold, 10.0) == (Step.SEND, 10.0)
    hold = replace(hold, sent_s=10.0)
    assert next_step(hold, 10.01) == (Step.WAIT, 10.25)
    assert next_step(hold, 10.25)[0] is Step.SEND
    assert next_step(replace(hold, sent_s=10.3), 10.31) == (Step.WAIT, 10.45)
    assert next_step(hold, 10.45)[0] is Step.STOP
    assert next_step(None, 10.0)[0] is Step.STOP
    assert next_step(Hold(Velocity(), 10.0), 10.0)[0] is Step.STOP


@given(beat=st.floats(0, 1e6), sent=st.none() | st.floats(0, 1e6), now=st.floats(0, 1e6))
def test_without_beats_nothing_goes_on(beat: float, sent: float | None, now: float) -> None:
    step, until = next_step(Hold(RIGHT, beat, sent), now)
    assert (step is Step.STOP) == (now >= beat + BEATS_MISSING_S)
    if step is Step.WAIT:
        assert now <= until <= beat + BEATS_MISSING_S


def test_who_may_take_the_helm() -> None:
    free = Helmsman()
    bob = after(free, 2, Rank.OPERATOR, 1000)
    assert bob == Helmsman(2, Rank.OPERATOR, 1000, 1000 + LEASE_MS)
    assert after(bob, 3, Rank.OPERATOR, 2000) is None
    assert after(bob, 3, Rank.OPERATOR, 2000, takes_over=True) is None, "of the same rank nobody takes over"
    assert after(bob, 4, Rank.CONFIGURER, 2000) is None, "nor from a lower one without meaning to"
    carol = after(bob, 4, Rank.CONFIGURER, 2000, takes_over=True)
    assert carol == Helmsman(4, Rank.CONFIGURER, 2000, 2000 + LEASE_MS)
    assert after(carol, 2, Rank.OPERATOR, 3000, takes_over=True) is None
    assert after(bob, 2, Rank.OPERATOR, 3000) == Helmsman(2, Rank.OPERATOR, 1000, 3000 + LEASE_MS), "who has it keeps it"
    assert after(bob, 3, Rank.OPERATOR, 1000 + LEASE_MS) == Helmsman(3, Rank.OPERATOR, 1000 + LEASE_MS, 1000 + 2 * LEASE_MS)


def test_messages_come_at_a_tempo() -> None:
    tempo = Tempo(per_s=10, at_once=3)
    assert [tempo.allows(0.0) for _ in range(5)] == [True, True, True, False, False]
    assert tempo.allows(0.1)
    assert not tempo.allows(0.15)
    assert [tempo.allows(100.0) for _ in range(4)] == [True, True, True, False]

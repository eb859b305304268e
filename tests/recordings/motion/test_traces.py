from __future__ import annotations

import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.rules.motion.activity import Activity, Box
from recordings.rules.motion.grid import CELLS
from recordings.rules.motion.traces import TraceError, from_bytes, joined_quiet, to_bytes
from recordings.rules.spans import Span

START_MS = 1_795_000_000_000
SEEN = Activity(
    span=Span(START_MS, START_MS + 2000),
    moving=(Span(START_MS + 400, START_MS + 1600),),
    score=57,
    zones=("Drive", "Tür"),
    counts=bytes(range(250)) + bytes(CELLS - 250),
    best_at_ms=START_MS + 800,
    box=Box(0.25, 0.5, 0.125, 0.0625),
    observed=bytes(range(37)),
)
STILL = Activity(Span(START_MS + 2000, START_MS + 4000))
SKIPPED = Activity(Span(START_MS + 4000, START_MS + 6000), skipped="too much to do")


def test_what_is_kept_comes_back() -> None:
    assert from_bytes(to_bytes([SEEN, STILL, SKIPPED, SEEN])) == (SEEN, STILL, SKIPPED, SEEN)


def test_what_was_observed_without_being_motion_comes_back() -> None:
    swaying = replace(STILL, observed=b"leaves")
    assert from_bytes(to_bytes([swaying, SKIPPED, SEEN])) == (swaying, SKIPPED, SEEN)


def test_quiet_neighbours_are_one_entry() -> None:
    quiet = [Activity(Span(START_MS + 1000 * n, START_MS + 1000 * n + 1000)) for n in range(60)]
    left_out = [replace(activity, skipped="too much to do") for activity in quiet[20:30]]
    found = joined_quiet([*quiet[:20], *left_out, *quiet[30:50], *quiet[55:]])
    starts = [(activity.span.start_ms - START_MS, activity.span.length_ms, activity.skipped) for activity in found]
    assert starts == [(0, 20_000, ""), (20_000, 10_000, "too much to do"), (30_000, 20_000, ""), (55_000, 5000, "")]
    assert len(to_bytes(joined_quiet(quiet))) < 80


def test_motion_is_joined_to_nothing() -> None:
    assert joined_quiet([STILL, SEEN, SEEN, STILL]) == [STILL, SEEN, SEEN, STILL]


def test_nothing_kept_is_nothing_seen() -> None:
    assert from_bytes(b"") == ()
    assert from_bytes(to_bytes([])) == ()


def test_an_hour_without_motion_is_small() -> None:
    still = [Activity(Span(START_MS + 2000 * n, START_MS + 2000 * n + 2000)) for n in range(30)]
    assert len(to_bytes(still)) < 400


@given(st.binary(max_size=200))
def test_other_bytes_are_refused(data: bytes) -> None:
    if data:
        with pytest.raises(TraceError):
            from_bytes(data)


def test_a_torn_grid_is_refused() -> None:
    plain = zlib.decompress(to_bytes([SEEN]))
    for cut in range(1, 40):
        with pytest.raises(TraceError):
            from_bytes(zlib.compress(plain[:-cut]))

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.rules.motion.activity import Activity, Box
from recordings.rules.motion.grid import CELLS
from recordings.rules.motion.traces import TraceError, from_bytes, to_bytes
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
)
STILL = Activity(Span(START_MS + 2000, START_MS + 4000))
SKIPPED = Activity(Span(START_MS + 4000, START_MS + 6000), skipped="too much to do")


def test_what_is_kept_comes_back() -> None:
    assert from_bytes(to_bytes([SEEN, STILL, SKIPPED, SEEN])) == (SEEN, STILL, SKIPPED, SEEN)


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

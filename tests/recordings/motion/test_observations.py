from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.rules.motion.activity import Box
from recordings.rules.motion.observations import FINE_COLUMNS, FINE_ROWS, ObservationError, Shape, Sighting, from_bytes, to_bytes

START_MS = 1_795_000_000_000
BYTE, PERCENT = st.integers(0, 255), st.integers(0, 100)
SHAPES = st.builds(
    Shape,
    left=st.integers(0, FINE_COLUMNS),
    top=st.integers(0, FINE_ROWS),
    right=st.integers(0, FINE_COLUMNS),
    bottom=st.integers(0, FINE_ROWS),
    x=BYTE,
    y=BYTE,
    area=st.integers(0, 10_000),
    contrast=BYTE,
    edge=PERCENT,
    stir=PERCENT,
    unrest=PERCENT,
)
SIGHTINGS = st.lists(
    st.builds(Sighting, st.integers(START_MS, START_MS + 60_000), st.lists(SHAPES, min_size=1, max_size=10).map(tuple)), max_size=10
)


@given(SIGHTINGS)
def test_what_is_kept_comes_back(sightings: list[Sighting]) -> None:
    assert from_bytes(to_bytes(sightings, START_MS), START_MS) == sightings


def test_pictures_without_anything_take_nothing() -> None:
    assert to_bytes([Sighting(START_MS, ()), Sighting(START_MS + 200, ())], START_MS) == b""
    assert from_bytes(b"", START_MS) == []


@given(SIGHTINGS.filter(bool), st.data())
def test_torn_bytes_are_refused_or_a_part_of_what_was_kept(sightings: list[Sighting], data: st.DataObject) -> None:
    whole = to_bytes(sightings, START_MS)
    torn = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        found = from_bytes(torn, START_MS)
    except ObservationError:
        return
    assert found == sightings[: len(found)]


def test_a_box_is_in_parts_of_the_picture() -> None:
    assert Shape(16, 9, 32, 36, 0, 0, 1, 1, 1, 1, 0).box == Box(0.25, 0.25, 0.25, 0.75)


def test_a_shape_is_told_from_nonsense() -> None:
    with pytest.raises(ObservationError):
        from_bytes(b"\x00\x00\x05" + b"\x00" * 12, START_MS)

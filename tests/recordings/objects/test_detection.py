from __future__ import annotations

import numpy as np
import pytest

from recordings.objects.detection import Detection, merged, names_of, placed, widened
from recordings.objects.ssd_boxes import anchors, best, decoded
from recordings.rules.motion.activity import Box

DOOR = Box(0.4, 0.4, 0.2, 0.2)


def test_what_stands_where_nothing_moved_is_no_news() -> None:
    parked = Detection("car", 0.9, Box(0.0, 0.0, 0.2, 0.2))
    visitor = Detection("person", 0.7, Box(0.45, 0.3, 0.1, 0.4))
    assert names_of([parked, visitor], DOOR) == {"person": 0.7}
    assert names_of([parked, visitor], None) == {"car": 0.9, "person": 0.7}


def test_of_several_the_surest_counts_and_furniture_does_not() -> None:
    people = [Detection("person", score, DOOR) for score in (0.6, 0.8)]
    assert names_of([*people, Detection("chair", 0.99, DOOR)], DOOR) == {"person": 0.8}


def test_a_wider_box_stays_in_the_picture() -> None:
    assert widened(DOOR) == pytest.approx(Box(0.3, 0.3, 0.4, 0.4))
    assert widened(Box(0.0, 0.9, 1.0, 0.1)) == pytest.approx(Box(0.0, 0.85, 1.0, 0.15))


def test_what_is_found_in_a_part_is_somewhere_in_the_whole() -> None:
    half = Box(0.5, 0.0, 0.5, 1.0)
    assert placed(Detection("cat", 0.5, Box(0.5, 0.25, 0.5, 0.5)), half).box == Box(0.75, 0.25, 0.25, 0.5)


def test_names_are_added_to_those_known_and_the_surest_comes_first() -> None:
    known = [{"label": "car", "score": 0.6}]
    assert merged(known, {"person": 0.912, "car": 0.5}) == [{"label": "person", "score": 0.91}, {"label": "car", "score": 0.6}]
    assert merged([], {}) == []


def test_there_are_as_many_anchors_as_the_network_has_boxes() -> None:
    rows = anchors()
    assert rows.shape == (1917, 4)
    assert rows[0] == pytest.approx([0.5 / 19, 0.5 / 19, 0.1, 0.1])
    assert rows[-1] == pytest.approx([0.5, 0.5, (0.95) ** 0.5, (0.95) ** 0.5])


def test_no_difference_is_the_anchor_itself() -> None:
    anchor = np.array([[0.5, 0.25, 0.2, 0.1]], np.float32)
    assert decoded(np.zeros((1, 4), np.float32), anchor)[0] == pytest.approx([0.2, 0.4, 0.1, 0.2])


def test_of_boxes_over_each_other_the_surest_stays() -> None:
    boxes = np.array([[0, 0, 0.5, 0.5], [0.02, 0, 0.5, 0.5], [0.5, 0.5, 0.5, 0.5]], np.float32)
    scores = np.array([0.7, 0.9, 0.6], np.float32)
    assert best(boxes, scores, most=10) == [1, 2]
    assert best(boxes, scores, most=1) == [1]

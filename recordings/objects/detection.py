"""What a finder says of a picture, and which of it names an event. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from recordings.rules.motion.activity import Box

# What an owner of cameras wants to be told of; a finder may know of more.
NAMES = ("person", "bicycle", "car", "vehicle", "dog", "cat", "cattle")
_LEAST_SHARE = 0.1
_MARGIN = 0.5


class Detection(NamedTuple):
    """`score` from 0 to 1; `box` in parts of the picture."""

    label: str
    score: float
    box: Box


def names_of(detections: Iterable[Detection], moved: Box | None) -> dict[str, float]:
    """The best score of each name, of what lies where something moved: a car that is parked all day is no news."""
    found: dict[str, float] = {}
    for label, score, box in detections:
        if label in NAMES and (moved is None or _shared(box, widened(moved)) >= _LEAST_SHARE):
            found[label] = max(score, found.get(label, 0.0))
    return found


def widened(box: Box, margin: float = _MARGIN) -> Box:
    """By a part of its size on each side, as far as the picture goes."""
    left, top = max(box.x - margin * box.width, 0.0), max(box.y - margin * box.height, 0.0)
    right, bottom = min(box.x + (1 + margin) * box.width, 1.0), min(box.y + (1 + margin) * box.height, 1.0)
    return Box(left, top, max(right - left, 0.0), max(bottom - top, 0.0))


def placed(detection: Detection, part: Box) -> Detection:
    """Of a part of a picture, as one of the picture."""
    x, y, width, height = detection.box
    box = Box(part.x + x * part.width, part.y + y * part.height, width * part.width, height * part.height)
    return detection._replace(box=box)


def merged(known: Iterable[dict[str, object]], found: dict[str, float]) -> list[dict[str, object]]:
    """As Event.labels keeps them, the surest first."""
    scores = {str(label["label"]): float(str(label["score"])) for label in known}
    for name, score in found.items():
        scores[name] = max(round(score, 2), scores.get(name, 0.0))
    return [{"label": name, "score": score} for name, score in sorted(scores.items(), key=lambda item: (-item[1], item[0]))]


def _shared(box: Box, other: Box) -> float:
    """How much of the box lies in the other."""
    width = min(box.x + box.width, other.x + other.width) - max(box.x, other.x)
    height = min(box.y + box.height, other.y + other.height) - max(box.y, other.y)
    area = box.width * box.height
    return width * height / area if width > 0 and height > 0 and area > 0 else 0.0

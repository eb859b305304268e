"""What the quality of motion detection is measured on: drawn scenes, and real footage that Debian's opencv-doc brings along.

The real clips are labelled by hand. All become 640x360.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from recordings.rules.spans import Span
from tests.support.motion_scenes import weather
from tests.support.motion_scenes.cases import SCENES
from tests.support.motion_scenes.yard import FPS, HEIGHT, WIDTH

OPENCV_DOC = Path("/usr/share/doc/opencv-doc/examples/data")
# What happens before says more about how a program starts than about how it sees.
SETTLING_MS = 10_000


@dataclass(frozen=True)
class Clip:
    """`truth`: when something moves that a person would call motion."""

    name: str
    fps: int
    seconds: float
    truth: tuple[Span, ...]
    pictures: Callable[[], Iterator[Any]]

    @property
    def span(self) -> Span:
        return Span(0, round(self.seconds * 1000))


def drawn() -> list[Clip]:
    return [Clip(scene.name, FPS, scene.seconds, scene.truth, scene.pictures) for scene in SCENES]


def real() -> list[Clip]:
    """Raises FileNotFoundError when opencv-doc is not installed."""
    plaza, tree = OPENCV_DOC / "vtest.avi", OPENCV_DOC / "tree.avi"
    for path in (plaza, tree):
        if not path.exists():
            raise FileNotFoundError(f"{path} is missing: apt install opencv-doc")
    lawn = (Span(23_000, 31_300), Span(32_900, 41_600))
    on_lawn = Film(plaza, 10, 30, 79.5, (0, 345, 360, 202))
    return [
        Clip("real: people on a lawn", 10, 49.5, lawn, on_lawn.pictures),
        Clip("real: the same in drawn rain", 10, 49.5, lawn, on_lawn.with_(lambda picture, at_s, rng: weather.rain(picture, rng))),
        Clip("real: the same, drawn noise", 10, 49.5, lawn, on_lawn.with_(lambda picture, at_s, rng: weather.grain(picture, rng, 12))),
        Clip(
            "real: the same, camera shakes", 10, 49.5, lawn, on_lawn.with_(lambda p, at_s, rng: weather.shaken(p, *weather.wobble(at_s, 4)))
        ),
        Clip("real: a person far away", 10, 19.5, (Span(8_000, 17_400),), Film(plaza, 10, 0, 19.5, (0, 0, 280, 157)).pictures),
        Clip("real: a busy plaza", 10, 79.5, (Span(0, 79_500),), Film(plaza, 10, 0, 79.5, (0, 72, 768, 432)).pictures),
        Clip("real: a tree in the wind, a hand", 3, 29.6, (Span(22_900, 29_600),), Film(tree, 3, 0, 29.6, (0, 30, 320, 180)).pictures),
    ]


@dataclass(frozen=True)
class Film:
    """A part of a file, in place and time; pictures that are missing are repeated."""

    path: Path
    fps: int
    start_s: float
    end_s: float
    crop: tuple[int, int, int, int]

    def pictures(self) -> Iterator[Any]:
        import av

        left, top, width, height = self.crop
        number, last = 0, None
        with av.open(str(self.path)) as container:
            for frame in container.decode(video=0):
                at_s = (frame.time or 0.0) - self.start_s
                while last is not None and number / self.fps < min(at_s - 1e-6, self.end_s - self.start_s):
                    number += 1
                    yield last
                whole = frame.to_ndarray(format="gray")
                part = np.ascontiguousarray(whole[top : top + height, left : left + width])
                large = av.VideoFrame.from_ndarray(part, format="gray").reformat(width=WIDTH, height=HEIGHT, format="gray")
                last = large.to_ndarray() if at_s >= -1e-6 else None
        while last is not None and number / self.fps < self.end_s - self.start_s:
            number += 1
            yield last

    def with_(self, around: Callable[[Any, float, Any], Any]) -> Callable[[], Iterator[Any]]:
        def pictures() -> Iterator[Any]:
            rng = np.random.default_rng(11)
            for number, picture in enumerate(self.pictures()):
                drawn_on = picture.astype(np.float32)
                found = around(drawn_on, number / self.fps, rng)
                yield np.clip(drawn_on if found is None else found, 0, 255).astype(np.uint8)

        return pictures

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_django
from numpy.typing import NDArray
from PIL import Image

from recordings.event_tasks import name_objects
from recordings.models import Event, MotionRule
from recordings.objects import finder
from recordings.objects.detection import Detection
from recordings.objects.finder import FinderMissing
from recordings.rules.motion.activity import Box
from recordings.services import event_hooks, object_names
from recordings.services.event_pictures import PICTURE, path_of
from tests.support.people import House

PICTURES = Path(__file__).parents[2] / "fixtures" / "pictures"
NOW_MS = 1_795_000_100_000
START_MS = NOW_MS - 20_000


class Scripted:
    """Finds what it is told to, and keeps the sizes of what it was shown."""

    def __init__(self, *answers: Sequence[Detection]) -> None:
        self.answers = list(answers)
        self.sizes: list[tuple[int, int]] = []

    @staticmethod
    def missing() -> str:
        return ""

    def find(self, picture: NDArray[np.uint8]) -> Sequence[Detection]:
        self.sizes.append((picture.shape[1], picture.shape[0]))
        return self.answers.pop(0) if self.answers else []


@pytest.fixture(autouse=True)
def previews(settings: pytest_django.Settings, tmp_path: Path) -> None:
    settings.PREVIEWS_DIR = tmp_path / "previews"
    settings.DATA_DIR = tmp_path


@pytest.fixture
def told() -> Iterator[list[list[str]]]:
    """The names in what is told of events."""
    found: list[list[str]] = []

    def hear(event: Event, state: event_hooks.State) -> None:
        found.append([label["label"] for label in event.labels])

    event_hooks.HEARERS.append(hear)
    yield found
    event_hooks.HEARERS.remove(hear)


def event(house: House, *, picture: str = "person", wants: bool = True, **fields: Any) -> Event:
    MotionRule.objects.update_or_create(camera=house.camera, defaults={"finds_objects": wants})
    usual = {"start_ms": START_MS, "seen_until_ms": START_MS + 4000, "footage_start_ms": START_MS, "footage_end_ms": START_MS + 5000}
    usual |= {"best_at_ms": START_MS + 1000, "has_picture": True, "needs_pictures": True}
    made = Event.objects.create(camera=house.camera, kind="motion", **(usual | fields))
    path_of(made, PICTURE).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(PICTURES / f"{picture}.jpg", path_of(made, PICTURE))
    return made


def names(of: Event) -> list[str]:
    of.refresh_from_db()
    return [label["label"] for label in of.labels]


def look(*answers: Sequence[Detection]) -> Scripted:
    by = Scripted(*answers)
    for waiting in object_names._waiting(NOW_MS):
        object_names.name(waiting, by, now_ms=NOW_MS)
    return by


def person(score: float = 0.8) -> Detection:
    return Detection("person", score, Box(0.0, 0.0, 1.0, 1.0))


@pytest.mark.django_db(transaction=True)
def test_a_name_is_given_at_the_first_picture_and_told(house: House, told: list[list[str]]) -> None:
    made = event(house)
    look([person()])
    assert names(made) == ["person"]
    assert told == [["person"]]
    assert look().sizes == []  # until there is another picture


def test_when_it_is_over_the_best_picture_is_looked_at_once_more(house: House) -> None:
    made = event(house)
    look([])
    assert names(made) == []
    Event.objects.update(end_ms=START_MS + 4000, needs_pictures=False)
    look([person()])
    assert names(made) == ["person"]
    assert look().sizes == []


def test_what_moved_is_also_looked_at_by_itself(house: House) -> None:
    made = event(house, box=[0.7, 0.7, 0.1, 0.1])
    by = look([], [person()])
    assert by.sizes[0] == (384, 384)
    assert by.sizes[1][0] < 200
    assert names(made) == ["person"]


def test_only_events_of_cameras_that_want_it_are_looked_at(house: House) -> None:
    event(house, wants=False)
    assert look([person()]).sizes == []


def test_old_events_and_those_without_a_picture_are_left_alone(house: House) -> None:
    event(house, has_picture=False, end_ms=START_MS)
    event(house, start_ms=NOW_MS - 7_200_000, end_ms=NOW_MS - 7_100_000)
    assert look([person()]).sizes == []


def test_a_picture_that_is_gone_or_broken_does_no_harm(house: House) -> None:
    made = event(house)
    path_of(made, PICTURE).write_bytes(b"no picture")
    assert look([person()]).sizes == []
    path_of(made, PICTURE).unlink()
    assert look([person()]).sizes == []


def test_without_the_extra_nothing_is_named_and_nothing_fails(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    made = event(house)

    def missing() -> None:
        raise FinderMissing("run script/objects")

    monkeypatch.setattr(object_names, "finder", missing)
    assert object_names.catch_up(budget_s=5, now_ms=NOW_MS) == 0
    assert names(made) == []


def test_the_real_one_names_a_real_cat(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    finder._finder.cache_clear()
    made = event(house, picture="cat", box=[0.2, 0.2, 0.6, 0.6])
    monkeypatch.setattr(time, "time_ns", lambda: NOW_MS * 1_000_000)
    name_objects()
    assert names(made) == ["cat"]
    with Image.open(path_of(made, PICTURE)) as file:
        assert file.size[0] > 0

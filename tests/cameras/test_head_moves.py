from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_django

from cameras.control import history, presets
from cameras.models import HeadMove, Preset
from tests.support.control import control_room
from tests.support.people import House

DAY_MS = 86_400_000
NOW_MS = 1_800_000_000_000


@pytest.fixture(autouse=True)
def _room(transactional_db: None) -> Iterator[None]:
    with control_room():
        yield


def test_when_a_camera_turned_and_where_it_stood(house: House) -> None:
    gate = Preset.objects.create(camera=house.camera, token="1", name="Gate")
    history.note_move(house.camera.pk, 1_000, 2_000, gate.pk)
    history.note_move(house.camera.pk, 10_000, 11_000)
    history.note_move(house.other.pk, 5_000, 6_000)
    history.flush()
    assert [(each.start_ms, each.preset_id) for each in history.turnings(house.camera.pk, 0, 20_000)] == [(1_000, gate.pk), (10_000, None)]
    assert history.turnings(house.camera.pk, 4_000, 10_000) == []
    assert history.preset_at(house.camera.pk, 500) is None
    assert history.preset_at(house.camera.pk, 1_500) is None, "it turned"
    assert history.preset_at(house.camera.pk, 5_000) == gate.pk
    assert history.preset_at(house.camera.pk, 15_000) is None, "moved by hand"


def test_old_moves_go_and_the_newest_of_each_camera_stays(house: House) -> None:
    for camera in (house.camera, house.other):
        for days in (9, 8, 7):
            at_ms = NOW_MS - days * DAY_MS
            HeadMove.objects.create(camera=camera, start_ms=at_ms, end_ms=at_ms + 1)
    assert history.forget_old_moves(now_ms=NOW_MS) == 4
    assert [move.start_ms for move in HeadMove.objects.all()] == [NOW_MS - 7 * DAY_MS] * 2


def test_a_move_of_a_camera_that_is_gone_is_not_written_and_nothing_fails(house: House) -> None:
    history.note_move(4711, 1, 2)
    history.flush()
    assert not HeadMove.objects.exists()


def test_pictures_of_cameras_that_are_gone_go(house: House, settings: pytest_django.Settings, tmp_path: Path) -> None:
    settings.PRESET_PICTURES_DIR = tmp_path
    for name in (str(house.camera.pk), "4711", "not ours"):
        (tmp_path / name).mkdir()
    presets.forget_pictures_of_others({house.camera.pk})
    assert {path.name for path in tmp_path.iterdir()} == {str(house.camera.pk), "not ours"}

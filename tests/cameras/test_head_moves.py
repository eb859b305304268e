from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_django

from cameras.control import history, presets
from cameras.control.resting import is_at_rest
from cameras.models import HeadMove, Preset
from cameras.onvif.ptz import Position
from tests.support.control import control_room
from tests.support.people import House

DAY_MS = 86_400_000
NOW_MS = 1_800_000_000_000


@pytest.fixture(autouse=True)
def _room(transactional_db: None) -> Iterator[None]:
    with control_room():
        yield


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What time it is, to be changed."""
    now = [NOW_MS]
    monkeypatch.setattr(history, "_now_ms", lambda: now[0])
    return now


def test_when_a_camera_turned_and_where_it_stood(house: House) -> None:
    gate = Preset.objects.create(camera=house.camera, token="1", name="Gate")
    HeadMove.objects.create(camera=house.camera, start_ms=1_000, end_ms=3_000, preset=gate)
    HeadMove.objects.create(camera=house.camera, start_ms=10_000, end_ms=12_000)
    HeadMove.objects.create(camera=house.other, start_ms=5_000, end_ms=7_000)
    assert [(each.start_ms, each.preset_id) for each in history.turnings(house.camera.pk, 0, 20_000)] == [(1_000, gate.pk), (10_000, None)]
    assert history.turnings(house.camera.pk, 4_000, 10_000) == []
    assert history.preset_at(house.camera.pk, 500) is None
    assert history.preset_at(house.camera.pk, 1_000) is None, "it begins to turn"
    assert history.preset_at(house.camera.pk, 1_500) is None, "it turned"
    assert history.preset_at(house.camera.pk, 5_000) == gate.pk
    assert history.preset_at(house.camera.pk, 15_000) is None, "moved by hand"


def test_a_move_is_known_while_it_goes_on(house: House, clock: list[int]) -> None:
    gate = Preset.objects.create(camera=house.camera, token="1", name="Gate")
    move = history.Move(house.camera.pk, is_by_person=False)
    history.flush()
    assert [each.start_ms for each in history.turnings(house.camera.pk, NOW_MS, NOW_MS + 1)] == [NOW_MS]
    for _ in range(60):
        clock[0] += 500
        move.goes_on()
        history.flush()
        assert history.turnings(house.camera.pk, clock[0] - 1, clock[0])
    move.ends(gate.pk)
    history.flush()
    (only,) = HeadMove.objects.all()
    assert (only.start_ms, only.end_ms, only.preset_id, only.is_by_person) == (NOW_MS, NOW_MS + 31_000, gate.pk, False)


def test_a_move_whose_process_died_ends_by_itself_and_where_is_not_known(house: House, clock: list[int]) -> None:
    history.Move(house.camera.pk)
    history.flush()
    assert history.turnings(house.camera.pk, NOW_MS + 9_000, NOW_MS + 9_001)
    assert not history.turnings(house.camera.pk, NOW_MS + 10_000, NOW_MS + 20_000)
    assert history.preset_at(house.camera.pk, NOW_MS + 10_000) is None


def test_a_very_long_move_is_written_down_in_parts(house: House, clock: list[int]) -> None:
    move = history.Move(house.camera.pk)
    for _ in range(160):
        clock[0] += 4_000
        move.goes_on()
    move.ends()
    history.flush()
    assert HeadMove.objects.count() > 2
    for at_ms in range(NOW_MS, clock[0], 10_000):
        assert history.turnings(house.camera.pk, at_ms, at_ms + 1), "no hole"


def test_a_move_that_the_camera_refused_is_none(house: House) -> None:
    move = history.Move(house.camera.pk)
    move.is_none()
    history.flush()
    assert not HeadMove.objects.exists()


def test_what_was_stopped_on_its_way_does_not_stand_where_it_was_sent(house: House, clock: list[int]) -> None:
    gate = Preset.objects.create(camera=house.camera, token="1", name="Gate")
    move = history.Move(house.camera.pk)
    clock[0] += 1_000
    history.note_stop(house.camera.pk)
    clock[0] += 1_000
    move.ends(gate.pk)
    history.flush()
    assert history.preset_at(house.camera.pk, NOW_MS + 60_000) is None
    history.note_stop(house.camera.pk)
    history.flush()
    assert HeadMove.objects.count() == 2, "a stop of what stands still is no move"


def test_old_moves_go_and_the_newest_of_each_camera_stays(house: House) -> None:
    for camera in (house.camera, house.other):
        for days in (9, 8, 7):
            at_ms = NOW_MS - days * DAY_MS
            HeadMove.objects.create(camera=camera, start_ms=at_ms, end_ms=at_ms + 1)
    assert history.forget_old_moves(now_ms=NOW_MS) == 4
    assert [move.start_ms for move in HeadMove.objects.all()] == [NOW_MS - 7 * DAY_MS] * 2


def test_a_move_of_a_camera_that_is_gone_is_not_written_and_nothing_fails(house: House) -> None:
    history.Move(4711).ends()
    history.note_stop(4711)
    history.flush()
    assert not HeadMove.objects.exists()


def test_pictures_of_cameras_that_are_gone_go(house: House, settings: pytest_django.Settings, tmp_path: Path) -> None:
    settings.PRESET_PICTURES_DIR = tmp_path
    for name in (str(house.camera.pk), "4711", "not ours"):
        (tmp_path / name).mkdir()
    presets.forget_pictures_of_others({house.camera.pk})
    assert {path.name for path in tmp_path.iterdir()} == {str(house.camera.pk), "not ours"}


HERE, THERE = Position(0.1, 0.2, 0.3), Position(0.5, 0.2, 0.3)
IDLE, MOVING = Position(0.1, 0.2, 0.3, is_moving=False), Position(0.1, 0.2, 0.3, is_moving=True)


@pytest.mark.parametrize(
    ("looks", "is_still"),
    [
        ([IDLE], False),  # from before it began
        ([IDLE, IDLE], True),
        ([IDLE, MOVING], False),
        ([MOVING, IDLE], False),
        ([MOVING] * 5, False),
        ([MOVING] * 6, True),  # it says so for ever
        ([Position(pan=pan / 10, is_moving=True) for pan in range(10)], False),
        ([HERE, THERE], False),
        ([THERE, HERE, HERE], True),
        ([THERE, HERE, Position(0.1004, 0.1996, 0.3)], True),  # an encoder that trembles
        ([Position()] * 19, False),
        ([Position()] * 20, True),  # nothing is known: it has had its time
        ([Position(is_moving=True)] * 30, False),
    ],
)
def test_when_a_camera_has_come_to_rest(looks: list[Position], is_still: bool) -> None:
    assert is_at_rest(looks) is is_still

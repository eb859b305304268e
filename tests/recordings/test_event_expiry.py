from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import pytest_django

from cameras.models import Camera
from recordings.models import Event, Segment
from recordings.services import event_expiry
from recordings.services.deletion import doom, sweep_doomed
from recordings.services.event_pictures import PICTURE, path_of
from recordings.services.pictures import put_file
from tests.recordings.shelf import DAY_MS, HOUR_MS, MIDNIGHT_MS, MINUTE_MS, Shelf

pytestmark = pytest.mark.django_db
T = MIDNIGHT_MS


@pytest.fixture
def camera() -> Camera:
    return Camera.objects.create(name="Yard", slug="yard")


@pytest.fixture
def shelf(tmp_path: Path, settings: pytest_django.Settings) -> Shelf:
    settings.PREVIEWS_DIR = tmp_path / "previews"
    return Shelf(tmp_path)


def event(camera: Camera | None, start_ms: int, end_ms: int | None, kind: str = "motion", **fields: Any) -> Event:
    """Times are after T."""
    seen_until_ms = T + (end_ms if end_ms is not None else start_ms + 1000)
    return Event.objects.create(
        camera=camera,
        kind=kind,
        start_ms=T + start_ms,
        end_ms=None if end_ms is None else T + end_ms,
        seen_until_ms=seen_until_ms,
        footage_start_ms=T + start_ms - 5000,
        footage_end_ms=seen_until_ms + 10_000,
        **fields,
    )


def left() -> list[int]:
    """Begins of the events that are left, after T."""
    return [start_ms - T for start_ms in Event.objects.order_by("start_ms").values_list("start_ms", flat=True)]


def delete(start_ms: int, end_ms: int, **where: object) -> None:
    doom(Segment.objects.filter(started_at_ms__gte=T + start_ms, started_at_ms__lt=T + end_ms, **where), "age")
    assert not sweep_doomed().failures


def test_motion_goes_with_the_last_of_its_footage(camera: Camera, shelf: Shelf) -> None:
    shelf.put(camera, T, T + 10 * MINUTE_MS)
    shelf.put(camera, T, T + 10 * MINUTE_MS, role="sub")
    for start_ms, end_ms in ((10_000, 20_000), (50_000, 70_000), (100_000, 400_000), (500_000, None)):
        event(camera, start_ms, end_ms)
    delete(0, MINUTE_MS, role="main")
    assert left() == [10_000, 50_000, 100_000, 500_000], "the sub stream still shows it"
    delete(0, MINUTE_MS)
    assert left() == [50_000, 100_000, 500_000], "the second one's end is still there"
    delete(MINUTE_MS, 6 * MINUTE_MS)
    assert left() == [100_000, 500_000]
    delete(0, 10 * MINUTE_MS)
    assert left() == []


def test_footage_of_others_and_around_it_does_not_matter(camera: Camera, shelf: Shelf) -> None:
    other = Camera.objects.create(name="Door", slug="door")
    shelf.put(camera, T, T + 3 * MINUTE_MS)
    shelf.put(other, T, T + 3 * MINUTE_MS)
    event(camera, 61_000, 62_000)
    event(other, 61_000, 62_000)
    event(camera, 61_000, 62_000, kind="camera_down")
    delete(MINUTE_MS, 2 * MINUTE_MS, camera=camera)
    assert list(Event.objects.order_by("pk").values_list("camera__slug", "kind")) == [("door", "motion"), ("yard", "camera_down")]


def test_protected_motion_stays_whatever_happens_to_its_footage(camera: Camera, shelf: Shelf) -> None:
    shelf.put(camera, T, T + MINUTE_MS)
    event(camera, 10_000, 20_000)
    event(camera, 30_000, 35_000)
    shelf.protection(camera, T + 15_000, T + 16_000)
    doom(Segment.objects.all(), "file lost", is_lost=True)
    sweep_doomed()
    assert left() == [10_000]


def test_its_pictures_go_with_it(camera: Camera, shelf: Shelf) -> None:
    shelf.put(camera, T, T + MINUTE_MS)
    path = path_of(event(camera, 10_000, 20_000), PICTURE)
    put_file(path, b"jpeg")
    delete(0, MINUTE_MS)
    assert not path.exists()


def test_motion_from_before_the_oldest_footage_is_found_without_being_told(camera: Camera, shelf: Shelf) -> None:
    shelf.put(camera, T + DAY_MS, T + DAY_MS + MINUTE_MS)
    event(camera, 0, 1000)
    event(camera, 30_000, 31_000)
    event(camera, DAY_MS + 1000, DAY_MS + 2000)
    shelf.protection(camera, T + 30_000, T + 30_001)
    assert event_expiry.expire(now_ms=T + 2 * DAY_MS, budget_s=5) == 1
    assert left() == [30_000, DAY_MS + 1000]
    Segment.objects.all().delete()
    assert event_expiry.expire(now_ms=T + DAY_MS + HOUR_MS // 2, budget_s=5) == 0
    assert event_expiry.expire(now_ms=T + 2 * DAY_MS, budget_s=5) == 1
    assert left() == [30_000]


def test_a_database_that_believes_in_much_that_is_gone_is_freed_of_it_at_once(camera: Camera, shelf: Shelf) -> None:
    for number in range(450):
        event(camera, number * 60_000, number * 60_000 + 1000)
    shelf.protection(camera, T, T + 250 * MINUTE_MS)
    assert event_expiry.expire(now_ms=T + 2 * DAY_MS, budget_s=60) == 200
    assert event_expiry.expire(now_ms=T + 2 * DAY_MS, budget_s=0) == 0


def test_events_without_footage_of_their_own_go_after_so_many_days(camera: Camera, shelf: Shelf, settings: pytest_django.Settings) -> None:
    settings.EVENT_KEEP_DAYS = 10
    event(camera, 0, 1000, kind="camera_down")
    event(None, 0, 1000, kind="storage", subject="disk")
    event(None, 0, None, kind="node", subject="cellar")
    event(camera, DAY_MS, 5 * DAY_MS, kind="gap")
    assert event_expiry.expire(now_ms=T + 12 * DAY_MS, budget_s=5) == 2
    assert sorted(Event.objects.values_list("kind", flat=True)) == ["gap", "node"]

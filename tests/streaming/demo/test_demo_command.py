"""manage.py demo_cameras: the list of cameras, and the process."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from cameras.models import Camera
from cameras.services import add_camera
from streaming.demo.catalogue import catalogue


def install(count: int, port: int) -> None:
    call_command("demo_cameras", install=True, count=count, port=port)


def addresses() -> dict[str, list[str]]:
    return {camera.slug: sorted(camera.streams.values_list("url", flat=True)) for camera in Camera.objects.all()}


@pytest.mark.django_db
class TestInstall:
    def test_cameras_are_added_with_both_streams_and_credentials(self) -> None:
        install(2, 9554)
        entrance, car_park = Camera.objects.order_by("position")
        assert (entrance.name, entrance.slug, entrance.username) == ("Entrance", "demo-entrance", "")
        assert (car_park.username, car_park.password) == (catalogue(2)[1].username, catalogue(2)[1].password)
        assert addresses()["demo-entrance"] == ["rtsp://127.0.0.1:9554/entrance/main", "rtsp://127.0.0.1:9554/entrance/sub"]
        assert set(car_park.streams.values_list("role", flat=True)) == {"main", "sub"}

    def test_another_port_moves_them_and_adds_none(self) -> None:
        install(2, 9554)
        install(2, 9600)
        assert addresses()["demo-car-park"] == ["rtsp://127.0.0.1:9600/car-park/main", "rtsp://127.0.0.1:9600/car-park/sub"]
        assert Camera.objects.count() == 2

    def test_what_somebody_has_changed_stays(self) -> None:
        install(2, 9554)
        entrance = Camera.objects.get(slug="demo-entrance")
        entrance.name, entrance.is_enabled = "Shop", False
        entrance.save()
        entrance.streams.filter(role="main").update(url="rtsp://192.0.2.7/door")
        install(2, 9600)
        entrance.refresh_from_db()
        assert (entrance.name, entrance.is_enabled) == ("Shop", False)
        assert addresses()["demo-entrance"] == ["rtsp://127.0.0.1:9600/entrance/sub", "rtsp://192.0.2.7/door"]

    def test_a_deleted_one_does_not_come_back_before_others(self) -> None:
        install(2, 9554)
        Camera.objects.get(slug="demo-entrance").delete()
        install(2, 9554)
        assert set(addresses()) == {"demo-car-park"}
        install(3, 9554)
        assert set(addresses()) == {"demo-car-park", "demo-garden"}

    def test_somebody_elses_camera_keeps_its_name(self) -> None:
        add_camera(name="Entrance", url="rtsp://192.0.2.7/door")
        install(1, 9554)
        assert Camera.objects.get(slug="demo-entrance").name == "Entrance (demo)"


@pytest.mark.parametrize("count", [0, 17])
def test_impossible_numbers_are_refused(count: int) -> None:
    with pytest.raises(CommandError, match="between 1 and 16"):
        call_command("demo_cameras", count=count)


def test_the_process_says_where_it_serves_and_ends_when_told() -> None:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo_cameras", "--count", "1", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Entrance: rtsp://127.0.0.1:")
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0

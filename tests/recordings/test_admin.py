from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from cameras.models import Camera
from recordings.directory import is_claimed
from recordings.models import Event, RecordingRule, Volume
from tests.support.people import House

pytestmark = pytest.mark.django_db


def camera_form(house: House, **changes: Any) -> dict[str, Any]:
    camera = house.camera
    stream = camera.streams.get(role="main")
    form = {
        "name": camera.name,
        "is_enabled": "on",
        "record": "schedule",
        "position": "0",
        "username": "",
        "password": "",
        "streams-TOTAL_FORMS": "1",
        "streams-INITIAL_FORMS": "1",
        "streams-0-id": str(stream.pk),
        "streams-0-camera": str(camera.pk),
        "streams-0-role": "main",
        "streams-0-url": stream.url,
        "streams-0-transport": "tcp",
        "recording-TOTAL_FORMS": "1",
        "recording-INITIAL_FORMS": "0",
        "recording-0-camera": str(camera.pk),
        "recording-0-streams": "main",
        "recording-0-keep_days": "7",
        "recording-0-keep_gigabytes": "12.5",
        "recording-0-hold_minutes": "15",
        "recording-0-snapshot_every_s": "",
        "recording-0-longest_segment_s": "60",
        "recording-0-time_zone": "Europe/Berlin",
        "grants-TOTAL_FORMS": "0",
        "grants-INITIAL_FORMS": "0",
    }
    return form | {f"recording-0-schedule_{day}": "" for day in range(7)} | changes


def test_hours_and_limits_are_written_as_people_say_them(house: House, client: Client) -> None:
    client.force_login(house.alice)
    changes = {"recording-0-schedule_0": "08:00-12:00, 13:00–18:00", "recording-0-schedule_5": "22:00-06:00"}
    answer = client.post(f"/admin/cameras/camera/{house.camera.pk}/change/", camera_form(house, **changes))
    assert answer.status_code == 302, answer.content.decode()
    rule = RecordingRule.objects.get(camera=house.camera)
    assert rule.schedule == {"0": [["08:00", "12:00"], ["13:00", "18:00"]], "5": [["22:00", "06:00"]]}
    assert (rule.keep_bytes, rule.time_zone) == (12_500_000_000, "Europe/Berlin")
    assert rule.keep_days == 7
    assert Camera.objects.get(pk=house.camera.pk).record == "schedule"
    page = client.get(f"/admin/cameras/camera/{house.camera.pk}/change/").content.decode()
    assert "08:00-12:00, 13:00-18:00" in page


def test_wrong_hours_are_named_with_their_day_and_change_nothing(house: House, client: Client) -> None:
    client.force_login(house.alice)
    answer = client.post(f"/admin/cameras/camera/{house.camera.pk}/change/", camera_form(house, **{"recording-0-schedule_2": "8-25"}))
    assert "Wednesday: " in answer.content.decode()
    assert not RecordingRule.objects.filter(camera=house.camera).exists()


def test_who_may_configure_a_camera_may_say_how_it_is_recorded(house: House, client: Client) -> None:
    client.force_login(house.carol)
    assert client.post(f"/admin/cameras/camera/{house.camera.pk}/change/", camera_form(house)).status_code == 302
    assert RecordingRule.objects.filter(camera=house.camera).exists()


def test_a_new_volume_is_made_ours_and_a_wrong_path_is_refused_in_words(house: House, client: Client, tmp_path: Path) -> None:
    client.force_login(house.alice)
    form = {"name": "big disk", "path": str(tmp_path / "footage"), "is_enabled": "on", "keep_free_gigabytes": "5", "position": "1"}
    assert client.post("/admin/recordings/volume/add/", form).status_code == 302
    volume = Volume.objects.get(name="big disk")
    assert volume.keep_free_bytes == 5_000_000_000
    assert is_claimed(tmp_path / "footage")
    answer = client.post("/admin/recordings/volume/add/", form | {"name": "relative", "path": "footage"})
    assert "write the whole path" in answer.content.decode()
    answer = client.post("/admin/recordings/volume/add/", form | {"name": "twice"})
    assert answer.status_code == 200
    assert Volume.objects.filter(path=volume.path).count() == 1


def test_events_can_be_looked_at_by_staff_who_may_see_them(house: House, client: Client) -> None:
    moment = {"start_ms": 1_795_046_400_000, "seen_until_ms": 0, "footage_start_ms": 0, "footage_end_ms": 0}
    door = Event.objects.create(camera=house.camera, kind="motion", zones=["Drive"], **moment)
    Event.objects.create(kind="storage", subject="disk", **moment)
    house.carol.user_permissions.add(Permission.objects.get(codename="view_event"))
    pages = {}
    for who in ("alice", "carol"):
        client.force_login(house.person(who))
        pages[who] = client.get("/admin/recordings/event/").content.decode()
        assert client.get("/admin/recordings/event/add/").status_code == 403
    assert "Something moved in Drive" in pages["alice"]
    assert "Something moved in Drive" not in pages["carol"], "to configure is not to play back"
    assert all("Trouble with keeping recordings (disk)" in page for page in pages.values())
    assert client.get(f"/admin/recordings/event/{door.pk}/change/").status_code == 302
    client.force_login(house.alice)
    assert "Drive" in client.get(f"/admin/recordings/event/{door.pk}/change/").content.decode()
    assert client.post(f"/admin/recordings/event/{door.pk}/delete/", {"post": "yes"}).status_code == 403

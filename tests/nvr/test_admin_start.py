"""The administration's first page: how things are, in words, and where everything is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from cameras.models import Camera
from nvr.overview import overview
from recordings.models import Event, NotifyChannel, NotifyRule, Volume
from tests.support.people import House

START = "/admin/"


def told(house: House, person: str, part: str) -> list[str]:
    return [f"{fact.level}: {fact.text}" for fact in overview(house.person(person))[part]]


def test_what_is_wrong_with_cameras_comes_first_with_where_to_go(house: House) -> None:
    down_since = timezone.now() - timedelta(hours=3)
    Camera.objects.filter(pk=house.camera.pk).update(state="live")
    Camera.objects.filter(pk=house.other.pk).update(state="down", state_reason="nothing answers", state_changed_at=down_since)
    first, second = overview(house.alice)["cameras"]
    assert (
        first.level == "bad"
        and first.text.startswith("Garden is down since ")
        and ", for 3\xa0hours: " in first.text
        and first.text.endswith(": nothing answers")
    )
    assert [name for name, _ in first.links] == ["Find out why", "Change", "Live"]
    assert (second.level, second.text) == ("good", "1 of 2 cameras is live.")
    assert told(house, "carol", "cameras") == ["good: The camera is live."]
    page = house.browser("carol").get(START).content.decode()
    assert "The camera is live." in page and "Garden" not in page
    Camera.objects.all().delete()
    assert told(house, "alice", "cameras") == ["look: There is no camera yet."]


def test_disks_and_missing_footage_are_told(house: House, tmp_path: Path) -> None:
    assert any("no volume that is enabled" in fact for fact in told(house, "alice", "recording"))
    Volume.objects.create(name="big disk", path=str(tmp_path), state="well")
    Volume.objects.create(
        name="old disk", path=str(tmp_path / "gone"), state="failing", state_reason="the disk refuses: Input/output error"
    )
    at_ms = 1_795_046_400_000
    moment = {"start_ms": at_ms, "seen_until_ms": at_ms, "footage_start_ms": at_ms, "footage_end_ms": at_ms}
    Event.objects.create(camera=house.camera, kind="gap", reason="the disk was full", **moment)
    facts = told(house, "alice", "recording")
    assert any(fact.startswith("good: big disk takes footage: ") and fact.endswith(" free.") for fact in facts)
    assert "bad: old disk takes no footage: its disk is not there. the disk refuses: Input/output error" in facts
    assert any(fact.startswith("bad: Footage of Front door is missing since ") for fact in facts)
    assert not any("Front door" in fact for fact in told(house, "carol", "recording")), "to configure is not to play back"


def test_who_is_told_of_what_and_what_fails(house: House) -> None:
    assert "look: Nobody is told when a camera is down: no rule is about that." in told(house, "alice", "notifications")
    NotifyRule.objects.create(owner=house.alice, name="Down", kinds=["camera_down"])
    channel = NotifyChannel.objects.create(owner=house.alice, name="Mail", kind="email", settings={"to": "a@example.org"})
    assert told(house, "alice", "notifications") == ["good: 1 channel to tell people by, none of them failing."]
    NotifyChannel.objects.filter(pk=channel.pk).update(failing_since=timezone.now(), failing_reason="no such mailbox")
    [failing] = told(house, "alice", "notifications")
    assert failing.startswith("bad: Messages by “Mail” fail since ") and failing.endswith(": no such mailbox")
    assert not any("Mail" in fact for fact in told(house, "carol", "notifications")), "it is not hers"


def test_processes_are_told_also_without_redis(house: House, settings: Settings) -> None:
    assert any("“ingest” is not heard of" in fact for fact in told(house, "alice", "system"))
    settings.REDIS_URL = "redis://127.0.0.1:9"
    assert told(house, "alice", "system")[0].startswith("bad: Redis does not answer")
    assert house.browser("alice").get(START).status_code == 200


def test_what_belongs_together_stands_together(house: House) -> None:
    page = house.browser("alice").get(START)
    parts = {part["app_label"]: [model["object_name"] for model in part["models"]] for part in page.context["parts"]}
    assert list(parts) == ["cameras", "recording", "motion", "people", "notifications", "system"]
    assert parts["cameras"][:2] == ["Camera", "CameraGroup"]
    assert {"Event"} <= set(parts["motion"])
    assert "User" in parts["people"] and "Grant" in parts["people"]
    assert [part["app_label"] for part in page.context["available_apps"]] == [key for key in parts if parts[key]]
    assert house.browser("alice").get("/admin/cameras/").status_code == 200
    assert "Superusers" not in house.browser("carol").get(START).content.decode()


def test_the_page_asks_no_more_for_more_cameras(house: House) -> None:
    browser = house.browser("alice")

    def queries(cameras: range) -> int:
        for number in cameras:
            Camera.objects.create(name=f"Camera {number}", slug=f"camera-{number}", state="down", detects_motion=True)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(START).status_code == 200
        return len(asked)

    few = queries(range(2))
    assert queries(range(2, 12)) <= few


@pytest.mark.parametrize("person", ["bob", "nobody"])
def test_others_do_not_get_in(house: House, person: str) -> None:
    assert house.browser(person).get(START).status_code == 302

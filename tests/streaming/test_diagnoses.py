"""From a camera in the database to a diagnosis that is kept, told and compared; against a real camera."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from cameras.findings import bad, good, look
from cameras.models import Camera, Diagnosis
from cameras.services import add_camera
from streaming import diagnoses
from streaming.doctor.examination import Limits
from tests.support.people import House
from tests.support.rtsp_camera import TestCamera

URL = "/api/v1/cameras/front-door/diagnose/"
WELL = (good("codec", "H.264", codec="h264"), look("keyframes", "Far apart.", "Slow.", "One second.", gop_ms=9000))
REFUSED = (bad("login", "Refused.", "Wrong.", "Correct it."),)


@pytest.fixture
def house(transactional_db: None) -> House:
    return House()


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second of looking is enough here; no ports of this machine are knocked at for ONVIF."""
    limits = Limits(connect_s=2.0, response_s=1.0, first_packet_s=1.0, watch_s=1.0, watch_most_s=2.0, keyframes=2)
    patient_of = diagnoses.patient_of
    monkeypatch.setattr(diagnoses, "THOROUGH", limits)
    monkeypatch.setattr(diagnoses, "patient_of", lambda camera: replace(patient_of(camera), has_onvif_looked_at=False))


@pytest.fixture
def real() -> Iterator[TestCamera]:
    with TestCamera({"/main": "h264_aac", "/sub": "h264_sub"}, username="viewer", password="hunter2") as camera:
        yield camera


def at(house: House, real: TestCamera, *, is_changed: bool = False) -> Camera:
    """The house's camera is the real one; `is_changed`: its password has been changed since."""
    camera = house.camera
    camera.streams.filter(role="main").update(url=real.url("/main"))
    camera.streams.filter(role="sub").update(url=real.url("/sub"))
    Camera.objects.filter(pk=camera.pk).update(username="viewer", password="old" if is_changed else "hunter2")
    return Camera.objects.get(pk=camera.pk)


def wait(limit_s: float = 20) -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("diagnosis"):
            thread.join(limit_s)


def kept(camera: Camera, findings: tuple[Any, ...], *, days_ago: float = 1) -> Diagnosis:
    started_at = timezone.now() - timedelta(days=days_ago)
    diagnosis = Diagnosis.objects.create(camera=camera, started_at=started_at)
    assert diagnosis.finish(findings)
    diagnosis.refresh_from_db()
    return diagnosis


class TestOverTheApi:
    def test_it_is_started_followed_and_kept(self, house: House, real: TestCamera, monkeypatch: pytest.MonkeyPatch) -> None:
        told: list[Any] = []
        monkeypatch.setattr("cameras.events.publish_to_user", lambda user_id, event: told.append((user_id, event)))
        at(house, real)
        alice = house.api("alice")
        started = alice.post(URL)
        assert started.status_code == 202
        assert (started.data["state"], started.data["started_by"]) == ("running", "alice")
        again = alice.post(URL)
        assert again.data["id"] == started.data["id"], "one at a time"
        wait()
        done = alice.get(f"{URL}{started.data['id']}/").data
        assert (done["state"], done["grade"], done["cause"]) == ("done", "good", "")
        assert {finding["stream"] for finding in done["findings"]} == {"", "main", "sub"}
        assert {user_id for user_id, _ in told} == {house.alice.pk}
        news = [event for _, event in told]
        assert len(news) > 2, "as it goes, not all at the end"
        assert [event["state"] for event in news][-1] == "done"
        said = [(finding["stream"], finding["check"]) for event in news for finding in event["findings"]]
        assert sorted(said) == sorted((finding["stream"], finding["check"]) for finding in done["findings"])
        assert any(event["shares"].get("main", 0) > 0.3 for event in news)
        assert "hunter2" not in json.dumps([done, news], default=str)
        assert [row["id"] for row in alice.get(URL).data] == [done["id"]]

    def test_what_changed_since_it_worked_is_told(self, house: House, real: TestCamera) -> None:
        camera = at(house, real, is_changed=True)
        well = kept(camera, (replace(good("login", "Taken.", scheme="Digest MD5"), stream="main"), *WELL), days_ago=2)
        kept(camera, REFUSED)
        alice = house.api("alice")
        started = alice.post(URL).data
        wait()
        done = alice.get(f"{URL}{started['id']}/").data
        assert (done["grade"], done["cause"], done["cause_title"]) == ("bad", "login", "Login")
        assert done["compared_with"] == well.pk
        assert [(change["check"], change["direction"], change["before"]) for change in done["changes"]] == [("login", "worse", "Taken.")]

    @pytest.mark.parametrize(("who", "status"), [("nobody", 401), ("charlie", 404), ("bob", 403), ("carol", 200), ("alice", 200)])
    def test_it_is_for_who_may_configure(self, house: House, who: str, status: int) -> None:
        diagnosis = kept(house.camera, WELL)
        api = house.api(who)
        assert api.get(URL).status_code == status
        assert api.get(f"{URL}{diagnosis.pk}/").status_code == status
        if status != 200:
            assert api.post(URL).status_code == status
        assert not Diagnosis.objects.running().exists()

    def test_a_diagnosis_of_another_camera_is_not_found(self, house: House) -> None:
        other = kept(house.other, WELL)
        assert house.api("alice").get(f"{URL}{other.pk}/").status_code == 404

    def test_a_camera_without_address_is_refused_in_words(self, house: House) -> None:
        house.camera.streams.all().delete()
        answer = house.api("alice").post(URL)
        assert answer.status_code == 400
        assert "no main stream" in answer.data["detail"]

    def test_enough_is_enough(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(diagnoses, "_MOST_AT_ONCE", 1)
        Diagnosis.objects.create(camera=house.other)
        answer = house.api("alice").post(URL)
        assert answer.status_code == 429
        assert answer["Retry-After"] == "30"


class TestKeeping:
    def test_the_database_lets_one_run(self, house: House) -> None:
        Diagnosis.objects.create(camera=house.camera)
        with pytest.raises(IntegrityError), transaction.atomic():
            Diagnosis.objects.create(camera=house.camera)

    def test_one_cut_off_with_its_process_says_so(self, house: House) -> None:
        lost = Diagnosis.objects.create(camera=house.camera, started_at=timezone.now() - timedelta(minutes=4))
        assert house.api("alice").get(URL).data[0]["state"] == "interrupted"
        lost.refresh_from_db()
        assert lost.finished_at is not None
        assert not lost.finish(WELL), "what comes later is too late"

    def test_a_fault_of_ours_ends_it(self, house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
        async def broken(*_: object) -> None:
            raise RuntimeError("ours")

        monkeypatch.setattr(diagnoses, "examine", broken)
        diagnosis = diagnoses.start(house.camera, by=house.alice)
        wait()
        diagnosis.refresh_from_db()
        assert diagnosis.state == "interrupted"
        assert "given up" in caplog.text

    def test_old_ones_go_but_not_the_last_that_worked(self, house: House) -> None:
        well = kept(house.camera, WELL, days_ago=100)
        older = kept(house.camera, WELL, days_ago=200)
        for number in range(30):
            kept(house.camera, REFUSED, days_ago=50 - number)
        diagnoses._forget_old(house.camera)
        left = list(house.camera.diagnoses.all())
        assert len(left) == 21
        assert well in left
        assert older not in left

    def test_addresses_that_can_not_be_used_are_named(self, house: House) -> None:
        house.camera.streams.filter(role="sub").update(url="http://x/")
        with pytest.raises(ValidationError, match="sub stream"):
            diagnoses.patient_of(house.camera)


class TestCommand:
    def run(self, *arguments: str) -> tuple[str, int]:
        out = StringIO()
        try:
            call_command("diagnose", *arguments, stdout=out, stderr=StringIO())
        except SystemExit as end:
            return out.getvalue(), int(str(end.code))
        return out.getvalue(), 0

    def test_a_camera_of_this_nvr(self, house: House, real: TestCamera) -> None:
        at(house, real)
        text, code = self.run("front-door")
        assert code == 0
        assert "All is well." in text
        assert Diagnosis.objects.get().state == "done"
        real.refuse(453)
        text, code = self.run("front-door")
        assert code == 1
        assert "To mend first: RTSP." in text
        assert "when it worked" in text
        assert "Not reached: Login," in text

    def test_an_address(self, db: None, real: TestCamera, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin", StringIO("hunter2\n"))
        text, code = self.run(real.url("/main"), "--sub", real.url("/sub"), "--username", "viewer", "--password-stdin", "--quick", "--json")
        assert code == 0
        assert {finding["stream"] for finding in json.loads(text)} == {"", "main", "sub"}
        assert not Diagnosis.objects.exists()

    def test_what_it_does_not_know(self, house: House) -> None:
        with pytest.raises(CommandError, match="front-door, garden"):
            self.run("nowhere")
        with pytest.raises(CommandError, match="rtsp"):
            self.run("http://camera.local/")


def test_a_camera_added_by_who_may_add_can_be_examined_by_them(house: House) -> None:
    camera = add_camera(name="Shed", url="rtsp://shed.local/main", by=house.bob)
    client: APIClient = house.api("bob")
    assert client.get(f"/api/v1/cameras/{camera.slug}/diagnose/").status_code == 200

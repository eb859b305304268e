"""What people and programs do is noted, wherever they do it, and nothing that is secret is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from channels.db import database_sync_to_async as in_thread
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from cameras.audit import activities
from cameras.audit.activities import gatherer
from cameras.audit.actors import Actor, current_actor
from cameras.audit.entries import now_ms
from cameras.audit.words import sentence
from cameras.control import steering
from cameras.models import Action, AuditActivity, AuditEntry, Grant
from nvr.people.audit import name_the_command
from nvr.people.second_factor import remove_second_factors
from recordings.models import Export, NotifyChannel, Segment, ShareLink
from recordings.services import exports
from tests.support.numbered import footage
from tests.support.people import PASSWORD, House
from tests.support.recorded import Archive
from tests.support.second_step import give_second_step
from tests.support.sockets import browser_headers, connected

PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"

START_MS = 1_795_000_020_000


@pytest.fixture(autouse=True)
def _audit_of_its_own() -> None:
    gatherer.forget()


def entries(action: str, **about: Any) -> list[AuditEntry]:
    """Of this action, with what goes on made an end of."""
    activities.end_overdue(now_ms() + 86_400_000)
    return list(AuditEntry.objects.filter(action=action, **about).order_by("pk"))


def everything() -> str:
    return json.dumps([list(AuditEntry.objects.values()), list(AuditActivity.objects.values())], default=str)


def test_a_change_of_a_camera_tells_before_and_after_and_no_secret(house: House) -> None:
    body = {"name": "Gate", "is_enabled": False, "password": "s3cret-of-the-camera"}
    assert house.api("alice").patch("/api/v1/cameras/front-door/", body, format="json").status_code == 200
    [entry] = entries("change", kind="camera", camera="front-door")
    assert (entry.who, entry.means, entry.address) == ("alice", "token", "127.0.0.1")
    assert entry.told["changes"] == {"is_enabled": [True, False], "name": ["Front door", "Gate"], "password": "changed"}
    assert "s3cret" not in everything()
    assert "hunter2" not in everything()


def test_what_the_admin_does_is_noted_with_the_session_that_did_it(house: House) -> None:
    client = house.browser("alice")
    client.post("/admin/auth/group/add/", {"name": "guards", "grants-TOTAL_FORMS": 0, "grants-INITIAL_FORMS": 0})
    [entry] = entries("add", kind="group")
    assert (entry.who, entry.means, entry.name) == ("alice", "page", "guards")


def test_rights_groups_and_members_are_noted(house: House) -> None:
    Grant.objects.filter(user=house.bob).delete()
    assert [entry.name for entry in entries("remove", kind="right")] == ["bob may view live Front door"]
    group = Group.objects.create(name="guards")
    house.bob.groups.add(group)
    house.bob.groups.clear()
    told = [entry.told for entry in entries("change", kind="user", name="bob")]
    assert told == [{"added": {"groups": ["guards"]}}, {"removed": {"groups": ["guards"]}}]


def test_a_password_is_noted_as_changed_and_not_when_it_is_only_hashed_anew(house: House) -> None:
    house.bob.set_password("another correct horse")
    house.bob.save()
    [entry] = entries("change", kind="user", name="bob")
    assert entry.told == {"changes": {"password": "changed"}}
    house.bob.password = "md5$a$b"
    house.bob.save(update_fields=["password"])
    assert len(entries("change", kind="user", name="bob")) == 1
    assert "horse" not in everything()


def test_settings_of_channels_are_secrets(house: House) -> None:
    channel = NotifyChannel.objects.create(owner=house.alice, name="Hook", kind="webhook", settings={"url": "https://x.example/s3cret"})
    channel.settings = {"url": "https://x.example/other-s3cret"}
    channel.save()
    [entry] = entries("change", kind="notification channel")
    assert entry.told == {"changes": {"settings": "changed"}}
    assert "s3cret" not in everything()


def test_signing_in_and_out_and_failing_to(house: House, client: Any) -> None:
    for name, password in (("my-passw0rd-by-mistake", "x"), ("bob", "wrong"), ("bob", "wrong again"), ("bob", PASSWORD)):
        client.post("/accounts/login/", {"login": name, "password": password})
    client.post("/accounts/logout/")
    assert [(entry.who, entry.means, entry.address) for entry in entries("login")] == [("bob", "page", "127.0.0.1")]
    assert [entry.who for entry in entries("logout")] == ["bob"]
    assert [(entry.who, entry.name) for entry in entries("login_failed")] == [("", ""), ("", "bob")]
    assert entries("login_failed", name="bob")[0].told == {"count": 2}
    assert "wrong again" not in everything()
    assert "by-mistake" not in everything()


def test_tokens_made_and_revoked(house: House, client: Any) -> None:
    token = client.post("/api/v1/auth/token/", {"username": "bob", "password": PASSWORD}, content_type="application/json").json()["token"]
    client.delete("/api/v1/auth/token/", HTTP_AUTHORIZATION=f"Bearer {token}")
    [made], [revoked] = entries("add", kind="token"), entries("remove", kind="token")
    assert (made.who, made.means, made.name) == ("bob", "page", "Signed in by a program of bob")
    assert (revoked.who, revoked.means, revoked.proof) == ("bob", "token", "Signed in by a program")
    assert revoked.object_id == f"{token[:8]}…"
    assert token[:12] not in everything()


def test_a_device_signed_out_from_another_one(house: House) -> None:
    phone, desk = (Client(HTTP_USER_AGENT=agent) for agent in (PHONE, "curl/8"))
    for one in (phone, desk):
        assert one.post("/accounts/login/", {"login": "bob", "password": PASSWORD}).status_code == 302
    assert desk.delete("/api/v1/sessions/").json() == {"signed_out": 1}
    [ended] = entries("remove", kind="signed-in device")
    assert (ended.who, ended.name, ended.told["address"]) == ("bob", "Firefox on Android of bob", "127.0.0.1")


def test_a_second_step_is_noted_without_its_secret(house: House) -> None:
    TOTP.activate(house.bob, "JBSWY3DPEHPK3PXP")
    remove_second_factors(house.bob)
    [added], [removed] = entries("add", kind="second step"), entries("remove", kind="second step")
    assert (added.name, removed.name) == ("TOTP Authenticator of bob",) * 2
    assert "JBSWY3DPEHPK3PXP" not in everything()


def test_a_wrong_code_behind_a_right_password_is_noted(house: House, client: Any) -> None:
    give_second_step(house.bob)
    wish = {"username": "bob", "password": PASSWORD, "code": "000000"}
    for _ in range(2):
        assert client.post("/api/v1/auth/token/", wish, content_type="application/json").status_code == 401
    [entry] = entries("login_failed")
    assert (entry.kind, entry.name, entry.address, entry.told) == ("second step", "bob", "127.0.0.1", {"count": 2})
    assert "000000" not in everything()
    assert sentence(entry, duration_ms=None, when=str) == "Somebody had the password of bob and gave a wrong code 2 times"


def test_a_link_to_an_account_and_an_account_elsewhere_are_noted(house: House) -> None:
    house.browser("alice").post("/admin/auth/user/", {"action": "make_links", "_selected_action": [house.bob.pk]})
    [made] = entries("change", kind="user")
    assert (made.who, made.name, made.told) == ("alice", "bob", {"added": {"links for a new password": ["handed over"]}})
    SocialAccount.objects.create(user=house.bob, provider="sso", uid="issuer 1", extra_data={"id_token": {"sub": "s3cret"}}).delete()
    [added], [removed] = entries("add", kind="account elsewhere"), entries("remove", kind="account elsewhere")
    assert (added.name, removed.name) == ("sso of bob",) * 2
    assert "/accounts/password/" not in everything() and "s3cret" not in everything()


def test_a_command_is_noted_with_who_typed_it(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cameras.audit.actors._unless_known", None)
    monkeypatch.setattr("getpass.getuser", lambda: "operator")
    name_the_command(["manage.py", "addcamera", "Shed"])
    call_command("addcamera", "Shed", "rtsp://viewer:hunter2@shed.local/")
    [entry] = entries("add", kind="camera")
    assert (entry.who, entry.means, entry.proof, entry.camera) == ("operator", "command", "addcamera", "shed")
    assert "hunter2" not in everything()


def test_services_are_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cameras.audit.actors._unless_known", Actor())
    for argv in (["manage.py", "web"], ["celery", "-A", "nvr"], ["manage.py"], ["manage.py", "--help"]):
        name_the_command(argv)
    assert current_actor() == Actor()


async def test_watching_live_is_one_entry_with_how_long(transactional_db: None) -> None:
    house = await in_thread(House)()
    for _ in range(2):  # a page that is loaded again
        async with connected("/ws/live/front-door/?mode=mjpeg", await in_thread(browser_headers)(house, "bob")):
            pass
    [entry] = await in_thread(entries)("watch")
    assert (entry.who, entry.means, entry.camera, entry.name) == ("bob", "page", "front-door", "Front door")
    assert entry.duration_ms is not None


async def test_who_is_refused_did_not_watch(transactional_db: None) -> None:
    house = await in_thread(House)()
    async with connected("/ws/live/front-door/?mode=mjpeg", await in_thread(browser_headers)(house, "charlie")):
        pass
    assert await in_thread(entries)("watch") == []


def test_steering_is_one_entry_per_turn_at_the_helm(house: House) -> None:
    for _ in range(3):
        steering.take(house.camera, house.alice)
    [entry] = entries("steer")
    assert (entry.who, entry.name) == ("alice", "Front door")


@pytest.fixture
def filled(house: House, tmp_path: Path, settings: pytest_django.Settings) -> House:
    settings.EXPORTS_DIR = tmp_path / "exports"
    Archive(tmp_path / "footage").add(house.camera, footage(6, start_ms=START_MS))
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.EXPORT)
    return house


def test_protecting_and_deleting_footage(filled: House) -> None:
    api = filled.api("alice")
    span = {"start": START_MS, "end": START_MS + 6_000}
    made = api.post("/api/v1/protections/", {"camera": "front-door", "note": "burglary", **span}, format="json").json()
    api.delete(f"/api/v1/protections/{made['id']}/")
    api.post("/api/v1/cameras/front-door/footage/delete/", span, format="json")
    [protected], [freed], [deleted] = entries("protect"), entries("unprotect"), entries("delete")
    assert deleted.told["asked_for"] == [[START_MS, START_MS + 6_000]]
    assert protected.told == freed.told == {"footage": [[START_MS, START_MS + 6_000]], "note": "burglary"}


def test_playing_back_tells_which_footage_and_not_each_byte_range(filled: House) -> None:
    segment = Segment.objects.get()
    api = filled.api("alice")
    for first in (0, 500, 1000):
        answer = api.get(f"/api/v1/cameras/front-door/segments/{segment.pk}.mp4", headers={"Range": f"bytes={first}-{first + 9}"})
        assert answer.status_code == 206
        answer.close()
    [entry] = entries("playback")
    assert (entry.who, entry.camera) == ("alice", "front-door")
    assert entry.told == {"footage": [[segment.started_at_ms, segment.ended_at_ms]]}


def test_exports_are_noted_for_each_camera(filled: House) -> None:
    body = {"cameras": ["front-door"], "start": START_MS, "end": START_MS + 6_000}
    answer = filled.api("bob").post("/api/v1/exports/", body, format="json")
    assert answer.status_code == 201, answer.content
    [entry] = entries("export")
    assert (entry.who, entry.camera, entry.told["footage"]) == ("bob", "front-door", [[START_MS, START_MS + 6_000]])


def test_downloads_by_the_owner_and_by_a_link(filled: House) -> None:
    export = Export.objects.create(
        owner=filled.alice, start_ms=START_MS, end_ms=START_MS + 1, state="done", file="film.mp4", expires_at=exports._expiry()
    )
    export.cameras.set([filled.camera])
    exports.directory_of(export.pk).mkdir(parents=True)
    (exports.directory_of(export.pk) / "film.mp4").write_bytes(b"film")
    api = filled.api("alice")
    link = api.post(f"/api/v1/exports/{export.pk}/links/", {}, format="json").json()["url"]
    secret = link.rstrip("/").rsplit("/", 1)[-1]
    for _ in range(3):
        api.get(f"/api/v1/exports/{export.pk}/file")
    filled.browser("nobody").get(f"/share/{secret}/file?download=1")
    mine, theirs = entries("download")
    assert (mine.who, mine.means, mine.name, mine.camera) == ("alice", "token", "film.mp4", "front-door")
    assert (theirs.who, theirs.means, theirs.proof) == ("", "link", f"link {ShareLink.objects.get().pk}")
    assert [entry.name for entry in entries("share")] == ["film.mp4"]
    assert secret not in everything()


def test_an_account_that_is_deleted_stays_in_the_audit(house: House) -> None:
    house.browser("bob").get("/")
    bob_id = house.bob.pk
    get_user_model().objects.filter(pk=bob_id).delete()
    [entry] = entries("remove", kind="user")
    assert (entry.object_id, entry.name) == (str(bob_id), "bob")
    assert entries("login")[0].who == "bob"

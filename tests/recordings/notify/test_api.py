"""/api/v1/notifications/: one's own only, secrets in and never out."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_django
from django.db import connection

from recordings.models import Delivery, NotifyChannel, NotifyRule, PushDevice
from recordings.notify.destinations import parse_networks
from recordings.notify.http_post import Door
from recordings.services.notices import senders
from tests.support.mail_sink import running_mail_sink
from tests.support.people import House
from tests.support.push_service import PushService, running_push_service
from tests.support.telling import NOW_MS, make_event, make_rule, make_webhook, send_all, tell
from tests.support.webhook_receiver import Receiver, running_receiver

ROOT = "/api/v1/notifications/"
CHANNELS, RULES, DEVICES = f"{ROOT}channels/", f"{ROOT}rules/", f"{ROOT}push/subscriptions/"
HOOK = {"name": "Hook", "kind": "webhook", "settings": {"url": "https://hook.example/secret-path"}}
BROKER = {"name": "Home", "kind": "mqtt", "settings": {"host": "broker.local", "username": "nvr", "password": "hunter2"}}


@pytest.fixture
def receiver(settings: pytest_django.Settings) -> Iterator[Receiver]:
    settings.NOTIFY_PRIVATE = parse_networks(["127.0.0.0/8"])
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    with running_push_service(tmp_path) as service:
        door = Door(parse_networks(["127.0.0.0/8"]), 5, service.resolve, lambda: service.trusting)
        monkeypatch.setattr(senders, "door", lambda: door)
        yield service


def post(house: House, who: str, address: str, body: object) -> Any:
    return house.api(who).post(address, body, format="json")


def test_a_webhook_tells_its_secret_once(house: House) -> None:
    made = post(house, "alice", CHANNELS, HOOK)
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert made.json()["details"] == {"host": "hook.example", "has_url": True, "has_secret": True, "has_picture": True}
    shown = house.api("alice").get(CHANNELS).content + house.api("alice").get(f"{CHANNELS}{made.json()['id']}/").content
    assert b"secret-path" not in shown and b"whsec" not in shown and b'"settings"' not in shown


def test_settings_are_encrypted_in_the_database(house: House) -> None:
    post(house, "alice", CHANNELS, BROKER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT settings FROM recordings_notifychannel")
        (stored,) = cursor.fetchone()
    assert "hunter2" not in stored and "broker.local" not in stored
    assert NotifyChannel.objects.get().settings["password"] == "hunter2"


def test_a_password_stays_when_it_is_not_sent_and_goes_nowhere_else(house: House) -> None:
    channel = post(house, "alice", CHANNELS, BROKER).json()
    address = f"{CHANNELS}{channel['id']}/"
    assert channel["details"]["has_password"] is True and "hunter2" not in json.dumps(channel)
    changed = house.api("alice").patch(address, {"settings": {"prefix": "home/nvr", "port": 1884}}, format="json")
    assert (changed.status_code, changed.json()["details"]["port"]) == (200, 1884)
    assert NotifyChannel.objects.get().settings["password"] == "hunter2"
    elsewhere = house.api("alice").patch(address, {"settings": {"host": "evil.example"}}, format="json")
    assert (elsewhere.status_code, list(elsewhere.json()["errors"])) == (400, ["settings.password"])
    removed = house.api("alice").patch(address, {"settings": {"password": ""}}, format="json")
    assert removed.json()["details"]["has_password"] is False


@pytest.mark.parametrize("kind", ["webhook", "mqtt", "apprise"])
def test_what_lets_the_server_call_somebody_is_for_staff(house: House, kind: str) -> None:
    assert post(house, "bob", CHANNELS, {"name": "A", "kind": kind, "settings": {}}).status_code == 403
    assert post(house, "nobody", CHANNELS, HOOK).status_code == 401
    assert post(house, "carol", CHANNELS, HOOK).status_code == 201


def test_mail_goes_to_ones_own_address_unless_one_is_staff(house: House) -> None:
    body = {"name": "Mail", "kind": "email", "settings": {"to": "bob@home.example"}}
    answer = post(house, "bob", CHANNELS, body)
    assert (answer.status_code, answer.json()["errors"]["settings.to"]) == (
        400,
        ["your account has no address yet: ask the administrator to enter it"],
    )
    house.bob.email = "Bob@home.example"
    house.bob.save()
    assert post(house, "bob", CHANNELS, body).json()["details"] == {"to": "bob@home.example"}
    assert post(house, "bob", CHANNELS, body | {"name": "B", "settings": {"to": "eve@evil.example"}}).status_code == 400
    assert post(house, "carol", CHANNELS, body | {"settings": {"to": "guard@firm.example"}}).status_code == 201
    assert post(house, "carol", CHANNELS, body | {"name": "B", "settings": {"to": "no address"}}).status_code == 400


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"url": "ftp://a/"}, "url"),
        ({"url": "https://u:p@a/"}, "url"),
        ({}, "url"),
        ({"url": "https://a/", "secret": "short"}, "secret"),
        ({"url": "https://a/", "host": "b"}, "host"),
    ],
)
def test_bad_settings_are_named(house: House, given: dict[str, object], field: str) -> None:
    answer = post(house, "alice", CHANNELS, HOOK | {"settings": given})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [f"settings.{field}"]


@pytest.mark.parametrize(
    ("given", "field"),
    [({"host": "a b"}, "host"), ({}, "host"), ({"host": "a", "port": 70000}, "port"), ({"host": "a", "prefix": "a/#"}, "prefix")],
)
def test_bad_settings_of_a_broker_are_named(house: House, given: dict[str, object], field: str) -> None:
    answer = post(house, "alice", CHANNELS, BROKER | {"settings": given})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [f"settings.{field}"])


def test_apprise_shows_the_service_and_never_the_address(house: House) -> None:
    url = "tgram://123456789:abcdefghijklmnopqrstuvwxyzabcdefghi/12315544"
    made = post(house, "alice", CHANNELS, {"name": "T", "kind": "apprise", "settings": {"url": url}})
    assert made.json()["details"] == {"service": "Telegram", "has_url": True}
    refused = post(house, "alice", CHANNELS, {"name": "U", "kind": "apprise", "settings": {"url": "dbus://secret"}})
    assert refused.status_code == 400 and "secret" not in refused.content.decode()


def test_names_are_ones_own_and_once(house: House) -> None:
    assert post(house, "alice", CHANNELS, HOOK).status_code == 201
    again = post(house, "alice", CHANNELS, HOOK)
    assert (again.status_code, again.json()["errors"]["name"]) == (400, ["you have such a channel already: choose another name"])
    assert post(house, "carol", CHANNELS, HOOK).status_code == 201


def test_a_channel_keeps_its_kind(house: House) -> None:
    channel = post(house, "alice", CHANNELS, HOOK).json()["id"]
    assert house.api("alice").patch(f"{CHANNELS}{channel}/", {"kind": "email"}, format="json").status_code == 400
    assert house.api("alice").patch(f"{CHANNELS}{channel}/", {"name": "Other"}, format="json").json()["name"] == "Other"


def test_what_is_anothers_is_not_there(house: House) -> None:
    channel = make_webhook(house.alice, "https://hook.example/")
    rule = make_rule(house.alice, channel)
    device = PushDevice.objects.create(owner=house.alice, name="A", endpoint_digest="a", subscription={})
    for address in (f"{CHANNELS}{channel.pk}/", f"{RULES}{rule.pk}/"):
        assert house.api("alice").get(address).status_code == 200
        for method in ("get", "patch", "delete"):
            assert getattr(house.api("carol"), method)(address).status_code == 404
    assert post(house, "carol", f"{CHANNELS}{channel.pk}/test/", {}).status_code == 404
    assert post(house, "carol", f"{RULES}{rule.pk}/mute/", {"minutes": 5}).status_code == 404
    assert house.api("carol").delete(f"{DEVICES}{device.pk}/").status_code == 404
    for address in (CHANNELS, RULES, DEVICES, f"{ROOT}deliveries/", f"{ROOT}held-back/"):
        assert house.api("carol").get(address).json()["results"] == []
    stolen = post(house, "carol", RULES, {"name": "R", "kinds": ["motion"], "channels": [channel.pk]})
    assert (stolen.status_code, list(stolen.json()["errors"])) == (400, ["channels"])


def test_the_test_button_says_what_came_of_it(house: House, receiver: Receiver) -> None:
    channel = make_webhook(house.alice, receiver.url())
    address = f"{CHANNELS}{channel.pk}/test/"
    assert post(house, "alice", address, {}).json() == {"is_sent": True, "text": "The message was handed over."}
    assert json.loads(receiver.taken[0].body)["type"] == "test"
    receiver.statuses = [500]
    answer = post(house, "alice", address, {})
    assert answer.json() == {"is_sent": False, "text": "It answered 500 (Internal Server Error)."}
    shown = house.api("alice").get(f"{CHANNELS}{channel.pk}/").json()
    assert shown["failing_reason"] == "It answered 500 (Internal Server Error)." and shown["failing_since"]
    changed = house.api("alice").patch(f"{CHANNELS}{channel.pk}/", {"settings": {"has_picture": False}}, format="json").json()
    assert (changed["failing_since"], changed["failing_reason"]) == (None, "")


def test_the_test_of_a_mail_without_a_mail_server_says_whom_to_ask(house: House, settings: pytest_django.Settings) -> None:
    channel = post(house, "alice", CHANNELS, {"name": "M", "kind": "email", "settings": {"to": "a@home.example"}}).json()["id"]
    assert "NVR_EMAIL_HOST" in post(house, "alice", f"{CHANNELS}{channel}/test/", {}).json()["text"]
    with running_mail_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", sink.port, False
        assert post(house, "alice", f"{CHANNELS}{channel}/test/", {}).json()["is_sent"] is True
        assert sink.mails[0]["Subject"] == "A test of the NVR"


def test_a_rule_as_it_is_made_and_changed(house: House) -> None:
    channel = make_webhook(house.alice, "https://hook.example/")
    body = {
        "name": "Nights",
        "kinds": ["motion", "camera_down", "motion"],
        "is_all_cameras": False,
        "cameras": ["front-door"],
        "zones": ["Drive"],
        "labels": ["person"],
        "min_score": 20,
        "schedule": {"0": [["22:00", "06:00"]]},
        "time_zone": "Europe/Berlin",
        "every_s": 120,
        "group_s": 30,
        "channels": [channel.pk],
    }
    made = post(house, "alice", RULES, body)
    assert made.status_code == 201, made.content
    assert made.json()["schedule"] == {"0": [["22:00", "24:00"]], "1": [["00:00", "06:00"]]}
    assert made.json() | {"schedule": 0, "id": 0} == body | {
        "kinds": ["motion", "camera_down"],
        "schedule": 0,
        "id": 0,
        "is_enabled": True,
        "tells_end": True,
        "muted_until_ms": 0,
    }
    address = f"{RULES}{made.json()['id']}/"
    assert house.api("alice").patch(address, {"is_enabled": False, "cameras": ["garden"]}, format="json").json()["cameras"] == ["garden"]
    assert house.api("alice").delete(address).status_code == 204


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kinds": []}, "kinds"),
        ({"kinds": ["noise"]}, "kinds.0"),
        ({"kinds": ["storage"]}, "kinds"),
        ({"is_all_cameras": False}, "cameras"),
        ({"is_all_cameras": False, "cameras": ["garden"]}, "cameras.0"),
        ({"schedule": {"7": []}}, "schedule"),
        ({"schedule": {"0": [["8", "9"]]}}, "schedule"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"min_score": 101}, "min_score"),
        ({"every_s": -1}, "every_s"),
        ({"channels": [999]}, "channels.0"),
    ],
)
def test_a_bad_rule_is_named(house: House, change: dict[str, object], field: str) -> None:
    channel = NotifyChannel.objects.create(owner=house.bob, name="P", kind="push", settings={"is_push": True})
    answer = post(house, "bob", RULES, {"name": "R", "kinds": ["motion"], "channels": [channel.pk]} | change)
    assert answer.status_code == 400
    assert [name.split(".")[0] for name in answer.json()["errors"]] == [field.split(".")[0]]
    assert not NotifyRule.objects.exists()


def test_muting_everything_and_one_rule(house: House) -> None:
    rule = make_rule(house.alice, make_webhook(house.alice, "https://hook.example/"))
    mute = f"{ROOT}mute/"
    now_ms = time.time() * 1000
    assert house.api("alice").get(mute).json() == {"muted_until_ms": None}
    until_ms = post(house, "alice", mute, {"minutes": 60}).json()["muted_until_ms"]
    assert 3_590_000 < until_ms - now_ms < 3_660_000
    assert house.api("bob").get(mute).json() == {"muted_until_ms": None}
    morning_ms = post(house, "alice", mute, {"until": "morning", "time_zone": "Asia/Tokyo"}).json()["muted_until_ms"]
    assert morning_ms % 86_400_000 == 22 * 3_600_000  # seven o'clock in Tokyo
    assert post(house, "alice", mute, {"until": str(int(now_ms) + 5_000)}).json()["muted_until_ms"] == int(now_ms) + 5_000
    assert house.api("alice").delete(mute).status_code == 204
    assert house.api("alice").get(mute).json() == {"muted_until_ms": None}
    assert post(house, "alice", f"{RULES}{rule.pk}/mute/", {"minutes": 10}).json()["muted_until_ms"] > now_ms
    assert post(house, "alice", f"{RULES}{rule.pk}/mute/", {"minutes": 0}).json()["muted_until_ms"] == 0
    for wrong in ({}, {"minutes": 1, "until": "morning"}, {"minutes": -1}, {"until": "noon"}, {"until": "9999-01-01T00:00:00Z"}):
        assert post(house, "alice", mute, wrong).status_code == 400


def test_devices_are_added_renewed_and_removed(house: House, service: PushService) -> None:
    browser = service.browser()
    key = house.api("bob").get(f"{ROOT}push/").json()["public_key"]
    assert len(key) == 87
    made = post(house, "bob", DEVICES, browser.as_json() | {"name": "Chrome on Android"})
    assert made.status_code == 201
    assert NotifyChannel.objects.get(owner=house.bob, kind="push").pk == made.json()["channel"]
    assert browser.subscription.endpoint.encode() not in house.api("bob").get(DEVICES).content
    assert post(house, "bob", DEVICES, browser.as_json() | {"name": "Chrome"}).json()["id"] == made.json()["id"]
    # Charlie signs in at the same browser: it is his now.
    taken = post(house, "charlie", DEVICES, browser.as_json() | {"name": "Chrome"})
    assert PushDevice.objects.get().owner == house.charlie
    assert house.api("charlie").delete(f"{DEVICES}{taken.json()['id']}/").status_code == 204


@pytest.mark.parametrize(
    "change", [{"endpoint": "http://push.example/"}, {"endpoint": "x"}, {"keys": {"p256dh": "a", "auth": "b"}}, {"keys": None}]
)
def test_a_device_that_can_t_be(house: House, service: PushService, change: dict[str, object]) -> None:
    assert post(house, "bob", DEVICES, service.browser().as_json() | {"name": "B"} | change).status_code == 400


def test_each_device_gets_the_message_and_one_that_withdrew_is_forgotten(house: House, service: PushService) -> None:
    browsers = [service.browser() for _ in range(3)]
    for number, browser in enumerate(browsers):
        channel = post(house, "alice", DEVICES, browser.as_json() | {"name": f"Device {number}"}).json()["channel"]
    make_rule(house.alice, NotifyChannel.objects.get(pk=channel), kinds=("camera_down",))
    tell(make_event(house.camera, kind="camera_down"))
    service.receiver.statuses = [201, 410, 500]
    first = send_all(NOW_MS + 3_000)
    assert [one.state for one in first] == ["sent", "failed", "waiting"]
    assert PushDevice.objects.count() == 2
    (again,) = send_all(NOW_MS + 60_000)
    assert again.pk == first[2].pk and again.state == "sent"
    paths = {browser.subscription.endpoint.rpartition("/")[2]: browser for browser in browsers}
    opened = [paths[taken.path.rpartition("/")[2]].opened(taken)["title"] for taken in service.receiver.taken]
    assert opened == ["No picture from Front door"] * 4
    log = house.api("alice").get(f"{ROOT}deliveries/").json()["results"]
    assert {(one["state"], one["device"]) for one in log} == {("sent", "Device 2"), ("sent", "Device 0"), ("failed", "")}


def test_the_log_is_filtered(house: House, receiver: Receiver) -> None:
    first, second = (make_webhook(house.alice, receiver.url(), name) for name in "AB")
    rule = make_rule(house.alice, first, second)
    tell(make_event(house.camera))
    receiver.statuses = [204, 400]
    send_all(NOW_MS + 4_000)
    log = f"{ROOT}deliveries/"
    assert house.api("alice").get(log).json()["count"] == 2
    (refused,) = house.api("alice").get(log, {"state": "failed"}).json()["results"]
    assert (refused["channel_name"], refused["reason"], refused["rule"]) == ("B", "It refused the message: 400 (Bad Request).", rule.name)
    assert house.api("alice").get(log, {"channel": first.pk}).json()["count"] == 1
    assert house.api("alice").get(log, {"state": "lost"}).status_code == 400
    assert house.api("alice").get(log, {"channel": "x"}).status_code == 400
    assert Delivery.objects.count() == 2


def test_what_was_held_back_says_why(house: House, receiver: Receiver) -> None:
    make_rule(house.alice, make_webhook(house.alice, receiver.url()), muted_until_ms=NOW_MS + 1)
    tell(make_event(house.camera))
    (one,) = house.api("alice").get(f"{ROOT}held-back/").json()["results"]
    assert (one["camera"], one["held"], one["why"], one["kind"]) == ("front-door", "muted", "muted", "motion")

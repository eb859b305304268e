"""Each kind of channel against a peer that is real, or that does what a real one does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_django

from recordings.notify import apprise_door, broker, web_push
from recordings.notify.apprise_door import AppriseAddressError
from recordings.notify.broker import Broker
from recordings.notify.destinations import parse_networks
from recordings.notify.http_post import Door
from recordings.notify.letter import SENT, Letter, Result
from recordings.notify.push_crypto import derived_key
from recordings.notify.web_push import Browser, Vapid
from recordings.services.notices import mail
from tests.support.mail_sink import MailSink, running_mail_sink
from tests.support.mosquitto import PASSWORD, USER, listening, running_mosquitto
from tests.support.push_service import PushService, running_push_service
from tests.support.webhook_receiver import running_receiver

LOCAL = parse_networks(["127.0.0.0/8"])
LETTER = Letter(
    id="0b0b6c2e-9df4-4c5c-8a54-5f6a51f0a1b2",
    title="Motion at Front door",
    body="At 12:00, person, in Drive.",
    sort="motion",
    at_ms=5,
    path="/events/?event=7",
    url="https://nvr.example/events/?event=7",
    rule="Nights",
    events=({"id": 7},),
    picture=b"\xff\xd8jpeg\xff\xd9",
    picture_path="/push/picture/abc.jpg",
)
VAPID = Vapid(derived_key(b"kept"), "mailto:admin@nvr.example")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[PushService]:
    with running_push_service(tmp_path) as service:
        yield service


@pytest.fixture
def sink(settings: pytest_django.Settings) -> Iterator[MailSink]:
    with running_mail_sink() as sink:
        _use(settings, sink)
        yield sink


def _use(settings: pytest_django.Settings, sink: MailSink) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", sink.port, False
    settings.DEFAULT_FROM_EMAIL = "NVR <nvr@nvr.example>"


def door_to(service: PushService) -> Door:
    return Door(allowed=LOCAL, timeout_s=5, resolve=service.resolve, tls=lambda: service.trusting)


def test_a_browser_gets_what_only_it_can_read(service: PushService) -> None:
    browser = service.browser()
    assert web_push.send(LETTER, browser.subscription, VAPID, door_to(service)) == SENT
    (taken,) = service.receiver.taken
    assert browser.opened(taken) == {
        "id": LETTER.id,
        "title": LETTER.title,
        "body": LETTER.body,
        "path": "/events/?event=7",
        "sort": "motion",
        "at_ms": 5,
        "picture": "/push/picture/abc.jpg",
    }
    claims = service.claims(taken)
    assert (claims["aud"], claims["sub"], claims["key"]) == (
        f"https://push.example:{service.receiver.port}",
        "mailto:admin@nvr.example",
        VAPID.public_key,
    )
    assert (taken.headers["TTL"], taken.headers["Urgency"], len(taken.headers["Topic"])) == ("43200", "high", 32)
    assert b"Front door" not in taken.body


@pytest.mark.parametrize(
    ("status", "result"), [(201, Result.SENT), (404, Result.GONE), (410, Result.GONE), (403, Result.REFUSED), (413, Result.REFUSED)]
)
def test_what_a_push_service_says(service: PushService, status: int, result: Result) -> None:
    service.receiver.statuses = [status]
    assert web_push.send(LETTER, service.browser().subscription, VAPID, door_to(service)).result is result


def test_a_push_service_that_is_away_is_tried_again(service: PushService) -> None:
    service.receiver.statuses, service.receiver.answer_headers = [429], {"Retry-After": "30"}
    outcome = web_push.send(LETTER, service.browser().subscription, VAPID, door_to(service))
    assert (outcome.result, outcome.wait_s) == (Result.AGAIN, 30)


def test_long_words_are_cut_to_what_fits(service: PushService) -> None:
    browser, long = service.browser(), Letter(id="1", title="Ä" * 500, body="€" * 5000, sort="motion", at_ms=1)
    assert web_push.send(long, browser.subscription, VAPID, door_to(service)) == SENT
    assert len(browser.opened(service.receiver.taken[0])["body"]) == 900


@pytest.mark.parametrize("endpoint", ["http://push.example/a", "https://127.0.0.1/a", "https://localhost:8443/", "file:///etc/passwd"])
def test_nobody_makes_the_server_call_its_own_network(endpoint: str, service: PushService) -> None:
    keys = service.browser().subscription
    outcome = web_push.send(LETTER, Browser(endpoint, keys.p256dh, keys.auth), VAPID, Door())
    assert outcome.result is Result.REFUSED
    assert service.receiver.taken == []


def test_mail_has_text_and_a_page_with_the_picture_inside(sink: MailSink) -> None:
    assert mail.send(LETTER, "alice@home.example") == SENT
    (message,) = sink.mails
    assert (message["Subject"], message["To"], message["From"]) == (LETTER.title, "alice@home.example", "NVR <nvr@nvr.example>")
    assert message["Message-ID"] == f"<{LETTER.id}@nvr.example>"
    assert message.get_content_type() == "multipart/related"
    parts = {part.get_content_type(): part for part in message.walk()}
    assert "At 12:00, person, in Drive." in parts["text/plain"].get_content()
    assert 'src="cid:picture"' in parts["text/html"].get_content()
    assert 'href="https://nvr.example/events/?event=7"' in parts["text/html"].get_content()
    assert (parts["image/jpeg"]["Content-ID"], parts["image/jpeg"].get_content()) == ("<picture>", LETTER.picture)


def test_mail_says_no_more_than_it_should(sink: MailSink) -> None:
    hostile = Letter(id="1", title="At <b>\r\nBcc: eve@evil.example", body="<script>&", sort="motion", at_ms=1)
    assert mail.send(hostile, "alice@home.example") == SENT
    assert (sink.mails[0]["Subject"], sink.mails[0]["Bcc"]) == ("At <b> Bcc: eve@evil.example", None)
    parts = {part.get_content_type(): part for part in sink.mails[0].walk()}
    assert "<script>" not in parts["text/html"].get_content()
    assert "<script>&" in parts["text/plain"].get_content()


@pytest.mark.parametrize(("answer", "result"), [("550 No such user", Result.REFUSED), ("451 Try later", Result.AGAIN)])
def test_a_recipient_is_refused_for_now_or_for_good(sink: MailSink, answer: str, result: Result) -> None:
    sink.refused["alice@home.example"] = answer
    outcome = mail.send(LETTER, "alice@home.example")
    assert (outcome.result, outcome.reason) == (result, f"The mail server does not take messages for this address ({answer[:3]}).")


def test_a_mail_server_that_is_off_or_refuses_us(settings: pytest_django.Settings) -> None:
    with running_mail_sink("right") as sink:
        _use(settings, sink)
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "nvr", "wrong"
        assert "refuses our user name or password (535)" in mail.send(LETTER, "alice@home.example").reason
        settings.EMAIL_HOST_PASSWORD = "right"
        assert mail.send(LETTER, "alice@home.example") == SENT
    assert mail.send(LETTER, "alice@home.example").result is Result.AGAIN
    settings.EMAIL_HOST = ""
    assert mail.send(LETTER, "alice@home.example").reason == mail.NO_SERVER


@pytest.mark.peer
def test_one_message_to_a_broker() -> None:
    with running_mosquitto() as mosquitto, listening(mosquitto) as listener:
        there = Broker("127.0.0.1", mosquitto.port, username=USER, password=PASSWORD, prefix="home/nvr")
        assert broker.send(LETTER, there) == SENT
        message = listener.json("home/nvr/notification")
        assert (message["title"], message["url"], message["events"]) == (LETTER.title, LETTER.url, [{"id": 7}])
        refused = broker.send(LETTER, Broker("127.0.0.1", mosquitto.port, username=USER, password="wrong"))
        assert refused.result is Result.REFUSED and "user" in refused.reason
        encrypted = Broker("localhost", mosquitto.tls_port, has_tls=True, verifies=False, username=USER, password=PASSWORD)
        assert broker.send(LETTER, encrypted) == SENT
        assert "can't be trusted" in broker.send(LETTER, replace(encrypted, verifies=True)).reason
        assert "TLS there or not" in broker.send(LETTER, Broker("127.0.0.1", mosquitto.port, has_tls=True)).reason
    assert broker.send(LETTER, there).result is Result.AGAIN


def test_apprise_reaches_what_is_allowed_and_says_why_not() -> None:
    with running_receiver() as receiver:
        url = f"json://127.0.0.1:{receiver.port}/hook?redirect=yes"
        outcome = apprise_door.send(LETTER, url, ())
        assert outcome.result is Result.REFUSED and "NVR_NOTIFY_PRIVATE" in outcome.reason
        assert receiver.taken == []
        assert apprise_door.send(LETTER, url, LOCAL) == SENT
        sent = json.loads(receiver.taken[0].body)
        assert (sent["title"], sent["message"]) == (LETTER.title, f"{LETTER.body}\n{LETTER.url}")
        assert len(sent["attachments"]) == 1
        receiver.statuses = [403]
        outcome = apprise_door.send(LETTER, url, LOCAL)
        assert (outcome.result, outcome.reason) == (Result.AGAIN, "JSON did not take the message: it answered 403.")
        receiver.statuses, receiver.answer_headers = [307], {"Location": receiver.url("/elsewhere")}
        before = len(receiver.taken)
        assert apprise_door.send(LETTER, url, LOCAL).result is Result.AGAIN
        assert len(receiver.taken) == before + 1


@pytest.mark.parametrize("url", ["", "nonsense", "dbus://", "syslog://", "SYSLOG://", "windows://", "unknown://a", "tgram://"])
def test_apprise_addresses_that_are_none(url: str) -> None:
    with pytest.raises(AppriseAddressError) as error:
        apprise_door.describe(url)
    assert apprise_door.send(LETTER, url, LOCAL).result is Result.REFUSED
    assert not url or url not in str(error.value)


def test_apprise_names_the_service() -> None:
    assert apprise_door.describe("tgram://123456789:abcdefghijklmnopqrstuvwxyzabcdefghi/12315544") == "Telegram"

from __future__ import annotations

import ipaddress
import time
from dataclasses import replace
from pathlib import Path

import pytest

from recordings.notify import webhook
from recordings.notify.destinations import DestinationError, addresses_of, is_allowed, is_public, parse_networks
from recordings.notify.http_post import AddressError, Door, parse_address, post
from recordings.notify.letter import SENT, Letter, Result
from recordings.notify.signature import SecretError, parse_secret, signed_headers, to_secret
from tests.support.certificates import trusted_contexts
from tests.support.webhook_receiver import running_receiver

DOOR = Door(allowed=parse_networks(["127.0.0.0/8"]), timeout_s=2)
SECRET = to_secret(b"0123456789abcdef0123456789abcdef")
LETTER = Letter(id="4c6a", title="Motion at Front door", body="At 12:00.", sort="motion", at_ms=5, picture=b"\xff\xd8jpeg")


def test_a_message_arrives_signed_so_that_its_receiver_can_verify_it() -> None:
    with running_receiver() as receiver:
        assert webhook.send(LETTER, receiver.url("/hook?a=1"), SECRET, DOOR) == SENT
    (taken,) = receiver.taken
    assert taken.path == "/hook?a=1"
    assert taken.headers["Host"] == f"127.0.0.1:{receiver.port}"
    again = signed_headers(taken.body, SECRET, message_id="4c6a", now_s=int(taken.headers["webhook-timestamp"]))
    assert {name: taken.headers[name] for name in again} == again
    assert abs(int(taken.headers["webhook-timestamp"]) - time.time()) < 10
    assert b'"picture":{"type":"image/jpeg","base64":"/9hqcGVn"}' in taken.body


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example of their documents."""
    headers = signed_headers(
        b'{"test": 2432232314}', "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", now_s=1614265330
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["", "secret", "whsec_", "whsec_!!", "whsec_AAAA"])
def test_a_secret_that_is_none(secret: str) -> None:
    with pytest.raises(SecretError):
        parse_secret(secret)
    assert webhook.send(LETTER, "http://127.0.0.1/", secret, DOOR).result is Result.REFUSED


@pytest.mark.parametrize(
    ("status", "result"),
    [
        *((status, Result.SENT) for status in (200, 202)),
        *((status, Result.REFUSED) for status in (400, 401, 404, 410)),
        *((status, Result.AGAIN) for status in (408, 429, 500, 503)),
    ],
)
def test_what_an_answer_means(status: int, result: Result) -> None:
    with running_receiver() as receiver:
        receiver.statuses = [status]
        outcome = webhook.send(LETTER, receiver.url(), SECRET, DOOR)
    assert outcome.result is result
    assert "SECRET" not in outcome.reason
    assert result is Result.SENT or str(status) in outcome.reason


def test_redirects_are_not_followed() -> None:
    with running_receiver() as receiver:
        receiver.statuses, receiver.answer_headers = [307], {"Location": receiver.url("/elsewhere")}
        outcome = webhook.send(LETTER, receiver.url(), SECRET, DOOR)
    assert outcome.result is Result.REFUSED and "redirect" in outcome.reason
    assert len(receiver.taken) == 1


@pytest.mark.parametrize(("given", "wait_s"), [("120", 120), ("soon", 0), ("-5", 0), ("Thu, 01 Jan 1970 00:00:00 GMT", 0)])
def test_how_long_to_wait_is_listened_to(given: str, wait_s: float) -> None:
    with running_receiver() as receiver:
        receiver.statuses, receiver.answer_headers = [429], {"Retry-After": given}
        assert post(receiver.url(), b"", {}, DOOR)[0].wait_s == wait_s


@pytest.mark.parametrize("fault", ["hang", "dribble"])
def test_who_takes_for_ever_does_not_hold_us_up(fault: str) -> None:
    with running_receiver() as receiver:
        receiver.fault = fault  # type: ignore[assignment]  # one of them
        begun = time.monotonic()
        outcome, status = post(receiver.url(), b"", {}, replace(DOOR, timeout_s=0.5))
        assert time.monotonic() - begun < 5
    assert (outcome.result, status) == (Result.AGAIN, 0)
    assert "did not answer in time" in outcome.reason


def test_what_is_no_web_server_is_said_to_be_none_and_what_is_off_to_be_off() -> None:
    with running_receiver() as receiver:
        receiver.fault = "garbage"
        assert "does not answer as a web server" in post(receiver.url(), b"", {}, DOOR)[0].reason
        receiver.fault = "hang up"
        assert post(receiver.url(), b"", {}, DOOR)[0].result is Result.AGAIN
        receiver.fault = ""
        assert post(receiver.url(), b"", {}, DOOR)[0] == SENT
    assert "nothing listens" in post(receiver.url(), b"", {}, DOOR)[0].reason


def test_certificates_are_verified_by_name(tmp_path: Path) -> None:
    serving, trusting = trusted_contexts(tmp_path, "hook.example")
    door = replace(DOOR, resolve=lambda _host, _port: ["127.0.0.1"])
    with running_receiver(serving) as receiver:
        trusted = replace(door, tls=lambda: trusting)
        assert post(receiver.url(host="hook.example"), b"", {}, trusted)[0] == SENT
        assert receiver.taken[0].headers["Host"] == f"hook.example:{receiver.port}"
        for refused in (post(receiver.url(host="other.example"), b"", {}, trusted), post(receiver.url(host="hook.example"), b"", {}, door)):
            assert refused[0].result is Result.AGAIN and "can't be trusted" in refused[0].reason
        assert len(receiver.taken) == 1


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1"),
    ],
)
def test_private_addresses_are_closed(address: str) -> None:
    assert not is_public(address)
    assert not is_allowed(address, ())
    with pytest.raises(DestinationError, match="private network"):
        addresses_of("host.example", 80, allowed=(), resolve=lambda _host, _port: ["93.184.215.14", address])


def test_public_addresses_are_open_and_private_ones_as_far_as_allowed() -> None:
    assert is_public("93.184.215.14") and is_public("2606:4700::1111") and is_public("::ffff:93.184.215.14")
    allowed = parse_networks(["192.168.1.0/24", "fd00::5"])
    assert is_allowed("192.168.1.7", allowed) and is_allowed("::ffff:192.168.1.7", allowed) and is_allowed("fd00::5", allowed)
    assert not is_allowed("192.168.2.7", allowed) and not is_allowed("fd00::6", allowed)
    assert is_allowed("127.0.0.1", parse_networks(["all"])) and is_allowed("::1", parse_networks(["all"]))
    with pytest.raises(ValueError, match="nonsense"):
        parse_networks(["nonsense"])


def test_a_private_receiver_is_never_called_unless_it_is_allowed() -> None:
    with running_receiver() as receiver:
        for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1"):
            outcome, _ = post(receiver.url(host=host), b"", {}, replace(DOOR, allowed=()))
            assert outcome.result is Result.REFUSED and "NVR_NOTIFY_PRIVATE" in outcome.reason
        assert receiver.taken == []


def test_the_name_is_looked_up_once() -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    with running_receiver() as receiver:
        assert post(receiver.url(host="hook.example"), b"", {}, replace(DOOR, resolve=lambda *_: answers.pop(0)))[0] == SENT
    assert answers == [["10.0.0.1"]]


@pytest.mark.parametrize(
    "url", ["", "ftp://a/", "file:///etc/passwd", "http://", "http://a:0/", "http://a:99999/", "http://ä/", "http://u:p@a/", "http://a/ b"]
)
def test_addresses_that_are_none_are_named(url: str) -> None:
    with pytest.raises(AddressError):
        parse_address(url)
    assert post(url, b"", {}, DOOR)[0].result is Result.REFUSED


def test_networks_are_networks() -> None:
    assert parse_networks(["10.0.0.1/8"]) == (ipaddress.ip_network("10.0.0.0/8"),)

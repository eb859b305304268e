from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cameras.stream_url import Credentials, StreamUrl, StreamUrlError, parse_stream_url, redact, split_credentials

AWKWARD = ["p@ss", "a:b", "a/b", "a#b", "50%", "what?", "a&b", "a+b", "two words", "grün", "@:/#%?&+ ü"]


@pytest.mark.parametrize("password", AWKWARD)
def test_encoded_credentials_come_back_whole(password: str) -> None:
    url = StreamUrl("rtsp", "cam.local", 554, "/live?ch=1")
    assert split_credentials(url.with_credentials("us@er", password)) == (url, Credentials("us@er", password))


@pytest.mark.parametrize("password", ["p@ss", "a:b", "50%", "a&b", "a+b", "grün", "a/b"])
def test_pasted_credentials_may_be_unencoded(password: str) -> None:
    url, credentials = split_credentials(f"rtsp://admin:{password}@10.0.0.5:8554/live")
    assert (url.host, url.port, url.path) == ("10.0.0.5", 8554, "/live")
    assert credentials == Credentials("admin", password)


@given(st.text(min_size=1), st.text())
def test_any_text_survives_as_credentials(username: str, password: str) -> None:
    username = username.replace("\ud800", "") or "u"
    url = StreamUrl("rtsps", "10.0.0.5", 322, "/")
    try:
        text = url.with_credentials(username, password)
    except UnicodeEncodeError:
        return
    assert split_credentials(text) == (url, Credentials(username, password))


@pytest.mark.parametrize(
    "text",
    [
        "http://cam/x",
        "file:///etc/passwd",
        "concat:rtsp://a|file:b",
        "rtsp://",
        "rtsp:///x",
        "rtsp://cam:99999/x",
        "rtsp://cam:0/x",
        "cam/x",
        "rtsp://ca m/x",
        "rtmp://cam/x",
        "rtsp://cam\n/x",
    ],
)
def test_what_is_no_camera_address_is_refused(text: str) -> None:
    with pytest.raises(StreamUrlError):
        parse_stream_url(text)


def test_an_at_sign_in_the_path_is_no_password() -> None:
    assert parse_stream_url("rtsp://cam:8554/user@home").path == "/user@home"


def test_an_address_with_credentials_is_refused_without_repeating_them() -> None:
    with pytest.raises(StreamUrlError) as refusal:
        parse_stream_url("rtsp://admin:geheim@cam/x")
    assert "geheim" not in str(refusal.value)


def test_ipv6_addresses_keep_their_brackets() -> None:
    assert str(parse_stream_url("RTSP://[fe80::1]:8554/a")) == "rtsp://[fe80::1]:8554/a"


@pytest.mark.parametrize("password", ["secret", "s@cret", "a/b@c", "a#b"])
def test_redacted_text_holds_no_password(password: str) -> None:
    line = redact(f"cannot open 'rtsp://admin:{password}@cam/live': refused")
    assert line == "cannot open 'rtsp://***@cam/live': refused"


@pytest.mark.parametrize(
    "path", ["user=admin&password=geheim&channel=1", "live?username=a&PWD=geheim", "pass=geheim/ch1", "user=a_password=geheim_channel=1"]
)
def test_a_password_inside_the_address_is_hidden_too(path: str) -> None:
    assert "geheim" not in redact(f"cannot open rtsp://cam/{path}: refused")


def test_a_login_that_belongs_into_the_path_is_filled_in_only_when_asked_for() -> None:
    kept = parse_stream_url("rtsp://cam/user={username}&password={password}&channel=1")
    assert redact(str(kept)) == str(kept), "there is nothing to hide"
    opened = kept.with_login_filled_in("ad min", "p&ss/{username}")
    assert opened.path == "/user=ad%20min&password=p%26ss%2F%7Busername%7D&channel=1"
    plain = parse_stream_url("rtsp://cam/live")
    assert plain.with_login_filled_in("u", "p") is plain

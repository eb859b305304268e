from __future__ import annotations

import contextlib
import time
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cameras.stream_url import Credentials
from streaming.rtsp.auth import (
    Algorithm,
    Authenticator,
    AuthError,
    Challenge,
    digest_response,
    is_authorized,
    parse_authorization,
    parse_challenges,
    strongest,
)

URI = "rtsp://camera/live?channel=1&subtype=0"


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [("MD5", "8ca523f5e9506fed4657c9700eebdbec"), ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")],
)
def test_vectors_of_rfc_7616(algorithm: Algorithm, expected: str) -> None:
    assert expected == digest_response(
        username="Mufasa",
        password="Circle of Life",
        realm="http-auth@example.org",
        nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        algorithm=algorithm,
        method="GET",
        uri="/dir/index.html",
        client_nonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        count="00000001",
    )


def test_vector_of_rfc_2069() -> None:
    response = digest_response(
        username="Mufasa",
        password="CircleOfLife",
        realm="testrealm@host.com",
        nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",
        algorithm="MD5",
        method="GET",
        uri="/dir/index.html",
    )
    assert response == "1949323746fe6a43ef61f9606e7febea"  # erratum 749 of RFC 2069


CHALLENGES = [Challenge("basic", "camera")] + [
    Challenge("digest", 'my "camera" \\ here', "n=,1", algorithm, has_qop, opaque)
    for algorithm in get_args(Algorithm)
    for has_qop in (False, True)
    for opaque in (None, "op")
]


@pytest.mark.parametrize("challenge", CHALLENGES, ids=repr)
def test_every_challenge_is_read_back_answered_and_verified(challenge: Challenge) -> None:
    assert parse_challenges([str(challenge)]) == (challenge,)
    credentials = Credentials('jürgen"\\', "p@:/#%?&+ ß€")
    authenticator = Authenticator(credentials, challenge)
    for nonce in ("c1", "c2"):
        authorization = parse_authorization(authenticator.authorization("PLAY", URI, nonce))
        assert is_authorized(authorization, method="PLAY", uri=URI, challenge=challenge, credentials=credentials)
        for other in (Credentials(credentials.username, "wrong"), Credentials("wrong", credentials.password)):
            assert not is_authorized(authorization, method="PLAY", uri=URI, challenge=challenge, credentials=other)
        if challenge.scheme == "digest":
            assert not is_authorized(authorization, method="TEARDOWN", uri=URI, challenge=challenge, credentials=credentials)
            assert not is_authorized(authorization, method="PLAY", uri=URI + "x", challenge=challenge, credentials=credentials)


def test_the_nonce_count_grows() -> None:
    authenticator = Authenticator(Credentials("u", "p"), Challenge("digest", "r", "n", "MD5", has_qop=True))
    counts = [parse_authorization(authenticator.authorization("PLAY", URI, "c")).parameters["nc"] for _ in range(3)]
    assert counts == ["00000001", "00000002", "00000003"]


def test_old_cameras_are_not_shown_parameters_they_do_not_know() -> None:
    text = Authenticator(Credentials("u", "p"), Challenge("digest", "r", "n")).authorization("PLAY", URI, "c")
    assert "algorithm" not in text
    assert "qop" not in text
    assert "cnonce" not in text


def test_the_strongest_of_several_headers_wins() -> None:
    headers = ['Basic realm="x"', 'Digest realm="x", nonce="a"', 'Digest realm="x", nonce="b", algorithm=SHA-256, qop="auth,auth-int"']
    best = strongest(parse_challenges(headers))
    assert best == Challenge("digest", "x", "b", "SHA-256", has_qop=True)
    assert strongest(parse_challenges(headers[:2])) == Challenge("digest", "x", "a")
    assert strongest(()) is None


def test_several_challenges_in_one_header_and_names_of_schemes_in_a_realm() -> None:
    found = parse_challenges(['Digest realm="Basic, Digest x=1", nonce=bare, stale=TRUE, Basic realm="y"'])
    assert found == (Challenge("digest", "Basic, Digest x=1", "bare", is_stale=True), Challenge("basic", "y"))


def test_what_cannot_be_answered_is_left_out() -> None:
    assert (
        parse_challenges(['Digest realm="x", nonce="n", qop="auth-int"', 'Digest realm="x", nonce="n", algorithm=SHA-512-256', "Negotiate"])
        == ()
    )


def test_secrets_stay_out_of_repr() -> None:
    text = Authenticator(Credentials("u", "secret"), Challenge("basic")).authorization("PLAY", URI, "c")
    assert "secret" not in repr(parse_authorization(text))


@given(st.text(), st.text(), st.sampled_from(CHALLENGES))
def test_any_user_name_and_password_is_verified(username: str, password: str, challenge: Challenge) -> None:
    if challenge.scheme == "basic":
        username = username.replace(":", "")  # RFC 7617, 2: can't be expressed
    with contextlib.suppress(UnicodeEncodeError):  # lone surrogates are no text
        credentials = Credentials(username, password)
        text = Authenticator(credentials, challenge).authorization("PLAY", URI, "c")
        assert is_authorized(parse_authorization(text), method="PLAY", uri=URI, challenge=challenge, credentials=credentials)


@given(st.text() | st.text(alphabet='DigestBasic realm="\\,='))
def test_no_header_raises_anything_but_auth_error(text: str) -> None:
    parse_challenges([text, "Digest " + text])
    for value in (text, "Basic " + text, "Digest " + text):
        with contextlib.suppress(AuthError):
            parse_authorization(value)


@pytest.mark.parametrize("piece", ["-", "a", 'a="', '"\\"', 'a="\\', ", ", "a= ", "Basic ", "Digest a,", 'a="b" '])
def test_a_hostile_challenge_costs_no_time(piece: str) -> None:
    value = ("Digest " + piece * 32_768)[:32_768]
    started_s = time.process_time()
    parse_challenges([value])
    with contextlib.suppress(AuthError):
        parse_authorization(value)
    assert time.process_time() - started_s < 1

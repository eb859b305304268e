"""Everything that can go wrong comes out as a StreamFailure whose code and words name the cause."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterator

import pytest

from cameras.stream_url import Credentials, parse_stream_url
from streaming.rtsp.client import TransportChoice, Unit, open_session
from streaming.rtsp.errors import FailureCode, StreamFailure
from tests.support.rtsp_camera import TestCamera
from tests.support.rtsp_client import QUICK, EnoughError, failure_of, receive


@pytest.fixture(scope="module")
def camera() -> Iterator[TestCamera]:
    with TestCamera({"/cam": "h264", "/sound": "aac_only"}) as running:
        yield running


@pytest.fixture(autouse=True)
def healed(camera: TestCamera) -> Iterator[None]:
    yield
    camera.heal()


@pytest.mark.parametrize("given", [Credentials("u", "wrong"), Credentials("wrong", "p"), Credentials()])
async def test_wrong_or_missing_credentials(given: Credentials) -> None:
    with TestCamera("h264", username="u", password="p") as locked:
        failure = await failure_of(locked.url(), given)
        assert failure.code is FailureCode.UNAUTHORIZED
        assert "user name" in failure.text


@pytest.mark.parametrize(
    ("path", "code"),
    [("/other", FailureCode.PATH_NOT_FOUND), ("/sound", FailureCode.NO_VIDEO)],
)
async def test_wrong_paths(camera: TestCamera, path: str, code: FailureCode) -> None:
    assert (await failure_of(camera.url(path))).code is code


@pytest.mark.parametrize(
    ("status", "code"),
    [(403, FailureCode.FORBIDDEN), (503, FailureCode.SERVER_ERROR), (500, FailureCode.SERVER_ERROR), (454, FailureCode.PROTOCOL)],
)
async def test_refusals(camera: TestCamera, status: int, code: FailureCode) -> None:
    camera.refuse(status)
    failure = await failure_of(camera.url())
    assert failure.code is code
    assert status == 403 or str(status) in failure.text


async def test_nobody_listens(unused_tcp_port: int) -> None:
    failure = await failure_of(f"rtsp://127.0.0.1:{unused_tcp_port}/cam")
    assert failure.code is FailureCode.REFUSED
    assert str(unused_tcp_port) in failure.text


async def test_a_name_that_does_not_exist() -> None:
    failure = await failure_of("rtsp://no-such-camera.invalid/cam")
    assert failure.code is FailureCode.NAME_NOT_FOUND
    assert "no-such-camera.invalid" in failure.text


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "http://127.0.0.1/", "rtsp://192.0.2.1/cam", "gopher://127.0.0.1/", "/cam2", "rtsp://localhost/cam"],
)
async def test_redirects_elsewhere_are_refused(camera: TestCamera, location: str) -> None:
    camera.redirect(location)
    assert (await failure_of(camera.url(), Credentials("u", "p"))).code is FailureCode.REDIRECT_REFUSED


async def test_redirects_in_a_circle_are_refused(camera: TestCamera) -> None:
    before = camera.connections_total
    camera.redirect(camera.url())
    assert (await failure_of(camera.url())).code is FailureCode.REDIRECT_REFUSED
    assert camera.connections_total - before == 3


async def test_a_redirect_on_the_same_host_is_followed(camera: TestCamera) -> None:
    with TestCamera("h264") as other:
        camera.redirect(other.url())
        assert (await receive(camera.url(), count=1)).units
        assert (await receive(camera.url().replace("127.0.0.1", "localhost"), count=1)).units


@pytest.mark.alone
async def test_a_camera_that_never_answers(camera: TestCamera) -> None:
    camera.mute()
    started = time.monotonic()
    failure = await failure_of(camera.url())
    assert failure.code is FailureCode.TIMEOUT
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_a_camera_that_falls_silent(camera: TestCamera, transport: TransportChoice) -> None:
    camera.hang()
    failure = await failure_of(camera.url(), transport=transport)
    assert failure.code is FailureCode.NO_PACKETS


@pytest.mark.parametrize("transport", ["tcp", "udp", "auto"])
async def test_silence_in_the_middle_of_a_stream(transport: TransportChoice) -> None:
    with TestCamera("h264") as own:

        def take(unit: Unit) -> None:
            own.hang()

        async with open_session(parse_stream_url(own.url()), Credentials(), transport=transport, timeouts=QUICK) as session:
            with pytest.raises(StreamFailure) as raised:
                await session.run(take)
        assert raised.value.code is FailureCode.NO_PACKETS
        assert own.connections_total == 1


@pytest.mark.parametrize("how", ["fin", "rst", "unplugged"])
async def test_a_connection_that_ends_in_the_middle_of_a_stream(how: str) -> None:
    with TestCamera("h264") as own:
        task = asyncio.create_task(failure_of(own.url()))
        await asyncio.to_thread(own.wait_until, lambda: own.watching() == 1)
        if how == "unplugged":
            await asyncio.to_thread(own.stop)
        else:
            await asyncio.to_thread(own.drop, "fin" if how == "fin" else "rst")
        assert (await task).code is FailureCode.CLOSED


@pytest.mark.alone
async def test_leaving_is_quick_when_the_camera_no_longer_answers(camera: TestCamera) -> None:
    started = 0.0

    def take(_: object) -> None:
        nonlocal started
        camera.mute()
        started = time.monotonic()
        raise EnoughError

    async with open_session(parse_stream_url(camera.url()), Credentials(), transport="tcp") as session:
        with pytest.raises(EnoughError):
            await session.run(take)
    assert time.monotonic() - started < 1


class TestTls:
    async def test_a_certificate_of_the_camera_s_own(self, tls_server_context: ssl.SSLContext) -> None:
        with TestCamera("h264_aac", tls=tls_server_context, username="u", password="p") as own:
            received = await receive(own.url(), Credentials("u", "p"), verify_tls=False, transport="auto", media=2)
            assert received.transport == "tcp"
            failure = await failure_of(own.url(), Credentials("u", "p"))
            assert failure.code is FailureCode.TLS
            assert "certificate" in failure.text

    async def test_udp_would_not_be_encrypted(self, tls_server_context: ssl.SSLContext) -> None:
        with TestCamera("h264", tls=tls_server_context) as own:
            received = await receive(own.url(), verify_tls=False, transport="udp")
            assert received.transport == "tcp"
            assert "encrypted" in received.notes[0]

    async def test_no_way_from_rtsps_to_rtsp(self, tls_server_context: ssl.SSLContext, camera: TestCamera) -> None:
        with TestCamera("h264", tls=tls_server_context) as own:
            own.redirect(camera.url())
            failure = await failure_of(own.url(), verify_tls=False)
            assert failure.code is FailureCode.REDIRECT_REFUSED

    async def test_tls_where_there_is_none_and_the_other_way_round(self, tls_server_context: ssl.SSLContext, camera: TestCamera) -> None:
        failure = await failure_of(camera.url().replace("rtsp://", "rtsps://"), verify_tls=False)
        assert failure.code in (FailureCode.TLS, FailureCode.TIMEOUT)
        with TestCamera("h264", tls=tls_server_context) as own:
            failure = await failure_of(own.url().replace("rtsps://", "rtsp://"))
            assert failure.code in (FailureCode.PROTOCOL, FailureCode.CLOSED)


def test_secrets_never_reach_the_words() -> None:
    failure = StreamFailure(FailureCode.CLOSED, "see rtsp://user:se@cret@camera/live")
    assert "cret" not in str(failure)
    assert "se@" not in failure.text

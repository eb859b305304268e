"""What the server answers, request by request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from cameras.stream_url import Credentials
from streaming.rtsp.auth import Authenticator, parse_challenges
from streaming.rtsp.headers import parse_transport
from streaming.rtsp.message import Response
from streaming.rtsp.sdp import parse_sdp
from tests.support.rtsp_camera import TestCamera
from tests.support.rtsp_dialogue import Dialogue

TCP = "RTP/AVP/TCP;unicast;interleaved=0-1"
OWNER = Credentials("ow ner", 'p@ss:word/#1 "ü\\')


@pytest.fixture(scope="module")
def camera() -> Iterator[TestCamera]:
    with TestCamera({"/cam": "h264_aac", "/cam?channel=1&name=ä": "h264", "/other": "h264"}) as running:
        yield running


@pytest.fixture
async def talk(camera: TestCamera) -> AsyncIterator[Dialogue]:
    async with Dialogue(camera.url("/cam")) as dialogue:
        yield dialogue


async def test_options_lists_the_methods(talk: Dialogue) -> None:
    answer = await talk.ask("OPTIONS", "*")
    methods = {"OPTIONS", "DESCRIBE", "SETUP", "PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER"}
    assert answer.status == 200
    assert methods <= set(answer.headers.get("Public").split(", "))
    assert answer.headers.get("CSeq") == "1"


async def test_the_description_names_both_tracks(talk: Dialogue, camera: TestCamera) -> None:
    answer = await talk.ask("DESCRIBE")
    video, audio = parse_sdp(answer.body).media
    assert answer.headers.get("Content-Base") == camera.url("/cam") + "/"
    assert (video.encoding, video.clock_rate_hz, len(video.parameter_sets)) == ("H264", 90_000, 2)
    assert (audio.encoding, audio.clock_rate_hz, audio.config[:2].hex()) == ("MPEG4-GENERIC", 16_000, "1408")


@pytest.mark.parametrize(
    ("path", "status"),
    [("/cam", 200), ("/cam/", 200), ("/cam?channel=1&name=%C3%A4", 200), ("/cam/x", 404), ("/", 404), ("", 404), ("/cam?channel=2", 404)],
)
async def test_paths(talk: Dialogue, camera: TestCamera, path: str, status: int) -> None:
    assert (await talk.ask("DESCRIBE", camera.url(path))).status == status


async def test_tracks_set_up_one_by_one_belong_to_one_session(talk: Dialogue) -> None:
    first = await talk.ask("SETUP", f"{talk.url}/trackID=0", Transport=TCP)
    session = first.headers.get("Session")
    second = await talk.ask("SETUP", f"{talk.url}/trackID=1", Transport="RTP/AVP/TCP;interleaved=4-5", Session=session)
    assert session.endswith(";timeout=60")
    assert second.headers.get("Session") == session
    assert parse_transport(second.headers.get("Transport")).interleaved == (4, 5)
    assert parse_transport(second.headers.get("Transport")).ssrc != parse_transport(first.headers.get("Transport")).ssrc


async def test_the_first_transport_that_can_be_had_is_taken(talk: Dialogue) -> None:
    answer = await talk.ask("SETUP", f"{talk.url}/trackID=0", Transport="RTP/AVP;multicast,RAW/RAW/UDP;unicast,RTP/AVP/TCP;unicast")
    assert parse_transport(answer.headers.get("Transport")).interleaved == (0, 1)


@pytest.mark.parametrize("transport", ["RTP/AVP;multicast;client_port=6000-6001", "RAW/RAW/UDP", "RTP/AVP;unicast", ""])
async def test_other_transports_are_not_supported(talk: Dialogue, transport: str) -> None:
    assert (await talk.ask("SETUP", f"{talk.url}/trackID=0", Transport=transport)).status == 461


@pytest.mark.parametrize("track", ["trackID=2", "trackID=", "x"])
async def test_setup_of_no_track(talk: Dialogue, track: str) -> None:
    assert (await talk.ask("SETUP", f"{talk.url}/{track}", Transport=TCP)).status == 404


@pytest.mark.parametrize("method", ["PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER"])
async def test_unknown_sessions(talk: Dialogue, method: str) -> None:
    assert (await talk.ask(method, Session="nobody")).status == 454


async def test_a_session_stays_with_its_mount(talk: Dialogue, camera: TestCamera) -> None:
    answer = await talk.ask("SETUP", f"{talk.url}/trackID=0", Transport=TCP)
    session = answer.headers.get("Session")
    assert (await talk.ask("SETUP", camera.url("/other") + "/trackID=0", Transport=TCP, Session=session)).status == 454


async def test_unknown_methods_are_not_implemented(talk: Dialogue) -> None:
    assert (await talk.ask("RECORD")).status == 501


async def test_no_tracks_are_added_while_playing(talk: Dialogue) -> None:
    session = await talk.play()
    assert (await talk.ask("SETUP", f"{talk.url}/trackID=1", Transport=TCP, Session=session)).status == 455


async def test_bytes_that_are_no_rtsp_end_the_connection(camera: TestCamera) -> None:
    async with Dialogue(camera.url()) as talk:
        talk._writer.write(b"GET / HTTP/1.1\r\nHost: camera\r\n\r\n")
        await talk.read_until_closed()


class TestAuthentication:
    @pytest.fixture(scope="class", params=["basic", "digest", "digest qop", "digest SHA-256"])
    def locked(self, request: pytest.FixtureRequest) -> Iterator[TestCamera]:
        scheme, _, detail = request.param.partition(" ")
        with TestCamera(
            {"/cam": "h264", "/other": "h264"},
            username=OWNER.username,
            password=OWNER.password,
            auth=scheme,
            has_qop=detail == "qop",
            algorithm="SHA-256" if detail == "SHA-256" else "MD5",
        ) as running:
            yield running

    async def test_the_right_password_opens(self, locked: TestCamera) -> None:
        async with Dialogue(locked.url()) as talk:
            assert (await self.described(talk, OWNER)).status == 200

    @pytest.mark.parametrize(
        "wrong",
        [Credentials(OWNER.username, "guess"), Credentials("guest", OWNER.password), Credentials(), Credentials(OWNER.username, "")],
    )
    async def test_wrong_ones_do_not(self, locked: TestCamera, wrong: Credentials) -> None:
        async with Dialogue(locked.url()) as talk:
            assert (await self.described(talk, wrong)).status == 401

    async def test_every_request_is_checked(self, locked: TestCamera) -> None:
        async with Dialogue(locked.url()) as talk:
            await self.described(talk, OWNER)
            assert (await talk.ask("SETUP", f"{talk.url}/trackID=0", Transport=TCP)).status == 401
            assert (await talk.ask("OPTIONS")).status == 200

    async def test_an_answer_to_another_challenge_is_worth_nothing(self, locked: TestCamera) -> None:
        """Digest: what was overheard on one connection does not open another, nor another path or method."""
        async with Dialogue(locked.url()) as heard, Dialogue(locked.url()) as other:
            challenge = parse_challenges((await heard.ask("DESCRIBE")).headers.get_all("WWW-Authenticate"))[0]
            if challenge.scheme == "basic":
                return
            overheard = Authenticator(OWNER, challenge).authorization("DESCRIBE", heard.url, "0a4f113b")
            assert (await other.ask("DESCRIBE", Authorization=overheard)).status == 401
            assert (await heard.ask("DESCRIBE", locked.url("/other"), Authorization=overheard)).status == 401
            assert (await heard.ask("SETUP", Authorization=overheard, Transport=TCP)).status == 401

    async def described(self, talk: Dialogue, credentials: Credentials) -> Response:
        refused = await talk.ask("DESCRIBE")
        assert refused.status == 401
        challenge = parse_challenges(refused.headers.get_all("WWW-Authenticate"))[0]
        return await talk.ask(
            "DESCRIBE", Authorization=Authenticator(credentials, challenge).authorization("DESCRIBE", talk.url, "0a4f113b")
        )

    async def test_unreadable_credentials(self, locked: TestCamera) -> None:
        async with Dialogue(locked.url()) as talk:
            assert (await talk.ask("DESCRIBE", Authorization="Bearer x")).status == 400

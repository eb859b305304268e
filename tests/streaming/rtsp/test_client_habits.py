"""What cameras do that a proper server does not, and what the client sends them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable

import pytest

from cameras.stream_url import Credentials
from streaming.rtsp.auth import Challenge
from streaming.rtsp.client import Unit, open_session
from streaming.rtsp.errors import FailureCode, StreamFailure
from streaming.rtsp.message import Request, Response
from streaming.rtsp.rtcp import SenderReport, goodbye, ms_to_ntp, sender_report
from tests.support.rtsp_client import QUICK, failure_of, receive
from tests.support.scripted_rtsp import KEYFRAME, SDP, SDP_WITH_SOUND, Answer, ScriptedRtsp, interleaved, response, rtp

USER = Credentials("user", "secret")


@pytest.fixture
async def camera() -> AsyncIterator[ScriptedRtsp]:
    """Sends three pictures behind the answer to PLAY."""
    async with ScriptedRtsp() as running:
        running.after_play = [interleaved(0, rtp(sequence)) for sequence in range(3)]
        yield running


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


def transport(text: str) -> Answer:
    return lambda request: response(200, ("Session", "42"), ("Transport", text))


class TestAnswers:
    async def test_channels_numbered_anew(self, camera: ScriptedRtsp) -> None:
        camera.on["SETUP"] = transport("RTP/AVP/TCP;unicast;interleaved=10-11")
        camera.after_play = [interleaved(0, b"not for us"), interleaved(10, rtp(0))]
        assert (await receive(camera.address, count=1)).units[0].data.endswith(KEYFRAME)

    @pytest.mark.parametrize("text", ["", "RTP/AVP/TCP", "nonsense"])
    async def test_a_transport_that_says_nothing(self, camera: ScriptedRtsp, text: str) -> None:
        camera.on["SETUP"] = transport(text)
        assert (await receive(camera.address)).units

    async def test_replies_without_cseq_in_lower_case_and_with_bare_line_feeds(self, camera: ScriptedRtsp) -> None:
        camera.on["OPTIONS"] = lambda request: b"rtsp/1.0 200 ok\n\n"
        camera.on["DESCRIBE"] = lambda request: b"RTSP/1.0 200\ncontent-type: application/sdp\ncontent-length:%d\n\n" % len(SDP) + SDP
        camera.on["SETUP"] = lambda request: b"RTSP/1.0 200 OK\nsession:  7 ; timeout=60\n\n"
        assert (await receive(camera.address)).units
        assert camera.last("PLAY").headers.get("Session") == "7"

    async def test_an_announced_reply(self, camera: ScriptedRtsp) -> None:
        describe = camera.on["DESCRIBE"]

        def late(request: Request) -> Response | bytes | None:
            camera.writer.write(b"RTSP/1.0 100 Continue\r\nCSeq: %s\r\n\r\n" % request.headers.get("CSeq").encode())
            return describe(request)

        camera.on["DESCRIBE"] = late
        assert (await receive(camera.address)).units

    async def test_pictures_in_front_of_the_answer_to_play(self, camera: ScriptedRtsp) -> None:
        def play(request: Request) -> Response:
            camera.send(*camera.after_play)
            return response(200)

        camera.on["PLAY"], frames = play, camera.after_play
        assert len((await receive(camera.address)).units) == len(frames)

    async def test_options_refused(self, camera: ScriptedRtsp) -> None:
        camera.on["OPTIONS"] = lambda request: response(405)
        assert (await receive(camera.address)).units

    async def test_a_range_refused(self, camera: ScriptedRtsp) -> None:
        camera.on["PLAY"] = lambda request: response(457 if "Range" in request.headers else 200)
        assert (await receive(camera.address)).units

    async def test_another_payload_type_than_announced(self, camera: ScriptedRtsp) -> None:
        camera.after_play = [interleaved(0, rtp(n, payload_type=97)) for n in range(3)]
        assert (await receive(camera.address)).units

    async def test_a_torn_packet_between_frames(self, camera: ScriptedRtsp) -> None:
        camera.after_play[1:1] = [b"\xff\xfe torn packet"]
        assert len((await receive(camera.address)).units) == 3

    async def test_addresses_are_built_from_the_content_base(self, camera: ScriptedRtsp) -> None:
        describe = camera.on["DESCRIBE"]
        camera.on["DESCRIBE"] = lambda request: b"RTSP/1.0 200 OK\r\nContent-Base: rtsp://10.0.0.9/deep/\r\n" + raw(describe(request))
        await receive(camera.address)
        assert camera.last("SETUP").url == "rtsp://10.0.0.9/deep/video"
        assert camera.last("PLAY").url == camera.last("TEARDOWN").url == "rtsp://10.0.0.9/deep/"

    async def test_ipv6(self) -> None:
        async with ScriptedRtsp(host="::1") as camera:
            camera.after_play = [interleaved(0, rtp(0))]
            assert (await receive(camera.address, count=1)).units
            assert camera.last("OPTIONS").url.startswith("rtsp://[::1]:")


def raw(answer: Response | bytes | None) -> bytes:
    """A response's bytes behind its status line."""
    assert isinstance(answer, Response)
    return answer.to_bytes().partition(b"\r\n")[2]


class TestSound:
    async def test_refused_sound_is_noted_and_the_picture_goes_on(self) -> None:
        async with ScriptedRtsp(sdp=SDP_WITH_SOUND) as camera:
            setup = camera.on["SETUP"]
            camera.on["SETUP"] = lambda request: response(404) if request.url.endswith("audio") else setup(request)
            camera.after_play = [interleaved(0, rtp(0))]
            received = await receive(camera.address, count=1)
            assert len(received.notes) == 1
            assert "Sound" in received.notes[0]
            assert received.session is not None
            assert [media.kind for media in received.session.media] == ["video"]

    async def test_unknown_sound_is_noted(self) -> None:
        sdp = SDP + b"m=audio 0 RTP/AVP 97\r\na=rtpmap:97 G726-32/8000\r\n"
        async with ScriptedRtsp(sdp=sdp) as camera:
            camera.after_play = [interleaved(0, rtp(0))]
            assert "G726-32" in (await receive(camera.address, count=1)).notes[0]

    async def test_a_loudspeaker_is_no_microphone(self) -> None:
        sdp = SDP + b"m=audio 0 RTP/AVP 0\r\na=sendonly\r\nm=audio 0 RTP/AVP 8\r\na=recvonly\r\na=control:mic\r\n"
        async with ScriptedRtsp(sdp=sdp) as camera:
            camera.after_play = [interleaved(0, rtp(0)), interleaved(2, rtp(0, b"\xd5" * 160, payload_type=8))]
            await receive(camera.address, count=1, media=2)
            assert camera.last("SETUP").url.endswith("/mic")


class TestLogin:
    """The server accepts what answers its current challenge."""

    @staticmethod
    def lock(camera: ScriptedRtsp, nonces: list[str], *, says_stale: bool) -> None:
        """Every request of PLAY and TEARDOWN meets the next nonce; others the current one."""
        for method, unlocked in list(camera.on.items()):

            def answer(request: Request, unlocked: Answer = unlocked) -> Response | bytes | None:
                authorization = request.headers.get("Authorization")
                if f'nonce="{nonces[0]}"' in authorization:
                    if request.method == "SETUP":
                        nonces.pop(0)
                    return unlocked(request)
                stale = says_stale and bool(authorization)
                return response(401, ("WWW-Authenticate", str(Challenge("digest", "r", nonces[0], is_stale=stale))))

            camera.on[method] = answer

    @pytest.mark.parametrize("says_stale", [True, False])
    async def test_a_nonce_that_expires(self, camera: ScriptedRtsp, says_stale: bool) -> None:
        self.lock(camera, ["one", "two"], says_stale=says_stale)
        assert (await receive(camera.address, USER)).units

    async def test_nothing_is_sent_before_it_is_asked_for(self, camera: ScriptedRtsp) -> None:
        await receive(camera.address, USER)
        assert not any("Authorization" in request.headers for request in camera.requests)

    async def test_a_wrong_password_is_tried_once(self, camera: ScriptedRtsp) -> None:
        count = iter(range(100))
        camera.on["OPTIONS"] = lambda request: response(401, ("WWW-Authenticate", str(Challenge("digest", "r", f"n{next(count)}"))))
        failure = await failure_of(camera.address, USER)
        assert (failure.code, failure.text) == (FailureCode.UNAUTHORIZED, "The camera refused the user name or password.")
        assert len(camera.requests) == 2

    async def test_a_refusal_without_another_challenge(self, camera: ScriptedRtsp) -> None:
        challenge = ("WWW-Authenticate", str(Challenge("digest", "r", "n")))
        camera.on["OPTIONS"] = lambda request: response(401) if "Authorization" in request.headers else response(401, challenge)
        assert (await failure_of(camera.address, USER)).text == "The camera refused the user name or password."

    async def test_the_strongest_login_is_used(self, camera: ScriptedRtsp) -> None:
        challenges = [
            Challenge("basic", "r"),
            Challenge("digest", "r", "weak"),
            Challenge("digest", "r", "strong", "SHA-256", has_qop=True),
        ]
        fields = [("WWW-Authenticate", str(challenge)) for challenge in challenges]
        options = camera.on["OPTIONS"]
        camera.on["OPTIONS"] = lambda request: options(request) if "Authorization" in request.headers else response(401, *fields)
        await receive(camera.address, USER)
        assert 'nonce="strong"' in camera.last("PLAY").headers.get("Authorization")

    async def test_a_login_we_do_not_know(self, camera: ScriptedRtsp) -> None:
        camera.on["OPTIONS"] = lambda request: response(401, ("WWW-Authenticate", "Negotiate"))
        assert "neither Basic nor Digest" in (await failure_of(camera.address, USER)).text


class TestLiveness:
    @pytest.mark.parametrize(("public", "expected"), [("PLAY, GET_PARAMETER", "GET_PARAMETER"), ("PLAY", "OPTIONS"), ("", "GET_PARAMETER")])
    async def test_a_sign_of_life_at_half_the_session_s_timeout(self, camera: ScriptedRtsp, public: str, expected: str) -> None:
        camera.on["OPTIONS"] = lambda request: response(200, ("Public", public))
        async with playing(camera, timeout_s=1):
            await until(lambda: camera.methods()[-2:] == [expected, expected])

    async def test_another_sign_of_life_where_the_first_is_unknown(self, camera: ScriptedRtsp) -> None:
        camera.on["GET_PARAMETER"] = lambda request: response(501)
        async with playing(camera, timeout_s=1):
            await until(lambda: camera.methods()[-2:] == ["GET_PARAMETER", "OPTIONS"])

    async def test_a_session_forgotten_by_the_camera(self, camera: ScriptedRtsp) -> None:
        camera.on["GET_PARAMETER"] = lambda request: response(454)
        async with playing(camera, timeout_s=1) as task:
            with pytest.raises(StreamFailure) as raised:
                await task
            assert raised.value.code is FailureCode.CLOSED

    async def test_the_camera_s_own_requests_are_answered(self, camera: ScriptedRtsp) -> None:
        async with playing(camera):
            for number, method in enumerate(("OPTIONS", "GET_PARAMETER", "ANNOUNCE")):
                camera.send(f"{method} * RTSP/1.0\r\nCSeq: {number}\r\n\r\n".encode())
            await until(lambda: len(camera.replies) == 3)
        assert [(reply.status, reply.headers.get("CSeq")) for reply in camera.replies] == [(200, "0"), (200, "1"), (501, "2")]

    async def test_a_goodbye_ends_the_stream(self, camera: ScriptedRtsp) -> None:
        camera.after_play += [interleaved(1, goodbye(7))]
        failure = await failure_of(camera.address)
        assert failure.code is FailureCode.CLOSED
        assert camera.methods()[-1] == "TEARDOWN"

    async def test_reports_go_both_ways(self, camera: ScriptedRtsp) -> None:
        camera.after_play += [
            interleaved(1, sender_report(SenderReport(7, ms_to_ntp(1_700_000_000_000), 1234), "x")),
            interleaved(0, rtp(3)),
        ]
        received = await receive(camera.address, count=4)
        assert received.session is not None
        assert received.session.sender_clock(0) == (1234, 1_700_000_000_000)
        async with playing(camera):
            await until(lambda: any(channel == 1 and packet[1] == 201 for channel, packet in camera.frames))


class playing:
    """A session that runs while the block does, leaving what comes in alone."""

    def __init__(self, camera: ScriptedRtsp, *, timeout_s: int = 60) -> None:
        camera.on["SETUP"] = lambda request: response(
            200, ("Session", f"42;timeout={timeout_s}"), ("Transport", request.headers.get("Transport"))
        )
        self._camera = camera

    async def __aenter__(self) -> asyncio.Task[None]:
        self._task = asyncio.create_task(self._run())
        await until(lambda: "PLAY" in self._camera.methods())
        self._sending = asyncio.create_task(self._send())
        return self._task

    async def __aexit__(self, *_: object) -> None:
        for task in (self._task, self._sending):
            task.cancel()
        await asyncio.gather(self._task, self._sending, return_exceptions=True)

    async def _run(self) -> None:
        async with open_session(self._camera.address, USER, transport="tcp", timeouts=QUICK) as session:
            await session.run(lambda unit: None)

    async def _send(self) -> None:
        for sequence in range(100, 1000):
            self._camera.send(interleaved(0, rtp(sequence)))
            await asyncio.sleep(0.05)


class TestLeaving:
    async def test_what_the_callback_raises_comes_out_and_the_camera_is_told(self, camera: ScriptedRtsp) -> None:
        def take(unit: Unit) -> None:
            raise LookupError("of the caller's own")

        async with open_session(camera.address, USER, transport="tcp") as session:
            with pytest.raises(LookupError):
                await session.run(take)
        assert camera.methods()[-1] == "TEARDOWN"

    async def test_cancelling_tells_the_camera(self, camera: ScriptedRtsp) -> None:
        async with playing(camera):
            pass
        await until(lambda: camera.methods()[-1] == "TEARDOWN")

    async def test_a_failure_while_setting_up_tells_the_camera_too(self, camera: ScriptedRtsp) -> None:
        camera.on["PLAY"] = lambda request: response(503)
        assert (await failure_of(camera.address)).code is FailureCode.SERVER_ERROR
        assert camera.methods()[-1] == "TEARDOWN"


class TestNotRtsp:
    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            (b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n", "web server"),
            (b"\x15\x03\x01\x00\x02\x02\x46", "rtsps://"),
            (b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "not RTSP"),
            (b"RTSP/1.0 200 OK\r\nX: " + b"x" * 100_000, "not RTSP"),
        ],
    )
    async def test_other_services_are_told_apart(self, camera: ScriptedRtsp, said: bytes, expected: str) -> None:
        camera.on["OPTIONS"] = lambda request: said
        failure = await failure_of(camera.address)
        assert failure.code is FailureCode.PROTOCOL
        assert expected in failure.text

    async def test_a_page_instead_of_a_description(self, camera: ScriptedRtsp) -> None:
        camera.on["DESCRIBE"] = lambda request: response(200, ("Content-Type", "text/html"), body=b"<html></html>")
        assert (await failure_of(camera.address)).code is FailureCode.PROTOCOL

    async def test_a_codec_we_cannot_show_is_named(self) -> None:
        async with ScriptedRtsp(sdp=SDP.replace(b"H264", b"VP9")) as camera:
            failure = await failure_of(camera.address)
            assert failure.code is FailureCode.UNSUPPORTED_CODEC
            assert "VP9" in failure.text

    async def test_multicast_only(self, camera: ScriptedRtsp) -> None:
        camera.on["SETUP"] = transport("RTP/AVP;multicast;destination=224.1.1.1;port=5000-5001")
        assert "multicast" in (await failure_of(camera.address)).text


class TestUdp:
    async def test_ports_are_opened_from_inside_and_strangers_ignored(self, camera: ScriptedRtsp) -> None:
        with bound("127.0.0.1") as rtp_socket, bound("127.0.0.1") as rtcp_socket, bound("127.0.0.2") as stranger:
            ports = f"{rtp_socket.getsockname()[1]}-{rtcp_socket.getsockname()[1]}"
            camera.on["SETUP"] = lambda request: response(
                200, ("Session", "42"), ("Transport", f"{request.headers.get('Transport')};server_port={ports}")
            )
            camera.after_play = []
            task = asyncio.create_task(receive(camera.address, transport="udp", timeouts=QUICK))
            await until(lambda: "PLAY" in camera.methods())
            port, rtcp_port = camera.client_ports()
            assert (port % 2, rtcp_port) == (0, port + 1)
            loop = asyncio.get_running_loop()
            assert (await loop.sock_recvfrom(rtp_socket, 100))[1] == ("127.0.0.1", port)
            assert (await loop.sock_recvfrom(rtcp_socket, 100))[1] == ("127.0.0.1", rtcp_port)
            stranger.sendto(rtp(0, b"\x65\x80 forged"), ("127.0.0.1", port))
            for sequence in (0, 2, 1):
                rtp_socket.sendto(rtp(sequence), ("127.0.0.1", port))
            received = await task
            assert [unit.rtp_timestamp for unit in received.units] == [0, 3000, 6000]
            assert all(unit.data.endswith(KEYFRAME) for unit in received.units)

    async def test_a_camera_that_insists_on_tcp(self, camera: ScriptedRtsp) -> None:
        camera.on["SETUP"] = transport("RTP/AVP/TCP;unicast;interleaved=0-1")
        assert (await receive(camera.address, transport="auto")).transport == "tcp"
        failure = await failure_of(camera.address, transport="udp")
        assert failure.code is FailureCode.PROTOCOL
        assert "UDP" in failure.text

    async def test_sockets_are_closed_whatever_happens(self, camera: ScriptedRtsp) -> None:
        camera.on["SETUP"] = lambda request: response(404)
        await failure_of(camera.address, transport="udp")
        port = camera.client_ports()[0]
        with bound("127.0.0.1", port):
            pass


def bound(host: str, port: int = 0) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.bind((host, port))
    return sock

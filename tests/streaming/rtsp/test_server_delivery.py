"""What clients get: other people's clients, slow clients, many clients, clients that fall silent."""

from __future__ import annotations

import asyncio
import itertools
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

import av
import pytest

from streaming.media.packet import Codec, VideoTrack
from streaming.rtsp.message import Headers, Request
from streaming.rtsp.packetize.sender import RtpFrame
from streaming.rtsp.rtcp import SenderReport, parse_rtcp
from streaming.rtsp.rtp import parse_rtp
from streaming.rtsp.server import Mount, RtspServer
from streaming.rtsp.server_source import SourceError, SourceTracks
from tests.support.rtsp_camera import TestCamera
from tests.support.rtsp_dialogue import Dialogue

PASSWORD = "p@ss:word/#1 ü&?%+"


class HandFed:
    """A source whose frames the test publishes itself."""

    def __init__(self, *, is_broken: bool = False) -> None:
        self.starts = self.stops = self.keyframes_wanted = 0
        self.is_broken = is_broken

    async def start(self, publish: Callable[[RtpFrame], None], ended: Callable[[], None]) -> SourceTracks:
        if self.is_broken:
            raise SourceError("out of order")
        self.publish, self.ended = publish, ended
        self.starts += 1
        return SourceTracks(VideoTrack(Codec.H264, 0, 0, "avc1"))

    async def stop(self) -> None:
        self.stops += 1

    def want_keyframe(self) -> None:
        self.keyframes_wanted += 1

    def send(self, number: int, *, is_key: bool, size_bytes: int = 10) -> None:
        self.publish(RtpFrame("video", number * 3000, [number.to_bytes(4, "big") + bytes(size_bytes)], is_key, int(time.time() * 1000)))


def numbers(talk: Dialogue) -> list[int]:
    return [int.from_bytes(parse_rtp(packet).payload[:4], "big") for channel, packet in talk.frames if channel == 0]


async def until(condition: Callable[[], bool], limit_s: float = 10) -> None:
    async with asyncio.timeout(limit_s):
        while not condition():
            await asyncio.sleep(0.01)


def address(server: RtspServer, path: str = "/cam") -> str:
    return f"rtsp://127.0.0.1:{server.port}{path}"


class TestOtherPeoplesClient:
    """FFmpeg's, through PyAV."""

    @pytest.fixture(scope="class")
    def camera(self) -> Iterator[TestCamera]:
        names = ("h264_aac", "h264_b", "h265", "mjpeg_pcma", "h264_opus", "h264_pcmu")
        with TestCamera({f"/{name}": name for name in names}, username="us er", password=PASSWORD) as running:
            yield running

    @pytest.mark.parametrize("transport", ["tcp", "udp"])
    @pytest.mark.parametrize(
        ("name", "codecs"),
        [
            ("h264_aac", ["h264", "aac"]),
            ("h264_b", ["h264"]),
            ("h265", ["hevc"]),
            ("mjpeg_pcma", ["mjpeg", "pcm_alaw"]),
            ("h264_opus", ["h264", "opus"]),
            ("h264_pcmu", ["h264", "pcm_mulaw"]),
        ],
    )
    def test_decodes_what_was_sent(self, camera: TestCamera, name: str, codecs: list[str], transport: str) -> None:
        url = camera.url(f"/{name}").replace("rtsp://", f"rtsp://{quote('us er')}:{quote(PASSWORD, safe='')}@")
        with av.open(url, options={"rtsp_transport": transport, "probesize": "32768", "analyzeduration": "500000"}, timeout=10) as opened:
            assert [stream.codec_context.name for stream in opened.streams] == codecs
            left = {"video": 10} | ({"audio": 10} if len(codecs) > 1 else {})
            for packet in opened.demux():
                for frame in packet.decode():
                    left[packet.stream.type] -= 1
                    assert not isinstance(frame, av.VideoFrame) or (frame.width, frame.height) == (640, 360)
                if all(count <= 0 for count in left.values()):
                    break
            assert all(count <= 0 for count in left.values()), left

    def test_a_wrong_password_is_refused(self, camera: TestCamera) -> None:
        with pytest.raises(av.error.HTTPUnauthorizedError):
            av.open(camera.url("/h264_aac").replace("rtsp://", "rtsp://us%20er:guess@"), timeout=10)

    def test_over_tls(self, tls_server_context: ssl.SSLContext) -> None:
        with (
            TestCamera("h264", tls=tls_server_context, username="u", password="p") as camera,
            av.open(camera.url().replace("rtsps://", "rtsps://u:p@"), options={"rtsp_transport": "tcp"}, timeout=10) as opened,
        ):
            assert next(opened.decode(video=0)).width == 640


async def test_a_source_runs_once_while_somebody_watches() -> None:
    source = HandFed()
    async with RtspServer([Mount("/cam", source)], port=0) as server:
        assert source.starts == 0
        async with Dialogue(address(server)) as first, Dialogue(address(server)) as second:
            await first.play()
            session = await second.play()
            assert (source.starts, source.keyframes_wanted) == (1, 2)
            source.send(1, is_key=True)
            for talk in (first, second):
                while not numbers(talk):
                    await talk.read()
            assert parse_rtp(first.frames[-1][1]) == parse_rtp(second.frames[-1][1])
            await second.ask("TEARDOWN", Session=session)
            assert source.stops == 0
        await until(lambda: source.stops == 1)
        async with Dialogue(address(server)) as third:
            await third.play()
            assert source.starts == 2


async def test_clients_start_at_a_keyframe_and_are_told_the_time() -> None:
    source = HandFed()
    async with RtspServer([Mount("/cam", source)], port=0) as server, Dialogue(address(server)) as talk:
        await talk.play()
        source.send(1, is_key=False)
        source.send(2, is_key=True)
        source.send(3, is_key=False)
        while len(numbers(talk)) < 2:
            await talk.read()
        assert numbers(talk) == [2, 3]
        channel, packet = talk.frames[0]
        (report,) = [part for part in parse_rtcp(packet) if isinstance(part, SenderReport)]
        assert channel == 1
        assert report.ntp_ms is not None
        assert abs(report.ntp_ms - time.time() * 1000) < 5000


async def test_nothing_is_sent_while_paused() -> None:
    source = HandFed()
    async with RtspServer([Mount("/cam", source)], port=0) as server, Dialogue(address(server)) as talk:
        session = await talk.play()
        assert (await talk.ask("PAUSE", Session=session)).status == 200
        source.send(1, is_key=True)
        assert (await talk.ask("PLAY", Session=session)).status == 200
        source.send(2, is_key=True)
        while not numbers(talk):
            await talk.read()
        assert numbers(talk) == [2]


async def test_a_slow_client_loses_frames_up_to_a_keyframe_and_no_memory_is_spent_on_it() -> None:
    source, limit_bytes = HandFed(), 200_000
    async with RtspServer([Mount("/cam", source)], port=0, backlog_bytes=limit_bytes) as server:
        async with Dialogue(address(server), receive_buffer_bytes=1 << 12) as slow, Dialogue(address(server)) as quick:
            await slow.play()
            (connection,) = [one for one in server.connections if one.responder.sessions]
            await quick.play()
            for number in range(600):  # 36 MB: far more than the kernel keeps for a client that doesn't read
                source.send(number, is_key=number % 50 == 0, size_bytes=60_000)
                assert connection.transport.get_write_buffer_size() <= limit_bytes
                while len(numbers(quick)) <= number:
                    await quick.read()
            (session,) = connection.responder.sessions
            assert session.dropped_frames > 0
            await drained(slow, connection.transport)
            source.send(600, is_key=False)
            source.send(601, is_key=True)
            while numbers(slow)[-1] != 601:
                await slow.read()
        received = numbers(slow)
        after_gaps = [after for before, after in itertools.pairwise(received) if after != before + 1]
        assert numbers(quick)[:600] == list(range(600))
        assert after_gaps
        assert all(number % 50 == 0 or number == 601 for number in after_gaps)
        sequences = [parse_rtp(packet).sequence for channel, packet in slow.frames if channel == 0]
        assert (sequences[-1] - sequences[0]) & 0xFFFF == 601  # the receiver can count what it missed


async def drained(talk: Dialogue, transport: asyncio.WriteTransport) -> None:
    while transport.get_write_buffer_size():
        await talk.read()


async def test_a_source_that_ends_lets_its_clients_go_and_may_start_again() -> None:
    source = HandFed()
    async with RtspServer([Mount("/cam", source)], port=0) as server:
        async with Dialogue(address(server)) as talk:
            await talk.play()
            source.ended()
            await talk.read_until_closed()
        async with Dialogue(address(server)) as again:
            await again.play()
            assert source.starts == 2


async def test_a_source_that_cannot_start_is_503_until_it_can() -> None:
    source = HandFed(is_broken=True)
    async with RtspServer([Mount("/cam", source)], port=0) as server, Dialogue(address(server)) as talk:
        assert (await talk.ask("DESCRIBE")).status == 503
        assert (await talk.ask("SETUP", f"{talk.url}/trackID=0", Transport="RTP/AVP/TCP")).status == 503
        source.is_broken = False
        assert (await talk.ask("DESCRIBE")).status == 200


async def test_silent_clients_are_let_go_and_lively_ones_stay() -> None:
    source = HandFed()
    async with (
        RtspServer([Mount("/cam", source)], port=0, session_timeout_s=1.0) as server,
        Dialogue(address(server)) as silent,
        Dialogue(address(server)) as lively,
        Dialogue(address(server)) as watching,
    ):
        session = await lively.play()
        await watching.play()
        began_at = time.monotonic()
        while time.monotonic() < began_at + 2.5:
            assert (await lively.ask("GET_PARAMETER", Session=session)).status == 200
            source.send(1, is_key=True)
            await watching.read()
        await silent.read_until_closed()
        assert len(server.connections) == 2


async def test_udp_reaches_only_the_client_itself_and_rtcp_keeps_it_alive() -> None:
    source = HandFed()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rtp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rtcp:
        for one in (rtp, rtcp):
            one.bind(("127.0.0.1", 0))
            one.settimeout(5)
        ports = f"{rtp.getsockname()[1]}-{rtcp.getsockname()[1]}"
        async with RtspServer([Mount("/cam", source)], port=0, session_timeout_s=1.0) as server, Dialogue(address(server)) as talk:
            await talk.play(transport=f"RTP/AVP;unicast;destination=127.0.0.9;client_port={ports}")
            control = server.udp_ports().numbers[1]
            began_at, number = time.monotonic(), 0
            while time.monotonic() < began_at + 2.2:
                number += 1
                source.send(number, is_key=True)
                packet = parse_rtp(await asyncio.to_thread(rtp.recv, 2000))
                assert int.from_bytes(packet.payload[:4], "big") == number
                rtcp.sendto(b"\x80\xc9\0\1\0\0\0\0", ("127.0.0.1", control))
            assert server.udp_ports().numbers[0] % 2 == 0
            await talk.read_until_closed()  # no more RTCP now


async def test_a_client_that_asks_without_reading_is_let_go() -> None:
    async with RtspServer([Mount("/cam", HandFed())], port=0, backlog_bytes=10_000) as server, Dialogue(address(server)) as talk:
        question = Request("OPTIONS", talk.url, Headers(("CSeq", "1"))).to_bytes() * 20
        await until(lambda: bool(server.connections))
        with pytest.raises(ConnectionError):
            async with asyncio.timeout(20):
                while True:
                    talk._writer.write(question)
                    await talk._writer.drain()
                    await asyncio.sleep(0)


async def test_more_clients_than_allowed_are_turned_away() -> None:
    async with RtspServer([Mount("/cam", HandFed())], port=0, max_connections=1) as server, Dialogue(address(server)) as first:
        await first.ask("OPTIONS")
        async with Dialogue(address(server)) as second:
            await second.read_until_closed()
        assert (await first.ask("OPTIONS")).status == 200


async def test_stopping_ends_everything() -> None:
    source = HandFed()
    server = RtspServer([Mount("/cam", source)], port=0)
    await server.start()
    async with Dialogue(address(server)) as talk:
        await talk.play()
        await server.stop()
        await talk.read_until_closed()
    assert source.stops == 1
    with pytest.raises(OSError, match=r"."):
        await asyncio.open_connection("127.0.0.1", server.port)

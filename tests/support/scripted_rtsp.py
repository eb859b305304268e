"""An RTSP server that answers as a test tells it to: for the habits and faults that a proper server does not have.

async with ScriptedRtsp() as camera:
    camera.on["SETUP"] = lambda request: response(461)
    ... open_session(camera.address, ...)
    camera.requests
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from cameras.stream_url import StreamUrl
from streaming.rtsp.headers import parse_transport
from streaming.rtsp.message import Headers, Parser, Request, Response, frame_header
from streaming.rtsp.rtp import RtpPacket, build_rtp

SDP = b"v=0\r\ns=-\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:video\r\n"
SDP_WITH_SOUND = SDP + b"m=audio 0 RTP/AVP 8\r\na=control:audio\r\n"
KEYFRAME = b"\x65\x80 a whole picture"

Answer = Callable[[Request], Response | bytes | None]


def response(status: int, *fields: tuple[str, str], body: bytes = b"") -> Response:
    return Response(status, "As Told", Headers(*fields), body)


def rtp(sequence: int, payload: bytes = KEYFRAME, *, timestamp: int | None = None, marker: bool = True, payload_type: int = 96) -> bytes:
    return build_rtp(RtpPacket(payload_type, marker, sequence, 3000 * sequence if timestamp is None else timestamp, 7, payload))


def interleaved(channel: int, packet: bytes) -> bytes:
    return frame_header(channel, len(packet)) + packet


class ScriptedRtsp:
    """`on` maps methods to answers; None says nothing. CSeq is put in front of a Response, bytes go out as they are."""

    def __init__(self, *, host: str = "127.0.0.1", sdp: bytes = SDP) -> None:
        self.on: dict[str, Answer] = {
            "OPTIONS": lambda request: response(200, ("Public", "DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER")),
            "DESCRIBE": lambda request: response(200, ("Content-Type", "application/sdp"), body=sdp),
            "SETUP": lambda request: response(200, ("Session", "42;timeout=60"), ("Transport", request.headers.get("Transport"))),
            "PLAY": lambda request: response(200),
            "TEARDOWN": lambda request: response(200),
            "GET_PARAMETER": lambda request: response(200),
        }
        self.requests: list[Request] = []
        self.replies: list[Response] = []  # to requests of our own
        self.frames: list[tuple[int, bytes]] = []
        self.after_play: list[bytes] = []  # goes out right behind the answer to PLAY
        self.connections = 0
        self.writer: asyncio.StreamWriter
        self._host = host
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self._host, 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._server.close()
        for writer in tuple(self._writers):
            writer.transport.abort()
        await asyncio.gather(*self._tasks)

    @property
    def address(self) -> StreamUrl:
        return StreamUrl("rtsp", self._host, self.port, "/live")

    def methods(self) -> list[str]:
        return [request.method for request in self.requests]

    def last(self, method: str) -> Request:
        return next(request for request in reversed(self.requests) if request.method == method)

    def send(self, *frames: bytes) -> None:
        self.writer.write(b"".join(frames))

    def client_ports(self) -> tuple[int, int]:
        ports = parse_transport(self.last("SETUP").headers.get("Transport")).client_ports
        assert ports is not None
        return ports

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        self.writer = writer
        self._writers.add(writer)
        parser = Parser(lambda channel, payload: self.frames.append((channel, payload)), lambda message: self._take(message, writer))
        try:
            while data := await reader.read(65536):
                parser.feed(data)
        except ConnectionError:
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    def _take(self, message: Request | Response, writer: asyncio.StreamWriter) -> None:
        if isinstance(message, Response):
            self.replies.append(message)
            return
        self.requests.append(message)
        answer = self.on[message.method](message)
        if isinstance(answer, Response):
            cseq = ("CSeq", message.headers.get("CSeq"))
            answer = Response(answer.status, answer.reason, Headers(cseq, *answer.headers), answer.body).to_bytes()
        if answer is not None:
            writer.write(answer)
        if message.method == "PLAY":
            writer.write(b"".join(self.after_play))

"""An RTSP client that says exactly what a test tells it to, and reads only when told to."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from streaming.rtsp.message import Headers, Parser, Request, Response


class Dialogue:
    """async with Dialogue(camera.url()) as talk: response = await talk.ask("OPTIONS")"""

    def __init__(self, url: str, *, receive_buffer_bytes: int = 1 << 16) -> None:
        self.url = url
        self.frames: list[tuple[int, bytes]] = []
        self._limit_bytes = receive_buffer_bytes
        self._responses: list[Response] = []
        self._parser = Parser(lambda channel, payload: self.frames.append((channel, payload)), self._take)
        self._sequence = 0

    async def __aenter__(self) -> Self:
        place = urlsplit(self.url)
        self._reader, self._writer = await asyncio.open_connection(place.hostname, place.port, limit=self._limit_bytes)
        return self

    async def __aexit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._writer.close()

    async def ask(self, method: str, url: str | None = None, **fields: str) -> Response:
        """Header names are written with underscores. Raises ConnectionError when the server hangs up, TimeoutError after 5 s."""
        self._sequence += 1
        named = [(name.replace("_", "-"), value) for name, value in fields.items()]
        request = Request(method, url or self.url, Headers(("CSeq", str(self._sequence)), *named))
        self._writer.write(request.to_bytes())
        async with asyncio.timeout(5):
            while not self._responses:
                await self.read()
        return self._responses.pop(0)

    async def play(self, tracks: int = 1, transport: str = "RTP/AVP/TCP;unicast;interleaved={0}-{1}") -> str:
        """DESCRIBE, SETUP of the first tracks, PLAY; returns the session's identifier."""
        await self.ask("DESCRIBE")
        session = ""
        for track in range(tracks):
            fields = {"Session": session} if session else {}
            answer = await self.ask("SETUP", f"{self.url}/trackID={track}", Transport=transport.format(2 * track, 2 * track + 1), **fields)
            assert answer.status == 200, answer
            session = answer.headers.get("Session").partition(";")[0]
        assert (await self.ask("PLAY", Session=session)).status == 200
        return session

    async def read(self) -> None:
        """Whatever has arrived, or what arrives next. Raises ConnectionError at the end."""
        data = await self._reader.read(1 << 16)
        if not data:
            raise ConnectionError("the server has hung up")
        self._parser.feed(data)

    async def read_until_closed(self, limit_s: float = 5) -> None:
        """Raises TimeoutError."""
        async with asyncio.timeout(limit_s):
            try:
                while True:
                    await self.read()
            except ConnectionError:
                return

    def _take(self, message: Request | Response) -> None:
        assert isinstance(message, Response)
        self._responses.append(message)

"""A real viewer on a real WebSocket, with knobs for what viewers do: acknowledge or not, stand still, be slow."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from streaming.media.wire import HEADER_BYTES, Flag, Header, Kind, parse_header

_DEADLINE_S = 15.0
_MEDIA = (Kind.ACCESS_UNIT, Kind.FRAGMENT, Kind.JPEG, Kind.RAW)


@dataclass(frozen=True, slots=True)
class Seen:
    header: Header
    payload: bytes
    at_ms: float

    @property
    def delay_ms(self) -> float:
        """From capture to this viewer; both clocks are this machine's."""
        return self.at_ms - self.header.captured_at_us / 1000


class LiveViewer:
    def __init__(self, socket: ClientConnection, *, acknowledges: bool, keeps_payloads: bool) -> None:
        self._socket = socket
        self._acknowledges = acknowledges
        self._keeps_payloads = keeps_payloads
        self._changed = asyncio.Event()
        self._may_read = asyncio.Event()
        self._may_read.set()
        self._connected_at = time.monotonic()
        self.pause_s = 0.0  # after each message
        self.texts: list[dict[str, Any]] = []
        self.frames: list[Seen] = []
        self.events: list[str] = []
        self.close_code: int | None = None
        self.first_picture_s: float | None = None

    # knobs

    def stall(self) -> None:
        """Reads nothing any more; the library and the kernel still take what fits into their buffers."""
        self._may_read.clear()

    def go_on(self) -> None:
        self._may_read.set()

    async def say(self, **message: Any) -> None:
        await self._socket.send(json.dumps(message))

    async def say_text(self, text: str) -> None:
        await self._socket.send(text)

    @property
    def compression(self) -> str | None:
        return (self._socket.response.headers if self._socket.response else {}).get("Sec-WebSocket-Extensions")

    # what it saw

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [text for text in self.texts if text["type"] == kind]

    def of(self, *kinds: Kind, track: int = 0) -> list[Seen]:
        return [seen for seen in self.frames if seen.header.kind in kinds and seen.header.track == track]

    @property
    def pictures(self) -> list[Seen]:
        return self.of(*_MEDIA)

    def live_delays_ms(self, since_ms: float = 0) -> list[float]:
        return [seen.delay_ms for seen in self.pictures if Flag.BACKLOG not in seen.header.flags and seen.at_ms >= since_ms]

    async def until(self, condition: Callable[[LiveViewer], object], what: str = "what was waited for") -> None:
        try:
            async with asyncio.timeout(_DEADLINE_S):
                while not condition(self):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError as error:
            said = [text for text in self.texts if text["type"] != "stats"][-5:]
            seen = f"{len(self.frames)} frames, the end {self.close_code}, last {said}"
            raise AssertionError(f"{what} did not come; the viewer saw {seen}") from error

    async def until_pictures(self, count: int) -> None:
        await self.until(lambda viewer: len(viewer.pictures) >= count, f"{count} pictures")

    async def until_closed(self) -> int:
        await self.until(lambda viewer: viewer.close_code is not None, "the end")
        assert self.close_code is not None
        return self.close_code

    # inside

    async def read(self) -> None:
        acknowledged_at = 0.0
        try:
            while True:
                await self._may_read.wait()
                message = await self._socket.recv()
                self._note(message)
                if self._acknowledges and time.monotonic() - acknowledged_at > 0.25 and self.pictures:
                    acknowledged_at = time.monotonic()
                    newest = self.pictures[-1].header
                    await self.say(type="ack", seq=newest.sequence, generation=newest.generation)
                if self.pause_s:
                    await asyncio.sleep(self.pause_s)
        except ConnectionClosed as closed:
            self.close_code = closed.rcvd.code if closed.rcvd else 1006
            self._changed.set()

    def _note(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self.texts.append(json.loads(message))
            self.events.append(self.texts[-1]["type"])
        else:
            header = parse_header(message)
            payload = message[HEADER_BYTES:] if self._keeps_payloads else b""
            self.frames.append(Seen(header, payload, time.time() * 1000))
            self.events.append("media")
            if self.first_picture_s is None and header.kind in _MEDIA:
                self.first_picture_s = time.monotonic() - self._connected_at
        self._changed.set()


@asynccontextmanager
async def live_viewer(
    url: str,
    headers: Mapping[str, str] | None = None,
    *,
    acknowledges: bool = True,
    keeps_payloads: bool = False,
    origin: str | None = None,
) -> AsyncIterator[LiveViewer]:
    """`url` with query. Reads in the background until left."""
    socket = await connect(url, additional_headers=dict(headers or {}), max_size=None, compression="deflate", close_timeout=1, proxy=None)
    viewer = LiveViewer(socket, acknowledges=acknowledges, keeps_payloads=keeps_payloads)
    reading = asyncio.create_task(viewer.read())
    try:
        yield viewer
    finally:
        reading.cancel()
        await asyncio.wait([reading])
        socket.transport.abort()

"""WebSocket connections to the whole application, without a server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from channels.testing import WebsocketCommunicator
from django.conf import settings

from nvr.asgi import application
from tests.support.people import House

OWN_ORIGIN = (b"origin", b"http://testserver")


def browser_headers(house: House, person: str, origin: str = "http://testserver") -> list[tuple[bytes, bytes]]:
    """What that person's browser sends; "nobody" has no cookie."""
    headers = [(b"host", b"testserver"), (b"origin", origin.encode())]
    if person != "nobody":
        session = house.browser(person).cookies[settings.SESSION_COOKIE_NAME].value
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()))
    return headers


@asynccontextmanager
async def connected(path: str, headers: list[tuple[bytes, bytes]]) -> AsyncIterator[Any]:
    socket = WebsocketCommunicator(application, path, headers=headers)
    try:
        is_accepted, _ = await socket.connect(timeout=5)
        assert is_accepted
        yield socket
    finally:
        await socket.disconnect()


async def closed_with(socket: Any) -> int:
    """Reads on to the end of the connection; the error message must have come before it."""
    last: dict[str, Any] = {}
    while True:
        message = await socket.receive_output(timeout=5)
        if message["type"] == "websocket.close":
            assert '"type": "error"' in last["text"] or '"type":"error"' in last["text"]
            return int(message["code"])
        last = message

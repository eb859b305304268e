"""How much a request may bring. Django's own limit comes too late: by then the whole body lies on the disk.

An ASGI application around another. What the client says it will send, and what it sends without saying, is held against the limit.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_Application = Callable[[Any, Any, Any], Awaitable[None]]


class _TooLong(Exception):
    """More came than may."""


class BodyLimit:
    def __init__(self, application: _Application, *, most_bytes: int) -> None:
        self._application = application
        self._most_bytes = most_bytes

    async def __call__(self, scope: MutableMapping[str, Any], receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        if _announced_bytes(scope) > self._most_bytes:
            await self._refuse(send)
            return
        came_bytes, has_begun = 0, False

        async def receive_some() -> _Message:
            nonlocal came_bytes
            message = await receive()
            came_bytes += len(message.get("body", b""))
            if came_bytes > self._most_bytes:
                raise _TooLong
            return message

        async def send_on(message: _Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._application(scope, receive_some, send_on)
        except _TooLong:
            if not has_begun:
                await self._refuse(send)

    async def _refuse(self, send: _Send) -> None:
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        problem = {
            "type": "about:blank",
            "title": status.phrase,
            "status": status.value,
            "detail": f"a request brings at most {self._most_bytes} bytes",
        }
        headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close"), (b"x-content-type-options", b"nosniff")]
        await send({"type": "http.response.start", "status": status.value, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(problem).encode()})


def _announced_bytes(scope: MutableMapping[str, Any]) -> int:
    """What is no number is for the server to refuse."""
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(announced) if announced.isdigit() else 0

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from django.urls import re_path

from cameras.routing import websocket_urlpatterns as events
from streaming.routing import websocket_urlpatterns as live


async def no_such_socket(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    """Refuses the handshake (the server answers 403) instead of failing in the router."""
    await send({"type": "websocket.close"})


_NO_SUCH_SOCKET: Any = no_such_socket  # an ASGI application, where Django's types expect a view
websocket_urlpatterns: list[Any] = [*events, *live, re_path("", _NO_SUCH_SOCKET)]

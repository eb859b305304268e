from __future__ import annotations

from typing import Any

from cameras.routing import websocket_urlpatterns as events
from streaming.routing import websocket_urlpatterns as live

websocket_urlpatterns: list[Any] = [*events, *live]

from __future__ import annotations

from typing import Any

from django.urls import path

from streaming.consumers import Go2rtcConsumer, LiveConsumer

websocket_urlpatterns: list[Any] = [
    path("ws/live/<slug:slug>/", LiveConsumer.as_asgi()),
    path("api/ws", Go2rtcConsumer.as_asgi()),
]

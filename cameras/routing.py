from __future__ import annotations

from typing import Any

from django.urls import path

from cameras.consumers import EventsConsumer, PtzConsumer

websocket_urlpatterns: list[Any] = [
    path("ws/events/", EventsConsumer.as_asgi()),
    path("ws/ptz/<slug:slug>/", PtzConsumer.as_asgi()),
]

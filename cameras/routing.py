from __future__ import annotations

from typing import Any

from django.urls import path

from cameras.consumers import EventsConsumer

websocket_urlpatterns: list[Any] = [path("ws/events/", EventsConsumer.as_asgi())]

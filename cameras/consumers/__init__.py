from __future__ import annotations

from cameras.consumers.events import EventsConsumer
from cameras.consumers.ptz import PtzConsumer

__all__ = ["EventsConsumer", "PtzConsumer"]

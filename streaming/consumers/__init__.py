from __future__ import annotations

from streaming.consumers.go2rtc import Go2rtcConsumer
from streaming.consumers.live import LiveConsumer

__all__ = ["Go2rtcConsumer", "LiveConsumer"]

"""Hands every packet to all sinks. One that fails is logged and never stops the stream or the other sinks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from streaming.media.packet import MediaPacket, PacketSink, StreamKey, Tracks

logger = logging.getLogger(__name__)

_LOG_EVERY_S = 10.0


class Fanout:
    """A PacketSink of PacketSinks."""

    def __init__(self, sinks: Sequence[PacketSink], monotonic_s: Callable[[], float]) -> None:
        self._sinks = tuple(sinks)
        self._monotonic_s = monotonic_s
        self._failures = [0] * len(self._sinks)
        self._quiet_until_s = [0.0] * len(self._sinks)

    def announce(self, stream: StreamKey, tracks: Tracks) -> None:
        for number, sink in enumerate(self._sinks):
            try:
                sink.announce(stream, tracks)
            except Exception:
                self._note(number, stream)

    def write(self, stream: StreamKey, packet: MediaPacket) -> None:
        for number, sink in enumerate(self._sinks):
            try:
                sink.write(stream, packet)
            except Exception:
                self._note(number, stream)

    def _note(self, number: int, stream: StreamKey) -> None:
        """In an except block. A sink that fails on every packet costs a traceback every ten seconds."""
        self._failures[number] += 1
        now_s = self._monotonic_s()
        if now_s < self._quiet_until_s[number]:
            return
        self._quiet_until_s[number] = now_s + _LOG_EVERY_S
        logger.exception("%s failed %d times, last on stream %s", type(self._sinks[number]).__name__, self._failures[number], stream)
        self._failures[number] = 0

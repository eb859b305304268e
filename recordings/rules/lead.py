"""Media time that leaps though nobody paused. Pure.

It follows a wall clock that was put ahead some seconds later (docs/time.md). In the middle of a group of pictures that is no pause: what is
left of the group goes on where it was, for it can only be played in the file of its keyframe.
"""

from __future__ import annotations

from dataclasses import replace

from streaming.media.packet import MediaPacket
from streaming.media.timing import TICKS_PER_MS, TICKS_PER_SECOND

# More than a pause in a group of pictures may last, in less time than one lasts.
_LEAP_90K = 15 * TICKS_PER_SECOND
_PASSED_90K = 5 * TICKS_PER_SECOND // 2


class Lead:
    """Of one stream's pictures."""

    def __init__(self) -> None:
        self._lead_90k = 0

    def led(self, packet: MediaPacket, last: MediaPacket | None) -> MediaPacket:
        """`last`: the picture before, as it was written; None when no file is open."""
        if packet.is_key or last is None:
            self._lead_90k = 0
            return packet
        leap_90k = packet.dts_90k - self._lead_90k - last.dts_90k
        passed_90k = (packet.captured_at_ms - last.captured_at_ms) * TICKS_PER_MS
        if leap_90k > _LEAP_90K and 0 <= passed_90k <= _PASSED_90K:
            self._lead_90k += leap_90k - last.duration_90k
        if not self._lead_90k:
            return packet
        return replace(packet, dts_90k=packet.dts_90k - self._lead_90k, pts_90k=packet.pts_90k - self._lead_90k)

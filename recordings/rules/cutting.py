"""When a segment file ends and when a fragment does. Pure: media times and wall times come in.

A segment starts on a keyframe. It ends at the first keyframe after the stream's own turn of the minute (each stream has another one, so
that not all files of a machine are made at once), earlier when one more group of pictures would make it too long, or when the parameters
change.

A fragment starts with each group of pictures, and once a second within long ones. Groups shorter than half a second share one, so that a
camera that sends only keyframes doesn't cost a fragment per picture.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_SEGMENT_MS = 60_000
LONGEST_FRAGMENT_MS = 1_000
SHORTEST_FRAGMENT_MS = 500
_TICKS_PER_MS = 90
# More than a network that stalls and catches up makes pictures late.
_CLOCK_TOLERANCE_MS = 3_000
_NO_NETWORK_MS = 10_000
# How far a file's beginning may lie from its predecessor's end though no picture is missing: less than what the account calls a gap.
_LARGEST_SHIFT_MS = 1_000


@dataclass(frozen=True, slots=True)
class Cutting:
    """`turn_ms` shifts the stream's turn of the minute, 0 <= turn_ms < longest_segment_ms."""

    longest_segment_ms: int = LONGEST_SEGMENT_MS
    longest_fragment_ms: int = LONGEST_FRAGMENT_MS
    turn_ms: int = 0

    def ends_segment(self, *, started_at_ms: int, now_ms: int, media_ms: int, last_gop_ms: int) -> bool:
        """Asked at each keyframe, `media_ms` after the segment's first picture. A clock that was set ends the segment too: the times of
        pictures are told from its beginning.
        """
        if abs(now_ms - started_at_ms - media_ms) > _CLOCK_TOLERANCE_MS:
            return True
        if now_ms - started_at_ms + last_gop_ms > self.longest_segment_ms:
            return True
        return self._turn(now_ms) != self._turn(started_at_ms)

    def ends_fragment(self, *, started_90k: int, now_90k: int, begins_with_key: bool, is_key: bool) -> bool:
        """Asked at each picture: does the fragment before it end?"""
        if is_key and not begins_with_key:
            return True
        limit_ms = min(SHORTEST_FRAGMENT_MS, self.longest_fragment_ms) if is_key else self.longest_fragment_ms
        return now_90k - started_90k >= limit_ms * _TICKS_PER_MS

    @staticmethod
    def start_ms(*, ended_at_ms: int, captured_at_ms: int) -> int:
        """When a segment begins whose first picture follows the last one of the segment before: when that picture came, but a network that
        just stalled leaves no hole in the footage; it is made up for by the next cuts. A clock that was set is followed at once.
        """
        late_ms = captured_at_ms - ended_at_ms
        if abs(late_ms) > _CLOCK_TOLERANCE_MS:
            return captured_at_ms
        return ended_at_ms + max(-_LARGEST_SHIFT_MS, min(late_ms, _LARGEST_SHIFT_MS))

    @staticmethod
    def is_clock_set_ahead(*, ended_at_ms: int, captured_at_ms: int) -> bool:
        """Of a picture that follows the last one without a pause. No network stalls for so long and keeps the connection."""
        return captured_at_ms - ended_at_ms > _NO_NETWORK_MS

    def _turn(self, at_ms: int) -> int:
        return (at_ms - self.turn_ms) // self.longest_segment_ms


def turn_of(camera_id: int, role: str, longest_segment_ms: int = LONGEST_SEGMENT_MS) -> int:
    """Spreads streams evenly over the minute: consecutive multiples of the golden ratio never bunch up."""
    number = camera_id * 2 + (role != "main")
    return int(number * 0.6180339887498949 % 1 * longest_segment_ms)

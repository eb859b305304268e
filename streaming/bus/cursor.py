"""What a reader of the bus hands on to its caller: pure, shared by every implementation.

    waiting ──keyframe──▶ following ──a number missing, another publisher──▶ waiting, with a Gap due

A reader asks `is_break` about each entry. When that says yes it looks up where the newest keyframe is: if that is here or ahead it
calls `jump` and reads on there, else it lets the entry pass through `take` and so waits for the next keyframe.
"""

from __future__ import annotations

from streaming.bus.entry import Entry
from streaming.media.packet import Gap, MediaPacket, Tracks

Item = Tracks | MediaPacket | Gap
_NOTHING: tuple[Item, ...] = ()


class Cursor:
    def __init__(self) -> None:
        self._tracks: Tracks | None = None
        self._incarnation = -1
        self._sequence = -1
        self._is_waiting = True
        self._has_delivered = False
        self._missing_from: tuple[int, int] | None = None

    def is_break(self, entry: Entry) -> bool:
        """Whether something is missing in front of this entry: packets, or the tracks of a keyframe that is waited for."""
        body = entry.body
        if isinstance(body, Tracks):
            return False
        is_other_generation = self._tracks is None or self._tracks.generation != body.generation
        if self._is_waiting:
            return is_other_generation and body.is_key and body.track == "video"
        if entry.incarnation != self._incarnation:
            return True
        return entry.sequence > self._sequence + 1 or is_other_generation

    def is_news(self, incarnation: int, sequence: int) -> bool:
        """Whether the keyframe with this number comes after everything seen so far."""
        return incarnation != self._incarnation or sequence > self._sequence

    def jump(self, tracks: Tracks) -> tuple[Item, ...]:
        """Goes on at the newest keyframe, whose tracks these are; the reader reads its entry next."""
        self._interrupt()
        return self._announce(tracks)

    def take(self, entry: Entry) -> tuple[Item, ...]:
        body = entry.body
        if isinstance(body, Tracks):
            return self._announce(body)
        is_same_publisher = entry.incarnation == self._incarnation
        if is_same_publisher and entry.sequence <= self._sequence:
            return _NOTHING  # seen before a reconnect
        if self._is_waiting:
            return self._take_keyframe(entry, body)
        if not is_same_publisher or entry.sequence != self._sequence + 1 or self._lacks_tracks_of(body):
            self._interrupt()
            return self._take_keyframe(entry, body)
        self._sequence = entry.sequence
        return (body,)

    def _take_keyframe(self, entry: Entry, body: MediaPacket) -> tuple[Item, ...]:
        self._incarnation, self._sequence = entry.incarnation, entry.sequence
        if not body.is_key or body.track != "video" or self._lacks_tracks_of(body):
            return _NOTHING
        self._is_waiting = False
        self._has_delivered = True
        if self._missing_from is None:
            return (body,)
        incarnation, sequence = self._missing_from
        self._missing_from = None
        return (Gap(entry.sequence - sequence if incarnation == entry.incarnation else 0, body.captured_at_ms), body)

    def _announce(self, tracks: Tracks) -> tuple[Item, ...]:
        if tracks == self._tracks:
            return _NOTHING
        self._tracks = tracks
        self._is_waiting = True
        return (tracks,)

    def _interrupt(self) -> None:
        self._is_waiting = True
        if self._has_delivered and self._missing_from is None:
            self._missing_from = (self._incarnation, self._sequence + 1)

    def _lacks_tracks_of(self, packet: MediaPacket) -> bool:
        return self._tracks is None or self._tracks.generation != packet.generation

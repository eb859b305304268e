"""One client's subscription to a feed: which tracks go where, and what happens when it can't keep up (RFC 2326, 3.4 and A.2)."""

from __future__ import annotations

import time
from collections.abc import Callable

from streaming.rtsp.packetize.sender import NumberedFrame, TrackName
from streaming.rtsp.server_feed import Feed
from streaming.rtsp.server_outlet import InterleavedOutlet, Outlet


class ClientSession:
    """Starts at a keyframe; after a frame found no room, nothing is sent before the next keyframe.

    Receivers see the loss in the sequence numbers. `dropped_frames` counts how often there was no room; `sent_at_s` (monotonic) is the
    last time there was.
    """

    def __init__(self, identifier: str, feed: Feed, on_end: Callable[[], None]) -> None:
        self.identifier = identifier
        self.feed = feed
        self.outlets: dict[TrackName, Outlet] = {}
        self.is_playing = False
        self.dropped_frames = 0
        self.sent_at_s = time.monotonic()
        self.end = on_end
        self._waits_for_key = True
        self._is_new = True

    @property
    def is_interleaved(self) -> bool:
        return any(isinstance(outlet, InterleavedOutlet) for outlet in self.outlets.values())

    def play(self) -> None:
        if not self.is_playing:
            self.is_playing = True
            self._waits_for_key = True
            self._is_new = True
            self.feed.attach(self)

    def pause(self) -> None:
        self.is_playing = False
        self.feed.detach(self)

    def close(self) -> None:
        self.pause()
        for outlet in self.outlets.values():
            outlet.close()

    def deliver(self, frame: NumberedFrame) -> None:
        outlet = self.outlets.get(frame.track)
        if outlet is None or (self._waits_for_key and not self._may_start_at(frame)):
            return
        if not outlet.has_room(frame.size_bytes):
            self._waits_for_key = True
            self.dropped_frames += 1
            return
        self._waits_for_key = False
        if self._is_new:
            self._is_new = False
            self.feed.report_to(self)
        outlet.send(frame)
        self.sent_at_s = time.monotonic()

    def report(self, track: TrackName, packet: bytes) -> None:
        outlet = self.outlets.get(track)
        if outlet is not None and not self._is_new:
            outlet.send_report(packet)

    def _may_start_at(self, frame: NumberedFrame) -> bool:
        return frame.is_key or "video" not in self.outlets

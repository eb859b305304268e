"""What one viewer gets and when: a queue bounded in bytes and milliseconds behind a window of unacknowledged video.

Messages go in by `offer`, come out by `pull`. A queue over its bound is emptied, and nothing is queued any more until the viewer can
take something; then `enter` gives it the group of pictures the feed keeps. So a viewer that stands still costs nothing, and one that
moves again need not wait for the next keyframe. Time and the socket's state are told, never asked.

What does not belong here: sockets, feeds, the choice of a rung (quality.py).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from streaming.live import protocol
from streaming.live.message import VIDEO, Message, text_frame
from streaming.live.window import Window
from streaming.media.wire import Flag

_HALF = 1 << 31
# plain ints: an IntFlag operation costs a microsecond, and these are done per viewer and message
_DISCONTINUITY = int(Flag.DISCONTINUITY)
_BACKLOG = int(Flag.BACKLOG)
_CHANGED = int(Flag.CHANGED)


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one viewer. A queue may pass `queue_bytes` by one message; what it is given to start with (the cached group) comes on top."""

    queue_bytes: int = 2_000_000
    queue_ms: int = 1000
    first_bytes: int = 1_000_000
    window_bytes: int = 1_000_000
    window_ms: int = 1000
    # After an overflow a viewer may catch up through the group it was in; one that overflows again this soon waits for the next one.
    catch_up_pause_ms: int = 5000


@dataclass(slots=True)
class _Queued:
    what: Message | str
    flags: int
    at_ms: int


# A picture can be larger than a second of H.264; whoever acknowledges four times a second should get more than four of them.
PICTURE_LIMITS = Limits(window_bytes=8_000_000)


class Delivery:
    def __init__(self, limits: Limits, *, is_newest_only: bool, reports_writable: bool) -> None:
        self._limits = limits
        self._is_newest_only = is_newest_only
        self._queue: deque[_Queued] = deque()
        self._last: dict[int, int] = {}  # track -> sequence sent last
        self._next_flags = 0  # for the next video message offered
        self._pending_gap: tuple[int, protocol.GapReason] | None = None
        self._overflowed_at_ms: int | None = None
        self._may_catch_up = True
        self._moved_at_ms = 0
        self.window = Window(
            first_bytes=limits.first_bytes,
            max_bytes=limits.window_bytes,
            max_ms=limits.window_ms,
            reports_writable=reports_writable,
        )
        self.is_skipping = True
        self.generation: int | None = None
        self.queue_bytes = 0  # without the cached group
        self.sent_frames = 0
        self.sent_bytes = 0
        self.dropped_frames = 0

    # what goes in

    def begin(self, texts: Sequence[str], heads: Sequence[Message], generation: int, now_ms: int) -> None:
        """Starts a sequence of frames: forgets what is queued, then sends the texts and init segments, then waits for `enter`."""
        self._clear()
        if generation != self.generation:
            self._next_flags = _CHANGED
        self._last.clear()
        self.generation = generation
        self._pending_gap = None
        self._may_catch_up = True
        self.is_skipping = True
        self._moved_at_ms = now_ms
        self.window.forget()
        self._queue.extend(_Queued(text, 0, now_ms) for text in texts)
        self._queue.extend(_Queued(head, 0, now_ms) for head in heads)

    def skip(self, reason: protocol.GapReason, skipped: int = 0) -> None:
        """Forgets what is queued; the viewer goes on by `enter`."""
        self._clear()
        self.is_skipping = True
        self._note(skipped, reason)

    def gap(self, skipped: int, reason: protocol.GapReason, now_ms: int) -> None:
        """The feed itself missed something; the next video message it offers is a keyframe."""
        if self.is_skipping:
            self._note(skipped, reason)
        else:
            self._queue.append(_Queued(protocol.gap(skipped, reason), 0, now_ms))
            self._next_flags |= _DISCONTINUITY

    def enter(self, group: Sequence[Message], now_ms: int) -> None:
        """Goes on with the feed's newest group of pictures, keyframe first, audio in between. Does nothing when it is of no use yet."""
        first = next((message for message in group if message.track == VIDEO), None)
        if first is None:
            return
        last = self._last.get(VIDEO)
        jump = 0 if last is None else _distance(last, first.sequence) - 1
        if jump < 0 and not self._may_catch_up:
            return
        self.is_skipping = False
        self._may_catch_up = True
        skipped, reason = self._pending_gap or (0, "slow")
        if jump > 0 or (jump == 0 and skipped):
            self._queue.append(_Queued(protocol.gap(jump + skipped, reason), 0, now_ms))
            self._next_flags |= _DISCONTINUITY
        self._pending_gap = None
        todo = [
            message for message in group if message.track not in self._last or _distance(self._last[message.track], message.sequence) > 0
        ]
        newest = max((index for index, message in enumerate(todo) if message.track == VIDEO), default=-1)
        for index, message in enumerate(todo):
            self._append(message, _BACKLOG if index < newest else 0, now_ms)

    def offer(self, message: Message, now_ms: int) -> bool:
        """Queues a message; False when the queue went over its bound and was emptied."""
        if self.is_skipping:
            return True
        if self._is_newest_only:
            self._replace_waiting()
            self._append(message, 0, now_ms)
            return True
        self._append(message, 0, now_ms)
        is_over = self.queue_bytes > self._limits.queue_bytes or self.queue_ms(now_ms) > self._limits.queue_ms
        if len(self._queue) > 1 and is_over:
            self._overflow(now_ms)
            return False
        return True

    def pass_on(self, message: Message, now_ms: int) -> bool:
        """The short way for a viewer that keeps up: True when the message is to be written as it is, now, and counts as sent."""
        track, sequence = message.track, message.sequence
        if self._queue or self._next_flags or self.is_skipping or self._last.get(track) != sequence - 1:
            return False
        if track == VIDEO:
            if not self.window.is_open(now_ms):
                return False
            self.sent_frames += 1
            self.window.add(message.generation, sequence, message.size, now_ms, message.arrived_ms)
        self._last[track] = sequence
        self._moved_at_ms = now_ms
        self.sent_bytes += message.size
        return True

    def acknowledge(self, generation: int, sequence: int) -> None:
        self.window.acknowledge(generation, sequence)

    # what comes out

    def pull(self, now_ms: int) -> tuple[bytes, Message | None] | None:
        """The next WebSocket frame for a viewer that can take one, with its message when that is live media."""
        if not self._queue:
            return None
        item = self._queue[0]
        if isinstance(item.what, str):
            self._queue.popleft()
            return text_frame(item.what), None
        message = item.what
        if not message.is_counted:
            self._queue.popleft()
            return message.frame, None
        if message.track == VIDEO and not self.window.is_open(now_ms):
            return None
        dropped = self._dropped_before(message)
        if self._is_newest_only and dropped and now_ms - self._moved_at_ms > self._limits.queue_ms and not item.flags & _DISCONTINUITY:
            item.flags |= _DISCONTINUITY
            return text_frame(protocol.gap(dropped, "slow")), None
        self._queue.popleft()
        if not item.flags & _BACKLOG:
            self.queue_bytes -= message.size
        self._sent(message, dropped, now_ms)
        live = None if (item.flags | message.flags) & _BACKLOG else message
        if dropped or item.flags:
            return message.patched(item.flags, dropped), live
        return message.frame, live

    def queue_ms(self, now_ms: int) -> int:
        return max(0, now_ms - self._queue[0].at_ms) if self._queue else 0

    @property
    def has_more(self) -> bool:
        """Whether an acknowledgement could let something out."""
        return bool(self._queue) or self.is_skipping

    @property
    def has_waiting(self) -> bool:
        """Whether this viewer, not the camera, is what we wait for."""
        return bool(self._queue) or (self.is_skipping and self._pending_gap is not None and self._pending_gap[1] == "slow")

    # inside

    def _replace_waiting(self) -> None:
        """The picture that waits gives its place, and what was to be said with it, to the next one."""
        while self._queue:
            last = self._queue[-1]
            if not isinstance(last.what, Message) or not last.what.is_counted:
                return
            self._queue.pop()
            self.queue_bytes -= 0 if last.flags & _BACKLOG else last.what.size
            self._next_flags |= last.flags & ~_BACKLOG

    def _sent(self, message: Message, dropped: int, now_ms: int) -> None:
        self._last[message.track] = message.sequence
        self._moved_at_ms = now_ms
        self.sent_bytes += message.size
        if message.track == VIDEO:
            self.sent_frames += 1
            self.dropped_frames += dropped
            self.window.add(message.generation, message.sequence, message.size, now_ms, message.arrived_ms)

    def _append(self, message: Message, flags: int, now_ms: int) -> None:
        if message.track == VIDEO and self._next_flags:
            flags |= self._next_flags
            self._next_flags = 0
        self._queue.append(_Queued(message, flags, now_ms))
        if not flags & _BACKLOG:
            self.queue_bytes += message.size

    def _dropped_before(self, message: Message) -> int:
        last = self._last.get(message.track)
        return 0 if last is None else max(0, _distance(last, message.sequence) - 1)

    def _overflow(self, now_ms: int) -> None:
        again = self._overflowed_at_ms is not None and now_ms - self._overflowed_at_ms < self._limits.catch_up_pause_ms
        self._overflowed_at_ms = now_ms
        for item in self._queue:
            self._next_flags |= item.flags & ~_BACKLOG
        kept = [item for item in self._queue if isinstance(item.what, str) or not item.what.is_counted]
        self._clear()
        self._queue.extend(kept)
        self._may_catch_up = not again
        self.is_skipping = True
        self._note(0, "slow")

    def _note(self, skipped: int, reason: protocol.GapReason) -> None:
        before, why = self._pending_gap or (0, reason)
        self._pending_gap = (before + skipped, why)

    def _clear(self) -> None:
        self._queue.clear()
        self.queue_bytes = 0


def _distance(earlier: int, later: int) -> int:
    """How far apart two sequences are, across the wrap; negative when `later` is the older one."""
    return ((later - earlier + _HALF) & 0xFFFFFFFF) - _HALF

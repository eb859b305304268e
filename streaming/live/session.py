"""One viewer without its socket: what it asked for, which feed it is on, what it is told.

Everything is called in the event loop and returns at once. The consumer gives it an Outlet and ends the connection when told to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from streaming.live import protocol
from streaming.live.delivery import PICTURE_LIMITS, Delivery, Limits
from streaming.live.hub import LiveHub
from streaming.live.message import Message, text_frame
from streaming.live.protocol import Close, GapReason, LiveRequest, ProtocolError, QualityReason
from streaming.live.quality import QualityController
from streaming.live.viewer import Feed, LiveCamera, Outlet

STATS_MS = 1000
SILENCE_MS = 60_000
MESSAGES_PER_SECOND = 100


class Session:
    def __init__(
        self,
        *,
        hub: LiveHub,
        camera: LiveCamera,
        request: LiveRequest,
        outlet: Outlet,
        on_end: Callable[[ProtocolError], None],
        may_hear: bool = True,
    ) -> None:
        self._hub = hub
        self._camera = camera
        self._mode = request.mode
        self._wants_audio = request.has_audio and not request.mode.is_pictures
        self._may_hear = may_hear
        self._outlet = outlet
        self._on_end = on_end
        self._rungs = list(protocol.PICTURE_RUNGS) if request.mode.is_pictures else [r for r in protocol.STREAM_RUNGS if r in camera.roles]
        self._delivery = Delivery(
            PICTURE_LIMITS if request.mode.is_pictures else Limits(),
            is_newest_only=request.mode.is_pictures,
            reports_writable=outlet.reports_writable,
        )
        now_ms = hub.monotonic_ms()
        self._rung, is_missing = self._resolve(request.quality)
        self._quality = QualityController(self._rungs, self._rung, now_ms) if request.quality == protocol.AUTO else None
        self._feed: Feed | None = None
        self._texts: list[str] = [protocol.quality(self._rung, "missing")] if is_missing else []
        self._next_rung: tuple[str, QualityReason] | None = None
        self._stats_at_ms = self._heard_at_ms = now_ms
        self._heard_count = 0
        self._delays_ms: list[int] = []
        self._counted = (0, 0)
        self._is_open = True
        self._must_open = True

    def start(self) -> None:
        self._hub.enter(self, self._camera.id)
        self._watch()

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._unwatch()
            self._hub.leave(self, self._camera.id)

    def let_hear(self, may_hear: bool) -> None:
        """A right that ends takes the sound away and leaves the picture; one that comes gives what was asked for."""
        if may_hear != self._may_hear:
            self._may_hear = may_hear
            if self._wants_audio:
                self._rejoin()

    @property
    def held_bytes(self) -> int:
        return self._delivery.queue_bytes

    # what the viewer says

    def receive(self, text: str) -> None:
        if not self._is_open:
            return
        self._heard_at_ms = self._hub.monotonic_ms()
        self._heard_count += 1
        try:
            if self._heard_count > MESSAGES_PER_SECOND:
                raise protocol.bad_message("Too many messages in a second.")
            self._obey(protocol.parse_viewer_message(text))
        except ProtocolError as failure:
            self.failed(failure)

    def _obey(self, message: protocol.ViewerMessage) -> None:
        match message:
            case protocol.Ack(sequence, generation):
                self._delivery.acknowledge(generation, sequence)
                if self._delivery.has_more or self._next_rung is not None:
                    self.pump()
            case protocol.Ping():
                self._say(protocol.pong(message, self._hub.wall_ms()))
            case protocol.QualityWish(rung):
                self._wish(rung)
            case protocol.AudioWish(is_enabled):
                self._wants_audio = is_enabled and not self._mode.is_pictures
                self._rejoin()
            case protocol.Pause():
                self._unwatch()
                self._delivery.skip("paused")
                self._delivery.window.forget()
            case protocol.Resume():
                if self._feed is None:
                    self._watch()

    @property
    def _has_audio(self) -> bool:
        return self._wants_audio and self._may_hear

    def _rejoin(self) -> None:
        """Answered by an init, also when there is nothing to hear."""
        if not self._mode.is_pictures:
            self._must_open = True
        if self._feed is not None:
            self._feed.join(self, self._mode, has_audio=self._has_audio)
            self.opened()

    def _wish(self, wish: str) -> None:
        if wish != protocol.AUTO and wish not in self._rungs and wish not in protocol.STREAM_RUNGS:
            raise ProtocolError("bad_message", f"There is no quality {wish[:40]!r} here.", Close.BAD_REQUEST)
        rung, is_missing = self._resolve(wish)
        self._quality = QualityController(self._rungs, rung, self._hub.monotonic_ms()) if wish == protocol.AUTO else None
        self._next_rung = None
        if is_missing or rung != self._rung:
            self._change_rung(rung, "missing" if is_missing else "asked")

    def _resolve(self, quality: str) -> tuple[str, bool]:
        """The rung for a wish, and whether the camera lacks what was wished for."""
        if self._mode.is_pictures:
            start = "720p" if self._mode is protocol.Mode.MJPEG else "360p"
            return (start if quality == protocol.AUTO else protocol.PICTURE_NAMES.get(quality, quality)), False
        if quality in self._rungs:
            return quality, False
        return self._rungs[0], quality != protocol.AUTO

    # what the feed says

    def opened(self) -> None:
        """A generation begins, or this viewer begins with the one that runs."""
        if self._feed is None:
            return
        try:
            opening = self._feed.opening(self)
        except ProtocolError as failure:
            self.failed(failure)
            return
        if opening is None:
            return
        init = protocol.init(
            mode=self._mode,
            stream=opening.stream,
            rung=self._rung,
            rungs=self._rungs,
            generation=opening.generation,
            server_ms=self._hub.wall_ms(),
            video=opening.video,
            audio=opening.audio,
        )
        self._delivery.begin([*self._texts, init], opening.heads, opening.generation, self._hub.monotonic_ms())
        self._texts = []
        self._must_open = False
        self.pump()

    def message(self, message: Message, now_ms: int) -> None:
        outlet = self._outlet
        if outlet.is_writable and self._next_rung is None and self._delivery.pass_on(message, now_ms):
            outlet.write(message.frame)
            if not message.is_backlog:
                self._delays_ms.append(message.delay_ms)
            return
        if not self._delivery.offer(message, now_ms) and self._quality is not None:
            self._quality.overflowed(now_ms)
        self.pump()

    def gap(self, skipped: int, reason: GapReason) -> None:
        self._delivery.gap(skipped, reason, self._hub.monotonic_ms())
        self.pump()

    def failed(self, failure: ProtocolError) -> None:
        """Tells the viewer and ends; also for the consumer's own reasons."""
        if self._is_open:
            self.close()
            self._outlet.write(text_frame(protocol.error(failure)))
            self._on_end(failure)

    # what goes out

    def pump(self) -> None:
        """Writes what may be written now. The outlet calls it too, when it has become writable."""
        outlet, delivery = self._outlet, self._delivery
        if not self._is_open or not outlet.is_writable:
            return
        now_ms = self._hub.monotonic_ms()
        if self._next_rung is not None and delivery.window.is_open(now_ms):
            rung, reason = self._next_rung
            self._next_rung = None
            self._change_rung(rung, reason)
            return
        self._write_waiting(now_ms)
        if delivery.is_skipping and self._feed is not None and delivery.generation is not None and delivery.window.is_open(now_ms):
            delivery.enter(self._feed.recent(self), now_ms)
            self._write_waiting(now_ms)

    def _write_waiting(self, now_ms: int) -> None:
        outlet, delivery = self._outlet, self._delivery
        while outlet.is_writable:
            found = delivery.pull(now_ms)
            if found is None:
                return
            frame, message = found
            outlet.write(frame)
            if message is not None:
                self._delays_ms.append(message.delay_ms + now_ms - message.arrived_ms)

    def _say(self, text: str) -> None:
        """For what may be left unsaid to a viewer that does not read."""
        if self._outlet.is_writable:
            self._outlet.write(text_frame(text))

    # which feed

    def _watch(self) -> None:
        self._feed = self._hub.watch(self, self._camera.id, self._mode, self._rung, has_audio=self._has_audio)
        try:
            opening = self._feed.opening(self)
        except ProtocolError as failure:
            self.failed(failure)
            return
        if opening is not None and opening.generation & 0xFFFF == self._delivery.generation and not self._must_open:
            self.pump()  # back from a pause, nothing has changed
        else:
            self.opened()

    def _unwatch(self) -> None:
        if self._feed is not None:
            self._feed = None
            self._hub.unwatch(self, self._camera.id, self._mode, self._rung)

    def _change_rung(self, rung: str, reason: QualityReason) -> None:
        self._texts = [protocol.quality(rung, reason)]  # the newest alone: a viewer may change its mind for ever before a picture comes
        self._must_open = True
        was_watching = self._feed is not None
        self._unwatch()
        self._rung = rung
        if was_watching:
            self._delivery.skip("slow")
            self._watch()

    # time

    def tick(self, now_ms: int) -> None:
        """A few times a second."""
        lag_ms = self._delivery.window.lag_ms(now_ms)
        if self._quality is not None and self._feed is not None and self._next_rung is None:
            if self._mode.is_pictures:
                sent, lost = self._delivery.sent_frames, self._delivery.dropped_frames
                self._quality.delivered(sent + lost - sum(self._counted), lost - self._counted[1], now_ms)
                self._counted = (sent, lost)
            self._next_rung = self._quality.check(lag_ms, now_ms)
        self.pump()
        if now_ms - self._stats_at_ms >= STATS_MS:
            self._stats_at_ms = now_ms
            self._heard_count = 0
            self._say(self._stats(now_ms))
            self._end_if_silent(now_ms)

    def _end_if_silent(self, now_ms: int) -> None:
        if self._feed is not None and self._delivery.has_waiting and now_ms - self._heard_at_ms > SILENCE_MS:
            self.failed(ProtocolError("silent", "This viewer has read and said nothing for a minute.", Close.GOING_AWAY))

    def _stats(self, now_ms: int) -> str:
        delivery = self._delivery
        role = self._rung if not self._mode.is_pictures else "main"
        state, reason = self._hub.states.state(self._camera.id, role)
        fps, bps = self._feed.rate if self._feed is not None else (0.0, 0)
        delays, self._delays_ms = self._delays_ms, []
        return protocol.stats(
            {
                "server_ms": self._hub.wall_ms(),
                "camera_state": state,
                "camera_reason": reason,
                "sent_frames": delivery.sent_frames,
                "sent_bytes": delivery.sent_bytes,
                "dropped_frames": delivery.dropped_frames,
                "stream_fps": fps,
                "stream_bps": bps,
                "queue_ms": delivery.queue_ms(now_ms),
                "queue_bytes": delivery.queue_bytes,
                "server_delay_ms": _median(delays),
                "viewers": self._hub.viewers_of(self._camera.id),
            }
        )


def _median(values: Sequence[int]) -> float:
    return float(median(values)) if values else 0.0

"""One viewer that speaks go2rtc's protocol, without its socket: a Session (live/session.py) in other words and with less to say.

It acknowledges nothing and knows no quality, so it is bounded by its socket, stays on the stream it named, and after an overflow goes
on at the newest keyframe, on a timeline of its own without a hole. Everything is called in the event loop and returns at once.
"""

from __future__ import annotations

from collections.abc import Callable

from streaming.live.delivery import PICTURE_LIMITS, Delivery, Limits
from streaming.live.go2rtc import words
from streaming.live.go2rtc.timeline import TRACK_IDS, Timeline
from streaming.live.hub import LiveHub
from streaming.live.message import AUDIO, VIDEO, Message, binary_frame, is_text, text_frame, unframed
from streaming.live.protocol import Close, GapReason, Mode, ProtocolError, bad_message
from streaming.live.session import MESSAGES_PER_SECOND, SILENCE_MS
from streaming.live.viewer import Feed, LiveCamera, Outlet
from streaming.media import fmp4
from streaming.media.packet import AudioTrack, Tracks, VideoTrack
from streaming.media.wire import HEADER_BYTES, Flag, Kind, parse_header

# The player holds what comes while it is busy in two million bytes and fails beyond them, so it gets no longer start than that.
START_BYTES = 1_500_000
_TELL_AFTER_MS = 4000
_RUNGS = {"main": "720p", "sub": "360p"}
_GAP = b'{"type":"gap"'  # Delivery's own words
_NOT_HERE = "not offered here; mse and mjpeg are"


class Guest:
    def __init__(
        self,
        *,
        hub: LiveHub,
        camera: LiveCamera,
        role: str,
        outlet: Outlet,
        on_end: Callable[[ProtocolError], None],
        may_hear: bool = True,
    ) -> None:
        self._hub = hub
        self._camera = camera
        self._role = role
        self._outlet = outlet
        self._on_end = on_end
        self._may_hear = may_hear
        self._mode = Mode.MSE
        self._rung = role
        self._feed: Feed | None = None
        self._families: frozenset[str] = frozenset()
        self._told: str | None = None  # what the player was told that it gets
        self._texts: list[str] = []
        self._delivery = self._new_delivery(Limits(), is_newest_only=False)
        self._timeline = Timeline({})
        self._heard_count = 0
        self._counted_at_ms = self._moved_at_ms = self._begun_at_ms = hub.monotonic_ms()
        self._has_explained = False
        self._is_open = True

    def start(self) -> None:
        self._hub.enter(self, self._camera.id)

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._unwatch()
            self._hub.leave(self, self._camera.id)

    def let_hear(self, may_hear: bool) -> None:
        """Who has sound connects again without it: the player's SourceBuffer was made for both. Who has none gets it the next time."""
        had, self._may_hear = self._may_hear, may_hear
        if had and not may_hear and self._mode is Mode.MSE and self._feed is not None:
            self.failed(ProtocolError("changed", "You may not hear this camera any more; connect again.", Close.GOING_AWAY))

    @property
    def held_bytes(self) -> int:
        return self._delivery.queue_bytes

    # what the viewer says

    def receive(self, text: str) -> None:
        if not self._is_open:
            return
        self._heard_count += 1
        try:
            if self._heard_count > MESSAGES_PER_SECOND:
                raise bad_message("Too many messages in a second.")
            self._obey(words.parse_wish(text))
        except ProtocolError as failure:
            self.failed(failure)

    def _obey(self, wish: words.Wish) -> None:
        match wish.type:
            case "mse":
                self._families = words.families(wish.value)
                self._watch(Mode.MSE, self._role)
            case "mjpeg":
                self._watch(Mode.MJPEG, _RUNGS[self._role])
            case "webrtc" | "webrtc/offer" | "hls" | "mp4":
                self._say(words.error(_NOT_HERE, wish.type))

    def _watch(self, mode: Mode, rung: str) -> None:
        """The last wish counts."""
        self._unwatch()
        self._mode, self._rung = mode, rung
        self._told = None
        self._texts = [words.mjpeg()] if mode is Mode.MJPEG else []
        self._delivery = self._new_delivery(PICTURE_LIMITS if mode.is_pictures else Limits(), is_newest_only=mode.is_pictures)
        self._begun_at_ms = self._hub.monotonic_ms()
        self._feed = self._hub.watch(self, self._camera.id, mode, rung, has_audio=self._may_hear and not mode.is_pictures)
        self.opened()

    def _unwatch(self) -> None:
        if self._feed is not None:
            self._feed = None
            self._hub.unwatch(self, self._camera.id, self._mode, self._rung)

    def _new_delivery(self, limits: Limits, *, is_newest_only: bool) -> Delivery:
        return Delivery(limits, is_newest_only=is_newest_only, reports_writable=self._outlet.reports_writable)

    # what the feed says

    def opened(self) -> None:
        feed = self._feed
        if feed is None:
            return
        try:
            opening = feed.opening(self)
            if opening is None:
                return
            heads = [] if opening.tracks is None else [self._head(feed, opening.tracks, opening.generation)]
        except ProtocolError as failure:
            self._cannot(failure.text)
            return
        except _Changed:
            self.failed(ProtocolError("changed", "The stream has other tracks now; connect again.", Close.GOING_AWAY))
            return
        texts, self._texts = self._texts, []
        self._delivery.begin(texts, heads, opening.generation, self._hub.monotonic_ms())
        self.pump()

    def _head(self, feed: Feed, tracks: Tracks, generation: int) -> Message:
        """The init segment for both tracks. Raises ProtocolError when the player can't play the pictures, _Changed when it would need
        another SourceBuffer than it has."""
        video, audio = tracks.video, tracks.audio
        if not words.can_play(self._families, video):
            raise ProtocolError("unsupported", f"codecs not matched: the camera sends {video.codec_string}", Close.UNSUPPORTED)
        if audio is not None and not (self._may_hear and words.can_play(self._families, audio)):
            audio = None
        feed.join(self, Mode.MSE, has_audio=audio is not None)
        content = words.content_type(video, audio)
        if self._told is None:
            self._told = content
            self._texts = [words.mse(content)]
            self._timeline = Timeline(_rates(video, audio))
        elif words.families(_names(content)) != words.families(_names(self._told)):
            raise _Changed
        else:
            self._timeline.restart(_rates(video, audio))
        described: dict[int, VideoTrack | AudioTrack] = {TRACK_IDS[VIDEO]: video} | ({TRACK_IDS[AUDIO]: audio} if audio else {})
        segment = fmp4.movie_init(described)
        return Message(Kind.INIT_SEGMENT, segment, flags=0, track=VIDEO, sequence=0, generation=generation)

    def message(self, message: Message, now_ms: int) -> None:
        self._delivery.offer(message, now_ms)
        self.pump()

    def gap(self, skipped: int, reason: GapReason) -> None:
        self._delivery.gap(skipped, reason, self._hub.monotonic_ms())
        self.pump()

    def failed(self, failure: ProtocolError) -> None:
        """Tells the viewer and ends; also for the consumer's own reasons."""
        if self._is_open:
            self.close()
            self._outlet.write(text_frame(words.error(failure.text)))
            self._on_end(failure)

    def _cannot(self, text: str) -> None:
        """This wish, but perhaps another one: the connection stays."""
        self._unwatch()
        self._say(words.error(text, str(self._mode)))

    # what goes out

    def pump(self) -> None:
        """Writes what may be written now. The outlet calls it too, when it has become writable."""
        if not self._is_open:
            return
        now_ms = self._hub.monotonic_ms()
        self._write_waiting(now_ms)
        delivery = self._delivery
        if delivery.is_skipping and self._feed is not None and delivery.generation is not None and self._outlet.is_writable:
            group = self._feed.recent(self)
            if sum(message.size for message in group) <= START_BYTES or self._mode is Mode.MJPEG:
                delivery.enter(group, now_ms)
                self._write_waiting(now_ms)

    def _write_waiting(self, now_ms: int) -> None:
        while self._outlet.is_writable:
            found = self._delivery.pull(now_ms)
            if found is None:
                return
            self._moved_at_ms = now_ms
            translated = self._translated(found[0])
            if translated is not None:
                self._outlet.write(translated)

    def _translated(self, frame: bytes) -> bytes | None:
        """A message of ours as the player wants it. None for what it is not told."""
        message = unframed(frame)
        if is_text(frame):
            return None if message.startswith(_GAP) else frame
        header, payload = parse_header(message), message[HEADER_BYTES:]
        if header.kind is not Kind.FRAGMENT:
            return binary_frame(payload)
        if header.track == VIDEO and (header.dropped or header.flags & (Flag.DISCONTINUITY | Flag.CHANGED)):
            self._timeline.missed()
        placed = self._timeline.place(payload, header.track)
        return None if placed is None else binary_frame(placed)

    def _say(self, text: str) -> None:
        """For what may be left unsaid to a viewer that does not read."""
        if self._outlet.is_writable:
            self._outlet.write(text_frame(text))

    # time

    def tick(self, now_ms: int) -> None:
        """A few times a second."""
        self.pump()
        if now_ms - self._counted_at_ms >= 1000:
            self._counted_at_ms = now_ms
            self._heard_count = 0
        if self._feed is not None and self._delivery.generation is None and now_ms - self._begun_at_ms > _TELL_AFTER_MS:
            self._explain()
        if self._is_open and self._delivery.has_waiting and now_ms - self._moved_at_ms > SILENCE_MS:
            self.failed(ProtocolError("silent", "This viewer has read nothing for a minute.", Close.GOING_AWAY))

    def _explain(self) -> None:
        """Why nothing comes. Not in a wish's name, or the player would go over to pictures, which can't come either."""
        if not self._has_explained:
            self._has_explained = True
            state, reason = self._hub.states.state(self._camera.id, self._role)
            self._say(words.error(f"the camera is {state}{f': {reason}' if reason else ''}"))


class _Changed(Exception):  # an answer, not a fault
    """The player's SourceBuffer was made for other codecs."""


def _rates(video: VideoTrack, audio: AudioTrack | None) -> dict[int, int]:
    return {VIDEO: fmp4.timescale(video)} | ({AUDIO: fmp4.timescale(audio)} if audio is not None else {})


def _names(content: str) -> str:
    return content.partition('"')[2].rstrip('"')

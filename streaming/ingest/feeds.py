"""The video and the audio of one stream: their parameters and their times, connection after connection. Pure."""

from __future__ import annotations

from contextlib import suppress

from streaming.ingest.decode_times import DecodeTimes
from streaming.ingest.timestamps import TrackClock
from streaming.ingest.tracks import VideoParameters, audio_duration_90k, audio_track, mjpeg_parameters, parameter_sets, video_parameters
from streaming.media.errors import BitstreamError
from streaming.media.packet import AudioTrack, Codec
from streaming.media.timing import TICKS_PER_SECOND
from streaming.rtsp.sdp import MediaDescription

# Sound that stays away for so long is announced no more, lest players wait for it.
AUDIO_MISSING_AFTER_MS = 10_000
_USUAL_AUDIO_90K = TICKS_PER_SECOND // 50


class VideoFeed:
    def __init__(self) -> None:
        self.clock = TrackClock(TICKS_PER_SECOND)
        self.parameters: VideoParameters | None = None
        self._decode_times = DecodeTimes()
        self._codec = Codec.H264
        self._sets: tuple[bytes, ...] = ()
        self._is_first = True

    def connect(self, codec: Codec, rate_hz: int) -> None:
        self._codec = codec
        self._is_first = True
        self.clock.reconnect(rate_hz)

    def read_keyframe(self, data: bytes) -> VideoParameters:
        """Before its stamp. Raises BitstreamError when neither this keyframe nor one before it tells what is needed to decode it."""
        found = self._parameters_in(data)
        if found is not self.parameters or self._is_first:
            self._decode_times.restart(found.max_reorder_frames, found.frame_rate)
            self.parameters, self._is_first = found, False
        return found

    def stamp(self, rtp_timestamp: int, arrived_at_ms: int, is_key: bool) -> tuple[int, int, int]:
        """(pts, dts, duration) in 90 kHz."""
        return self._decode_times.stamp(self.clock.to_pts(rtp_timestamp, arrived_at_ms), is_key)

    def _parameters_in(self, data: bytes) -> VideoParameters:
        known = self.parameters
        if self._codec is Codec.MJPEG:
            found = mjpeg_parameters(data)
            return known if known and known.track == found.track else found
        sets = parameter_sets(self._codec, data)
        if known and known.track.codec is self._codec and sets in ((), known.track.parameter_sets):
            return known
        return video_parameters(self._codec, sets)


class AudioFeed:
    """`track` is None while the camera has no sound that we carry."""

    def __init__(self) -> None:
        self.clock = TrackClock(TICKS_PER_SECOND)
        self.track: AudioTrack | None = None
        self._was_announced = True
        self._heard_at_ms: int | None = None
        self._pts_90k = -1
        self._duration_90k = _USUAL_AUDIO_90K

    def connect(self, media: MediaDescription | None) -> None:
        """Raises BitstreamError for a configuration that can't be read; the feed then has no sound."""
        self.track = None
        self._heard_at_ms = None
        if media is not None:
            self.clock.reconnect(media.clock_rate_hz)
            self.track = audio_track(media)

    def heard_track(self, now_ms: int) -> AudioTrack | None:
        """What to announce: sound that was promised counts until it has been missing for a while, or was missing when last announced."""
        if self._heard_at_ms is None:
            if not self._was_announced:
                return None
            self._heard_at_ms = now_ms
        self._was_announced = now_ms - self._heard_at_ms < AUDIO_MISSING_AFTER_MS
        return self.track if self._was_announced else None

    def stamp(self, rtp_timestamp: int, arrived_at_ms: int, data: bytes) -> tuple[int, int]:
        """(pts, duration) in 90 kHz. Presentation times grow."""
        assert self.track is not None
        self._heard_at_ms, self._was_announced = arrived_at_ms, True
        with suppress(BitstreamError):  # it goes on with the duration of the frame before: a decoder is the better judge of it
            self._duration_90k = audio_duration_90k(self.track, data) or self._duration_90k
        self._pts_90k = max(self.clock.to_pts(rtp_timestamp, arrived_at_ms), self._pts_90k + 1)
        return self._pts_90k, self._duration_90k

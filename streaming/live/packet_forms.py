"""The forms one packet takes on the wire: the access unit or audio frame as it is, and a fragment of its own."""

from __future__ import annotations

from streaming.live.message import AUDIO, VIDEO, Message
from streaming.media import fmp4, h264, h265, timing
from streaming.media.packet import AudioTrack, Codec, MediaPacket, Tracks, VideoTrack
from streaming.media.wire import Flag, Kind

_FLAGS = {
    (False, False): 0,
    (False, True): int(Flag.BACKLOG),
    (True, False): int(Flag.KEY),
    (True, True): int(Flag.KEY | Flag.BACKLOG),
}
_TRACK_ID = 1  # each track is a file of its own, for a SourceBuffer of its own


class Forms:
    """What all packets of one generation of one feed share."""

    def __init__(self, tracks: Tracks, generation: int) -> None:
        self.tracks = tracks
        self.generation = generation
        self.base_90k: int | None = None  # decode time of the first keyframe seen; fragments count from there
        self._init_segments: dict[int, bytes] = {}

    def track(self, track: int) -> VideoTrack | AudioTrack | None:
        return self.tracks.video if track == VIDEO else self.tracks.audio

    def init_segment(self, track: int) -> bytes:
        found = self.track(track)
        assert found is not None, "an init segment is asked for a track there is"
        if track not in self._init_segments:
            self._init_segments[track] = fmp4.init_segment(found, _TRACK_ID)
        return self._init_segments[track]


class PacketForms:
    """Each form is made on first demand and kept as long as the packet is; the packet's bytes are kept in one of them only."""

    __slots__ = (
        "_data",
        "_fragment",
        "_unit",
        "arrived_ms",
        "captured_at_ms",
        "delay_ms",
        "dts_90k",
        "duration_90k",
        "forms",
        "is_key",
        "is_late",
        "pts_90k",
        "sequence",
        "size",
        "track",
    )

    def __init__(self, forms: Forms, packet: MediaPacket, sequence: int, *, is_late: bool, arrived_ms: int, delay_ms: int) -> None:
        self.forms = forms
        self.track = VIDEO if packet.track == "video" else AUDIO
        self.sequence = sequence
        self.pts_90k = packet.pts_90k
        self.dts_90k = packet.dts_90k
        self.duration_90k = packet.duration_90k
        self.is_key = packet.is_key
        self.is_late = is_late
        self.captured_at_ms = packet.captured_at_ms
        self.arrived_ms = arrived_ms
        self.delay_ms = delay_ms
        self.size = len(packet.data)
        self._data = packet.data
        self._unit: Message | None = None
        self._fragment: Message | None = None
        if forms.base_90k is None and self.track == VIDEO:
            forms.base_90k = packet.dts_90k

    def as_unit(self) -> Message:
        if self._unit is None:
            kind = Kind.ACCESS_UNIT if self.track == VIDEO else Kind.AUDIO
            self._unit = self._message(kind, timing.to_us(self.pts_90k), self._data)
            self._data = b""
        return self._unit

    def as_fragment(self) -> Message | None:
        """None for audio the mode can't carry, and for what comes from before the generation's first picture."""
        if self._fragment is None:
            track, base_90k = self.forms.track(self.track), self.forms.base_90k
            if track is None or mime_or_none(track) is None or base_90k is None or self.dts_90k < base_90k:
                return None
            rate_hz = fmp4.timescale(track)
            sample = fmp4.Sample(
                duration=_ticks(self.duration_90k, rate_hz),
                composition_offset=_ticks(self.pts_90k - self.dts_90k, rate_hz),
                is_key=self.is_key,
                data=_length_prefixed(track, self._data or self.as_unit().payload),
            )
            payload = fmp4.fragment(self.sequence + 1, _TRACK_ID, _ticks(self.dts_90k - base_90k, rate_hz), (sample,))
            self._fragment = self._message(Kind.FRAGMENT, timing.to_us(max(0, self.pts_90k - base_90k)), payload)
        return self._fragment

    def _message(self, kind: Kind, pts_us: int, payload: bytes) -> Message:
        return Message(
            kind,
            payload,
            flags=_FLAGS[self.is_key, self.is_late],
            track=self.track,
            sequence=self.sequence,
            generation=self.forms.generation,
            pts_us=pts_us,
            captured_at_us=self.captured_at_ms * 1000,
            duration_us=timing.to_us(self.duration_90k),
            arrived_ms=self.arrived_ms,
            delay_ms=self.delay_ms,
        )


def mime_or_none(track: VideoTrack | AudioTrack) -> str | None:
    """None for a codec browsers take in no MP4."""
    return None if track.codec in (Codec.MJPEG, Codec.PCMA, Codec.PCMU) else fmp4.mime(track)


def _ticks(ticks_90k: int, rate_hz: int) -> int:
    return ticks_90k if rate_hz == timing.TICKS_PER_SECOND else timing.rescale(ticks_90k, timing.TICKS_PER_SECOND, rate_hz)


def _length_prefixed(track: VideoTrack | AudioTrack, data: bytes) -> bytes:
    if track.codec is Codec.H264:
        return h264.to_length_prefixed(data)
    if track.codec is Codec.H265:
        return h265.to_length_prefixed(data)
    return data

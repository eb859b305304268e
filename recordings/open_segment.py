"""A segment file that grows: gathers pictures and sound, and writes them as fragments.

A picture's duration is the way to the next one, so what is written is known exactly; only when no next one comes is it an estimate. What a
crash can cost is what is gathered here and what the disk has not synced yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from recordings.rules.fragments import VIDEO_TRACK_ID
from recordings.rules.sound import SoundTimeline
from recordings.segment_file import SegmentFile
from recordings.segment_header import SegmentHeader
from streaming.media import h264, h265
from streaming.media.fmp4 import Sample, TrackRun, movie_fragment
from streaming.media.packet import AudioTrack, Codec, MediaPacket
from streaming.media.timing import to_ms

AUDIO_TRACK_ID = 2
# A fragment ends before it holds more, however time goes: what is in memory is bounded.
MOST_BYTES = 8 * 2**20
MOST_PICTURES = 400
_CONVERSIONS = {Codec.H264: h264.to_length_prefixed, Codec.H265: h265.to_length_prefixed}


@dataclass(frozen=True, slots=True)
class _Picture:
    packet: MediaPacket
    received_s: float


class OpenSegment:
    """Used by one writer thread. `create` makes the file with the first fragment; it raises OSError."""

    def __init__(
        self, header: SegmentHeader, codec: Codec, audio: AudioTrack | None, create: Callable[[Sequence[bytes]], SegmentFile]
    ) -> None:
        self.file: SegmentFile | None = None
        self.header = header
        self.ended_at_ms = header.started_at_ms  # as far as it is written
        self.synced_until_ms = header.started_at_ms
        self._create = create
        self._convert = _CONVERSIONS.get(codec, bytes)
        self._sound = SoundTimeline(audio, header.started_90k) if audio else None
        self._waiting: list[_Picture] = []
        self._waiting_bytes = 0
        self._sequence = 0
        self._end_90k = header.started_90k

    @property
    def first_waiting(self) -> MediaPacket | None:
        """The first picture of the fragment to come."""
        return self._waiting[0].packet if self._waiting else None

    @property
    def has_one_waiting(self) -> bool:
        return len(self._waiting) == 1

    @property
    def is_full(self) -> bool:
        return self._waiting_bytes >= MOST_BYTES or len(self._waiting) >= MOST_PICTURES

    def waiting_s(self, now_s: float) -> float:
        """How long the oldest picture has been in memory."""
        return now_s - self._waiting[0].received_s if self._waiting else 0.0

    def add_picture(self, packet: MediaPacket, now_s: float) -> None:
        self._waiting.append(_Picture(packet, now_s))
        self._waiting_bytes += len(packet.data)

    def add_sound(self, packet: MediaPacket) -> None:
        if self._sound is not None:
            self._sound.add(packet)

    def flush(self, until_90k: int) -> None:
        """Writes all pictures in memory; the last one is shown until `until_90k`. Raises OSError."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if waiting:
            self._write([picture.packet for picture in waiting], until_90k)

    def flush_all_but_one(self) -> None:
        """Keeps the last picture back: its duration isn't known. Raises OSError."""
        if len(self._waiting) > 1:
            last = self._waiting.pop()
            self.flush(last.packet.dts_90k)
            self._waiting, self._waiting_bytes = [last], len(last.packet.data)

    def flush_all(self) -> None:
        """Ends the last picture by what its duration is said to be. Raises OSError."""
        if self._waiting:
            last = self._waiting[-1].packet
            self.flush(last.dts_90k + max(last.duration_90k, 1))

    def end_sound(self) -> None:
        """Before the last flush: no more sound is to come."""
        if self._sound is not None:
            last = self._waiting[-1].packet if self._waiting else None
            self._sound.end(last.dts_90k + last.duration_90k if last else self._end_90k)

    def _write(self, pictures: list[MediaPacket], until_90k: int) -> None:
        start_90k = self.header.started_90k
        runs = [TrackRun(VIDEO_TRACK_ID, pictures[0].dts_90k - start_90k, self._samples(pictures, until_90k))]
        if self._sound is not None:
            self._sound.keep_up(until_90k)
            base, samples = self._sound.take()
            if samples:
                runs.append(TrackRun(AUDIO_TRACK_ID, base, samples))
        self._sequence += 1
        pieces = movie_fragment(self._sequence, runs)
        if self.file is None:
            self.file = self._create(pieces)
        else:
            self.file.append(pieces)
        self._end_90k = until_90k
        self.ended_at_ms = self.header.started_at_ms + to_ms(until_90k - start_90k)

    def _samples(self, pictures: list[MediaPacket], until_90k: int) -> list[Sample]:
        ends = [packet.dts_90k for packet in pictures[1:]] + [until_90k]
        return [
            Sample(end - packet.dts_90k, packet.pts_90k - packet.dts_90k, packet.is_key, self._convert(packet.data))
            for packet, end in zip(pictures, ends, strict=True)
        ]

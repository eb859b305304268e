"""Puts the sound of a segment on the file's own timeline, so that it stays with the picture. Pure.

Frames follow each other by their nominal durations as long as that agrees with their times to within 20 ms: the jitter of a camera's
timestamps is not heard. Beyond that the times win. What is missing becomes silence, in frames that any decoder of the codec plays,
because a browser shows no picture of a file whose sound has a hole. What comes twice, or for a time that has been written, is left out.

What does not belong here: which sound goes into which file (stream_writer.py); encoding (audio.py).
"""

from __future__ import annotations

from streaming.media.aac import SAMPLES_PER_FRAME, parse_config
from streaming.media.fmp4 import Sample, timescale
from streaming.media.packet import AudioTrack, Codec, MediaPacket
from streaming.media.timing import TICKS_PER_SECOND, rescale

TOLERANCE_MS = 20
# Sound that is further behind the pictures than this is not waited for any longer.
LATEST_MS = 2_000
_LEFT_OPEN_MS = 1_000
# A raw data block of zeros: one channel element each (single or pair), no spectral data (ISO/IEC 14496-3, 4.4.2).
_SILENT_AAC = {1: bytes.fromhex("00c800802380"), 2: bytes.fromhex("210049900219002380")}
_AAC_OBJECT_TYPES = (2, 5, 29)
# CELT, full band, 20 ms, one frame that says "nothing" (RFC 6716, 4.1).
_SILENT_OPUS = {1: bytes.fromhex("f8fffe"), 2: bytes.fromhex("fcfffe")}
_OPUS_FRAME = 960


class SoundTimeline:
    """Of one segment. Times inside are in the track's timescale, counted from the segment's first picture."""

    def __init__(self, track: AudioTrack, start_90k: int) -> None:
        self._rate = timescale(track)
        self._start_90k = start_90k
        self._silence, self._silence_duration = silence_for(track)
        self._tolerance = self._rate * TOLERANCE_MS // 1000
        self._base = 0  # where the first pending sample begins
        self._end = 0  # of the last sample
        self._pending: list[Sample] = []
        self.left_out = 0

    def add(self, packet: MediaPacket) -> None:
        at = rescale(packet.pts_90k - self._start_90k, TICKS_PER_SECOND, self._rate)
        duration = max(rescale(packet.duration_90k, TICKS_PER_SECOND, self._rate), 1)
        if at - self._end <= -max(duration, self._tolerance):
            self.left_out += 1
            return
        if at - self._end > self._tolerance:
            self._fill(at)
            self._move_end(at)
        elif at - self._end < -self._tolerance:
            self._move_end(max(at, self._base))
        self._append(Sample(duration, 0, True, packet.data))

    def keep_up(self, until_90k: int) -> None:
        """Before a fragment ends: sound that is too far behind the picture becomes silence."""
        until = self._ticks(until_90k)
        if until - self._end > self._rate * LATEST_MS // 1000:
            self._fill(until - self._rate * _LEFT_OPEN_MS // 1000)

    def end(self, until_90k: int) -> None:
        """Before the segment ends: no sound is to come for it."""
        until = self._ticks(until_90k)
        if until - self._end > 2 * self._silence_duration:
            self._fill(until)

    def take(self) -> tuple[int, list[Sample]]:
        """The decode time of the first of the samples since the last call, and those samples."""
        base, samples = self._base, self._pending
        self._base, self._pending = self._end, []
        return base, samples

    def _ticks(self, at_90k: int) -> int:
        return rescale(at_90k - self._start_90k, TICKS_PER_SECOND, self._rate)

    def _append(self, sample: Sample) -> None:
        self._pending.append(sample)
        self._end += sample.duration

    def _fill(self, until: int) -> None:
        while self._silence and self._end + self._silence_duration <= until:
            self._append(Sample(self._silence_duration, 0, True, self._silence))

    def _move_end(self, to: int) -> None:
        """By the duration of the last sample; one that is written already can't be changed, then the next fragment begins elsewhere."""
        if not self._pending:
            self._base = self._end = max(to, self._end)
            return
        last = self._pending[-1]
        duration = max(last.duration + to - self._end, 1)
        self._pending[-1] = Sample(duration, 0, True, last.data)
        self._end += duration - last.duration


def silence_for(track: AudioTrack) -> tuple[bytes, int]:
    """A silent frame and its duration; none for sound that there is no simple one for."""
    if track.codec is Codec.OPUS:
        return _SILENT_OPUS.get(track.channels, b""), _OPUS_FRAME
    if track.codec is Codec.AAC and parse_config(track.config).object_type in _AAC_OBJECT_TYPES:
        return _SILENT_AAC.get(track.channels, b""), SAMPLES_PER_FRAME
    return b"", SAMPLES_PER_FRAME

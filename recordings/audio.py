"""Audio that MP4 players know: AAC and Opus go through as they are, G.711 becomes AAC. One of PyAV's doors.

The encoder hands a frame out one frame late and counts samples from a priming frame at -1024. What it hands out is therefore placed by
sample number, not by when it comes: sample numbers are tied to media time by the packets that brought them.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream

from streaming.media import aac
from streaming.media.packet import AudioTrack, Codec, MediaPacket
from streaming.media.timing import TICKS_PER_SECOND, rescale

logger = logging.getLogger(__name__)
_DECODERS = {Codec.PCMA: "pcm_alaw", Codec.PCMU: "pcm_mulaw"}
_BITS_PER_SECOND = 32_000
_FRAME_SAMPLES = aac.SAMPLES_PER_FRAME
# Packets that come so much before or after the end of the one before them are not joined to it.
_TOLERANCE_90K = TICKS_PER_SECOND // 10


class AacEncoder:
    """Costs about half a per cent of a core per camera."""

    def __init__(self, source: AudioTrack) -> None:
        self._rate_hz = source.sample_rate_hz
        self._layout = "mono" if source.channels == 1 else "stereo"
        self._source = source
        self._is_broken = False
        self._anchors: deque[tuple[int, int]] = deque()
        self._expected_90k: int | None = None
        self._last: MediaPacket | None = None
        self._start_over()
        config = bytes(self._encoder.extradata or b"")
        self.track = AudioTrack(Codec.AAC, self._rate_hz, source.channels, aac.codec_string(config), config)

    def encode(self, packet: MediaPacket) -> list[MediaPacket]:
        """The AAC frames that this packet completes: up to a quarter of a second of sound stays in here. A packet that can't be decoded is
        left out and told once.
        """
        try:
            return self._encode_packet(packet)
        except av.FFmpegError as error:
            if not self._is_broken:
                self._is_broken = True
                logger.warning("%s sound can't be made AAC: %s", self._source.codec, error)
            return []

    def drain(self) -> list[MediaPacket]:
        """What is still in here, the last frame filled up with silence. The next packet is the first of new sound."""
        found: list[MediaPacket] = []
        if self._samples_in:
            try:
                if (rest := self._fifo.read(0, partial=True)) is not None:
                    found += self._encode(rest)
                found += self._placed(self._encoder.encode(None))
            except av.FFmpegError as error:
                logger.warning("the last sound of a recording is lost: %s", error)
            self._start_over()
        return found

    def _encode_packet(self, packet: MediaPacket) -> list[MediaPacket]:
        found: list[MediaPacket] = []
        if self._expected_90k is not None and abs(packet.pts_90k - self._expected_90k) > _TOLERANCE_90K:
            found = self.drain()
        self._last = packet
        self._anchors.append((self._samples_in, packet.pts_90k))
        for frame in self._decoder.decode(av.Packet(packet.data)):
            for ready in self._resampler.resample(frame):
                ready.pts = None
                self._samples_in += ready.samples
                self._fifo.write(ready)
        self._expected_90k = packet.pts_90k + rescale(self._samples_in - self._anchors[-1][0], self._rate_hz, TICKS_PER_SECOND)
        while (whole := self._fifo.read(_FRAME_SAMPLES)) is not None:
            found += self._encode(whole)
        return found

    def _start_over(self) -> None:
        self._decoder = _context(_DECODERS[self._source.codec], "r")
        self._decoder.sample_rate, self._decoder.layout, self._decoder.format = self._rate_hz, self._layout, "s16"
        self._encoder = _context("aac", "w")
        self._encoder.sample_rate, self._encoder.layout, self._encoder.format = self._rate_hz, self._layout, "fltp"
        self._encoder.bit_rate = _BITS_PER_SECOND * self._source.channels
        self._encoder.time_base = Fraction(1, self._rate_hz)
        self._encoder.open()
        self._resampler = av.AudioResampler(format="fltp", layout=self._layout, rate=self._rate_hz)
        self._fifo = av.AudioFifo()
        self._samples_in = self._samples_encoded = 0
        self._anchors.clear()
        self._expected_90k = self._last = None

    def _encode(self, frame: av.AudioFrame) -> list[MediaPacket]:
        frame.pts, frame.time_base = self._samples_encoded, Fraction(1, self._rate_hz)
        self._samples_encoded += frame.samples
        return self._placed(self._encoder.encode(frame))

    def _placed(self, encoded: Sequence[av.Packet[AudioStream]]) -> list[MediaPacket]:
        assert self._last is not None
        found = []
        for packet in encoded:
            if packet.pts is None or packet.pts < 0 or packet.pts >= self._samples_in:
                continue  # priming, or nothing but what the last frame was filled up with
            pts_90k = self._media_time(packet.pts)
            duration_90k = rescale(_FRAME_SAMPLES, self._rate_hz, TICKS_PER_SECOND)
            data = bytes(packet)
            found.append(replace(self._last, pts_90k=pts_90k, dts_90k=pts_90k, duration_90k=duration_90k, is_key=True, data=data))
        return found

    def _media_time(self, sample: int) -> int:
        while len(self._anchors) > 1 and self._anchors[1][0] <= sample:
            self._anchors.popleft()
        number, pts_90k = self._anchors[0]
        return pts_90k + rescale(sample - number, self._rate_hz, TICKS_PER_SECOND)


def _context(name: str, mode: Literal["r", "w"]) -> AudioCodecContext:
    context = av.CodecContext.create(name, mode)
    assert isinstance(context, AudioCodecContext)
    return context


def encoder_for(track: AudioTrack | None) -> AacEncoder | None:
    """None when there is no audio, or it needs none."""
    return AacEncoder(track) if track is not None and track.codec in _DECODERS else None

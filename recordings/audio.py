"""Audio that MP4 players know: AAC and Opus go through as they are, G.711 becomes AAC. One of PyAV's doors."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Literal

import av
from av.audio.codeccontext import AudioCodecContext

from streaming.media import aac
from streaming.media.packet import AudioTrack, Codec, MediaPacket
from streaming.media.timing import TICKS_PER_SECOND, rescale

_DECODERS = {Codec.PCMA: "pcm_alaw", Codec.PCMU: "pcm_mulaw"}
_BITS_PER_SECOND = 32_000
_FRAME_SAMPLES = 1024


class AacEncoder:
    """Costs about half a per cent of a core per camera. Times follow the input's; the encoder's priming frame is left out."""

    def __init__(self, source: AudioTrack) -> None:
        self._rate_hz = source.sample_rate_hz
        layout = "mono" if source.channels == 1 else "stereo"
        self._decoder = _context(_DECODERS[source.codec], "r")
        self._decoder.sample_rate, self._decoder.layout, self._decoder.format = self._rate_hz, layout, "s16"
        self._encoder = _context("aac", "w")
        self._encoder.sample_rate, self._encoder.layout, self._encoder.format = self._rate_hz, layout, "fltp"
        self._encoder.bit_rate = _BITS_PER_SECOND * source.channels
        self._encoder.time_base = Fraction(1, self._rate_hz)
        self._encoder.open()
        self._fifo = av.AudioFifo()
        self._resampler = av.AudioResampler(format="fltp", layout=layout, rate=self._rate_hz)
        config = bytes(self._encoder.extradata or b"")
        self.track = AudioTrack(Codec.AAC, self._rate_hz, source.channels, aac.codec_string(config), config)
        self._next_90k: int | None = None

    def encode(self, packet: MediaPacket) -> list[MediaPacket]:
        """The AAC frames that this packet completes."""
        if self._next_90k is None or abs(packet.pts_90k - self._next_90k - self._waiting_90k()) > TICKS_PER_SECOND // 5:
            self._fifo = av.AudioFifo()
            self._next_90k = packet.pts_90k
        for frame in self._decoder.decode(av.Packet(packet.data)):
            for ready in self._resampler.resample(frame):
                ready.pts = None
                self._fifo.write(ready)
        found = []
        duration_90k = rescale(_FRAME_SAMPLES, self._rate_hz, TICKS_PER_SECOND)
        while (ready_frame := self._fifo.read(_FRAME_SAMPLES)) is not None:
            ready_frame.pts = None
            for encoded in self._encoder.encode(ready_frame):
                found.append(
                    replace(
                        packet, pts_90k=self._next_90k, dts_90k=self._next_90k, duration_90k=duration_90k, is_key=True, data=bytes(encoded)
                    )
                )
            self._next_90k += duration_90k
        return found

    def _waiting_90k(self) -> int:
        return rescale(self._fifo.samples, self._rate_hz, TICKS_PER_SECOND)


def _context(name: str, mode: Literal["r", "w"]) -> AudioCodecContext:
    context = av.CodecContext.create(name, mode)
    assert isinstance(context, AudioCodecContext)
    return context


def encoder_for(track: AudioTrack | None) -> AacEncoder | None:
    """None when there is no audio, or it needs none."""
    return AacEncoder(track) if track is not None and track.codec in _DECODERS else None

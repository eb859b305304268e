"""Frames to RTP payloads, one module per codec; the marker bit belongs to the last payload of a video frame.

Pure: sequence numbers, time stamps and headers are the server's affair.
"""

from __future__ import annotations

from collections.abc import Callable

from streaming.media.packet import Codec
from streaming.rtsp.packetize import aac, h264, h265, jpeg, simple

# 1400 + 12 (RTP) + 28 (IPv4, UDP) stays below 1440, which passes PPPoE and most tunnels unfragmented.
PAYLOAD_BYTES = 1400

Packetizer = Callable[[bytes, int], list[bytes]]

_PACKETIZERS: dict[Codec, Packetizer] = {
    Codec.H264: h264.packetize,
    Codec.H265: h265.packetize,
    Codec.MJPEG: jpeg.packetize,
    Codec.AAC: aac.packetize,
    Codec.PCMA: simple.packetize_samples,
    Codec.PCMU: simple.packetize_samples,
    Codec.OPUS: simple.packetize_opus,
}


def packetizer_for(codec: Codec) -> Packetizer:
    """A function of a frame (access unit in Annex B, JPEG picture, audio frame) and the largest payload in bytes."""
    return _PACKETIZERS[codec]

"""RTP payloads to frames, one module per payload format; a new codec is a module here, a line below and one in sdp.CODECS.

A frame comes out with the packet that completes it. Nothing here raises on what a camera sends: what can't be read is dropped.
"""

from __future__ import annotations

import re

from streaming.media.packet import Codec
from streaming.rtsp.depacketize.aac import AacDepacketizer
from streaming.rtsp.depacketize.frame import Depacketizer, Frame
from streaming.rtsp.depacketize.h264 import H264Depacketizer
from streaming.rtsp.depacketize.h265 import H265Depacketizer
from streaming.rtsp.depacketize.mjpeg import MjpegDepacketizer
from streaming.rtsp.depacketize.whole import WholeFrameDepacketizer
from streaming.rtsp.sdp import MediaDescription

__all__ = ["Depacketizer", "Frame", "depacketizer_for"]


def depacketizer_for(media: MediaDescription) -> Depacketizer:
    """Raises ValueError for a medium without a known codec: choose among the media first."""
    match media.codec:
        case Codec.H264:
            return H264Depacketizer(media.parameter_sets)
        case Codec.H265:
            return H265Depacketizer(media.parameter_sets, media.parameters.get("sprop-max-don-diff", "0").strip("0") != "")
        case Codec.MJPEG:
            size = re.fullmatch(r"(\d{1,5})[,x-](\d{1,5})", media.frame_size)
            return MjpegDepacketizer(int(size[1]), int(size[2])) if size else MjpegDepacketizer()
        case Codec.AAC:
            return AacDepacketizer(media.parameters)
        case Codec.PCMA | Codec.PCMU | Codec.OPUS:
            return WholeFrameDepacketizer()
        case None:
            raise ValueError(f"no depacketizer for {media.encoding!r}")

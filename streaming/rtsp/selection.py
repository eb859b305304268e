"""Which of the media a camera describes are set up: the first video we can show, and the first audio we can play.

A stream without video is a fault, since nothing could be shown; audio we don't know is left out with a note.
"""

from __future__ import annotations

from dataclasses import dataclass

from streaming.media.packet import Codec
from streaming.rtsp.errors import FailureCode, StreamFailure
from streaming.rtsp.sdp import MediaDescription, SessionDescription

_VIDEO = frozenset({Codec.H264, Codec.H265, Codec.MJPEG})
_AUDIO = frozenset({Codec.AAC, Codec.PCMA, Codec.PCMU, Codec.OPUS})
# Names people may know from their camera's settings page, for encodings whose names in SDP they don't.
_NAMES = {
    "MP4V-ES": "MPEG-4 Part 2",
    "MPV": "MPEG-1/2",
    "MP2T": "an MPEG transport stream",
    "H263": "H.263",
    "H263-1998": "H.263",
    "H263-2000": "H.263",
    "H261": "H.261",
    "H266": "H.266 (VVC)",
    "JPEG2000": "JPEG 2000",
    "AV1": "AV1",
    "MP4A-LATM": "AAC in LATM",
    "L16": "uncompressed PCM",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """The video first. `notes` are sentences for the camera's owner."""

    media: tuple[MediaDescription, ...]
    notes: tuple[str, ...]


def select_media(description: SessionDescription) -> Selection:
    """Raises StreamFailure (no_video, unsupported_codec)."""
    videos = [media for media in description.media if media.kind == "video"]
    if not videos:
        raise StreamFailure(FailureCode.NO_VIDEO, "The camera's address leads to a stream without video.")
    video = next((media for media in videos if media.codec in _VIDEO), None)
    if video is None:
        raise StreamFailure(
            FailureCode.UNSUPPORTED_CODEC,
            f"The camera sends video as {_name(videos[0])}, which can't be shown. Set it to H.264, H.265 or MJPEG.",
        )
    # With sendonly an ONVIF camera offers its loudspeaker, not its microphone (Streaming Specification, 5.3).
    audios = [media for media in description.media if media.kind == "audio" and media.direction not in ("sendonly", "inactive")]
    audio = next((media for media in audios if media.codec in _AUDIO), None)
    if audio is None:
        notes = (f"Sound is left out: the camera sends it as {_name(audios[0])}.",) if audios else ()
        return Selection((video,), notes)
    return Selection((video, audio), ())


def _name(media: MediaDescription) -> str:
    return _NAMES.get(media.encoding, media.encoding[:40]) or f"payload type {media.payload_type}, an unknown codec"

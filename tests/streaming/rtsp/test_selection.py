from __future__ import annotations

import pytest

from streaming.media.packet import Codec
from streaming.rtsp.errors import FailureCode, StreamFailure
from streaming.rtsp.sdp import MediaDescription, SessionDescription
from streaming.rtsp.selection import select_media

H264, H265 = MediaDescription("video", 96, "H264", 90_000), MediaDescription("video", 98, "HEVC", 90_000)
MP4V, MPEGTS = MediaDescription("video", 96, "MP4V-ES", 90_000), MediaDescription("video", 33, "MP2T", 90_000)
AAC, PCMA = MediaDescription("audio", 97, "MPEG4-GENERIC", 16_000), MediaDescription("audio", 8, "PCMA", 8000)
G726, METADATA = MediaDescription("audio", 99, "G726-32", 8000), MediaDescription("application", 107, "VND.ONVIF.METADATA", 90_000)
LOUDSPEAKER = MediaDescription("audio", 0, "PCMU", 8000, direction="sendonly")


@pytest.mark.parametrize(
    ("described", "selected", "notes"),
    [
        ((METADATA, AAC, H264), (H264, AAC), 0),
        ((MP4V, H265, H264), (H265,), 0),
        ((H264, G726, PCMA), (H264, PCMA), 0),
        ((H264, G726), (H264,), 1),
        ((H264, LOUDSPEAKER), (H264,), 0),
    ],
)
def test_the_first_video_and_the_first_sound_we_know(
    described: tuple[MediaDescription, ...], selected: tuple[MediaDescription, ...], notes: int
) -> None:
    selection = select_media(SessionDescription(described))
    assert selection.media == selected
    assert len(selection.notes) == notes


@pytest.mark.parametrize(
    ("described", "code", "words"),
    [
        ((AAC, METADATA), FailureCode.NO_VIDEO, "without video"),
        ((MP4V, AAC), FailureCode.UNSUPPORTED_CODEC, "MPEG-4 Part 2"),
        ((MPEGTS,), FailureCode.UNSUPPORTED_CODEC, "transport stream"),
        ((MediaDescription("video", 99, "", 90_000),), FailureCode.UNSUPPORTED_CODEC, "payload type 99"),
        ((MediaDescription("video", 8, "PCMA", 8000),), FailureCode.UNSUPPORTED_CODEC, Codec.PCMA.upper()),
    ],
)
def test_streams_that_cannot_be_shown(described: tuple[MediaDescription, ...], code: FailureCode, words: str) -> None:
    with pytest.raises(StreamFailure) as raised:
        select_media(SessionDescription(described))
    assert raised.value.code is code
    assert words in raised.value.text

"""Frames through a packetizer, an RTP sender, and the depacketizers that ingest reads cameras with."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from streaming.media.annexb import annexb, split_annexb
from streaming.media.packet import AudioTrack, Codec, VideoTrack
from streaming.rtsp.depacketize import Frame, depacketizer_for
from streaming.rtsp.packetize import packetizer_for
from streaming.rtsp.packetize.sender import RtpFrame, RtpSender, TrackName
from streaming.rtsp.rtp import parse_rtp
from streaming.rtsp.server_source import media_description

LIMITS = st.integers(32, 1500)
# No emulated start codes, and never a zero at the end: what an encoder guarantees (H.264, 7.4.1).
_BYTES = st.integers(4, 255)


def nal_units(heads: list[bytes]) -> st.SearchStrategy[list[bytes]]:
    # As long as a parameter set that is remembered may be, and many packets long.
    sized = st.builds(lambda size, fill: bytes((0x80, *(fill,) * size)), st.integers(1, 4000), _BYTES)
    return st.tuples(*(sized.map(lambda body, head=head: head + body) for head in heads)).map(list)  # type: ignore[misc] # bound per head


def travelled(track: VideoTrack | AudioTrack, frames: list[bytes], limit_bytes: int) -> list[Frame]:
    description = media_description(track, "trackID=0")
    receiver = depacketizer_for(description)
    sender = RtpSender(
        description.payload_type, description.clock_rate_hz, ssrc=1, first_sequence=65_530, timestamp_offset=0, marks_frames=True
    )
    received: list[Frame] = []
    for number, data in enumerate(frames):
        payloads = packetizer_for(track.codec)(data, limit_bytes)
        assert all(len(payload) <= limit_bytes for payload in payloads)
        name: TrackName = "video" if isinstance(track, VideoTrack) else "audio"
        for packet in sender.number(RtpFrame(name, number * 3000, payloads, True, 0)).datagrams():
            received += receiver.push(parse_rtp(packet), False)
    return received


@given(nal_units([b"\x67", b"\x68", b"\x06", b"\x65", b"\x65"]), LIMITS)
def test_h264_nal_units_of_any_size(nals: list[bytes], limit_bytes: int) -> None:
    nals[4] = nals[4][:1] + b"\x40" + nals[4][2:]  # the second slice goes on with the picture
    received = travelled(VideoTrack(Codec.H264, 0, 0, ""), [annexb(nals)], limit_bytes)
    assert [(split_annexb(frame.data), frame.is_key) for frame in received] == [(nals, True)]


@given(nal_units([b"\x40\x01", b"\x42\x01", b"\x44\x01", b"\x26\x01"]), LIMITS)
def test_h265_nal_units_of_any_size(nals: list[bytes], limit_bytes: int) -> None:
    received = travelled(VideoTrack(Codec.H265, 0, 0, ""), [annexb(nals)], limit_bytes)
    assert [(split_annexb(frame.data), frame.is_key) for frame in received] == [(nals, True)]


@given(st.lists(st.binary(min_size=1, max_size=3000), min_size=1, max_size=4), LIMITS)
def test_aac_frames_of_any_size(frames: list[bytes], limit_bytes: int) -> None:
    track = AudioTrack(Codec.AAC, 16_000, 1, "mp4a.40.2", bytes.fromhex("1408"))
    assert [frame.data for frame in travelled(track, frames, limit_bytes)] == frames


@pytest.mark.parametrize("codec", [Codec.PCMA, Codec.PCMU, Codec.OPUS])
def test_sound_that_fits_into_one_packet(codec: Codec) -> None:
    assert [frame.data for frame in travelled(AudioTrack(codec, 8000, 1, ""), [b"one", b"two"], 1400)] == [b"one", b"two"]
    with pytest.raises(ValueError, match="does not fit"):
        packetizer_for(codec)(bytes(1401), 1400)


@pytest.mark.parametrize("size", [(64, 48), (320, 240), (2040, 64)])
@pytest.mark.parametrize("subsampling", [1, 2])
def test_jpeg_pictures_decode_to_the_same_pixels(size: tuple[int, int], subsampling: int) -> None:
    picture = jpeg(size, subsampling=subsampling)
    (frame,) = travelled(VideoTrack(Codec.MJPEG, *size, "mjpeg"), [picture], 1400)
    assert Image.open(io.BytesIO(frame.data)).tobytes() == Image.open(io.BytesIO(picture)).tobytes()


def test_jpeg_with_restart_markers() -> None:
    picture = jpeg((320, 240), restart_marker_blocks=4)
    (frame,) = travelled(VideoTrack(Codec.MJPEG, 320, 240, "mjpeg"), [picture], 700)
    assert Image.open(io.BytesIO(frame.data)).tobytes() == Image.open(io.BytesIO(picture)).tobytes()


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (b"PNG", "SOI"),
        (b"\xff\xd8\xff\xd9", "without a picture"),
        (b"\xff\xd8\x00\x00\x00\x00", "no JPEG marker"),
    ],
)
def test_what_is_no_jpeg_is_refused(picture: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        packetizer_for(Codec.MJPEG)(picture, 1400)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"optimize": True}, "Huffman"),
        ({"progressive": True}, "baseline|Huffman"),
        ({"subsampling": 0}, "neither 4:2:0 nor 4:2:2"),
        ({"size": (2048, 16)}, "too large"),
    ],
)
def test_jpeg_that_no_receiver_could_rebuild_is_refused(options: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        packetizer_for(Codec.MJPEG)(jpeg(**options), 1400)  # type: ignore[arg-type] # Pillow's own options


def jpeg(size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85, **options)
    return buffer.getvalue()

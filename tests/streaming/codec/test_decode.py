from __future__ import annotations

import random
from dataclasses import replace

import pytest

from streaming.codec.decode import Decoder, decode_keyframe
from streaming.media.packet import Codec, MediaPacket, VideoTrack
from tests.support.clips import clip

START_MS = 1_795_000_000_000


def packets_of(name: str) -> tuple[VideoTrack, list[MediaPacket]]:
    video = clip(name).tracks.video
    assert video is not None
    packets = [
        MediaPacket("video", 1, frame.rtp_timestamp, frame.rtp_timestamp, 3_600, frame.is_key, START_MS + int(frame.sent_at_ms), frame.data)
        for frame in clip(name).of("video")
    ]
    return video, packets


@pytest.mark.parametrize("name", ["h264", "h264_baseline", "h265", "mjpeg"])
def test_every_packet_becomes_a_frame_at_once(name: str) -> None:
    track, packets = packets_of(name)
    decoder = Decoder(track)
    for packet in packets:
        (decoded,) = decoder.decode(packet)
        assert (decoded.frame.width, decoded.frame.height) == (track.width_px, track.height_px)
        assert (decoded.pts_90k, decoded.captured_at_ms) == (packet.pts_90k, packet.captured_at_ms)
    assert decoder.corrupt_packets == 0


def test_reordered_pictures_come_in_the_order_to_show_them_with_their_own_times() -> None:
    track, packets = packets_of("h264_b")
    decoder = Decoder(track)
    decoded = [frame for packet in packets for frame in decoder.decode(packet)]
    captured = {packet.pts_90k: packet.captured_at_ms for packet in packets}
    assert [frame.pts_90k for frame in decoded] == sorted(frame.pts_90k for frame in decoded)
    assert len(decoded) > len(packets) - 4
    assert all(frame.captured_at_ms == captured[frame.pts_90k] for frame in decoded)


def test_a_picture_that_claims_an_absurd_size_takes_no_memory() -> None:
    track, (packet, *_) = packets_of("mjpeg")
    at = packet.data.index(b"\xff\xc0") + 5
    huge = replace(packet, data=packet.data[:at] + (8000).to_bytes(2, "big") * 2 + packet.data[at + 4 :])
    assert decode_keyframe(track, packet) is not None
    assert decode_keyframe(track, huge) is None
    assert Decoder(track).decode(huge) == []


def test_decoding_begins_at_a_keyframe() -> None:
    track, packets = packets_of("h264")
    decoder = Decoder(track)
    next_key = next(index for index, packet in enumerate(packets) if packet.is_key and index)
    assert [len(decoder.decode(packet)) for packet in packets[1:next_key]] == [0] * (next_key - 1)
    assert len(decoder.decode(packets[next_key])) == 1


@pytest.mark.parametrize("name", ["h264", "h265", "mjpeg"])
def test_garbage_is_counted_and_pictures_go_on_at_the_next_keyframe(name: str) -> None:
    track, packets = packets_of(name)
    decoder = Decoder(track)
    assert decoder.decode(packets[0])
    noise = random.Random(1).randbytes
    for packet in packets[1:10]:
        broken = MediaPacket("video", 1, packet.pts_90k, packet.dts_90k, 3_600, False, packet.captured_at_ms, noise(300))
        decoder.decode(broken)
    assert decoder.corrupt_packets > 0
    key = next(packet for packet in packets[10:] if packet.is_key)
    decoder.skip_to_keyframe()
    assert len(decoder.decode(key)) == 1


def test_cut_packets_never_raise() -> None:
    track, packets = packets_of("h264")
    decoder = Decoder(track)
    for packet in packets:
        half = packet.data[: len(packet.data) // 2]
        decoder.decode(MediaPacket("video", 1, packet.pts_90k, packet.dts_90k, 3_600, packet.is_key, packet.captured_at_ms, half))
        decoder.decode(MediaPacket("video", 1, packet.pts_90k, packet.dts_90k, 3_600, packet.is_key, packet.captured_at_ms, b""))


@pytest.mark.parametrize("name", ["h264", "h264_b", "h265", "mjpeg"])
def test_a_keyframe_alone_is_a_picture(name: str) -> None:
    track, packets = packets_of(name)
    frame = decode_keyframe(track, packets[0])
    assert frame is not None
    assert (frame.width, frame.height) == (640, 360)


def test_a_broken_keyframe_is_none() -> None:
    track, packets = packets_of("h264")
    key = packets[0]
    assert decode_keyframe(track, MediaPacket("video", 1, 0, 0, 0, True, key.captured_at_ms, b"\0\0\0\1\x65nothing")) is None


def test_audio_has_no_pictures() -> None:
    with pytest.raises(ValueError, match="no video codec"):
        Decoder(VideoTrack(Codec.AAC, 1, 1, ""))

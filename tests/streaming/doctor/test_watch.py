"""Real clips of every codec, packet by packet; and what cameras do to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from streaming.doctor.nal_heads import nal_heads
from streaming.doctor.watch import VideoWatch
from streaming.media.packet import Codec
from streaming.rtsp.rtcp import SenderReport, ms_to_ntp, sender_report
from streaming.rtsp.rtp import RtpPacket, build_rtp
from streaming.rtsp.server_source import media_description
from tests.support.clips import Clip, clip

START_MS = 1_700_000_000_000


def packets(source: Clip, *, first_timestamp: int = 0xFFFF_0000, aggregates: bool = False) -> Iterator[tuple[RtpPacket, int]]:
    """With the moment of arrival. Time stamps wrap, sequence numbers too."""
    sequence = 0xFFF0
    for frame in source.of("video"):
        payloads = _aggregated(frame.payloads) if aggregates else frame.payloads
        for index, payload in enumerate(payloads):
            timestamp = (first_timestamp + frame.rtp_timestamp) & 0xFFFFFFFF
            yield RtpPacket(96, index == len(payloads) - 1, sequence & 0xFFFF, timestamp, 7, payload), START_MS + round(frame.sent_at_ms)
            sequence += 1


def _aggregated(payloads: tuple[bytes, ...]) -> list[bytes]:
    """Parameter sets in one STAP-A, as most cameras send them."""
    sets = [payload for payload in payloads if payload[0] & 0x1F in (6, 7, 8)]
    rest = [payload for payload in payloads if payload[0] & 0x1F not in (6, 7, 8)]
    return [b"\x78" + b"".join(len(one).to_bytes(2, "big") + one for one in sets), *rest] if sets else rest


def watch_of(name: str) -> VideoWatch:
    video = clip(name).tracks.video
    assert video is not None
    return VideoWatch(media_description(video, ""))


def take(watch: VideoWatch, packet: RtpPacket, now_ms: int) -> None:
    watch.take(build_rtp(packet), now_ms, is_rtcp_channel=False)


@pytest.mark.parametrize("name", ["h264_aac", "h264_b", "h265", "mjpeg"])
def test_pictures_are_told_apart_and_keyframes_known(name: str) -> None:
    watch = watch_of(name)
    for packet, now_ms in packets(clip(name)):
        take(watch, packet, now_ms)
    frames = clip(name).of("video")
    assert len(watch.pictures) == len(frames) - 1, "the last is still open"
    assert [picture.is_key for picture in watch.pictures] == [frame.is_key for frame in frames[:-1]]
    assert [picture.at_90k for picture in watch.pictures] == [frame.rtp_timestamp - frames[0].rtp_timestamp for frame in frames[:-1]]
    assert all(picture.has_sets for picture in watch.pictures if picture.is_key)
    assert (watch.lost, watch.late) == (0, 0)


def test_parameter_sets_in_an_aggregate_and_marked_on_their_own_belong_to_the_picture_behind_them() -> None:
    watch = watch_of("h264_aac")
    for packet, now_ms in packets(clip("h264_aac"), aggregates=True):
        is_sets = packet.payload[0] & 0x1F == 24
        take(watch, packet._replace(marker=packet.marker or is_sets), now_ms)
    keys = [picture for picture in watch.pictures if picture.is_key]
    assert len(keys) == 4
    assert all(picture.has_sets for picture in keys)
    assert len(watch.pictures) == len(clip("h264_aac").of("video")) - 1


def test_delimiters_begin_no_picture() -> None:
    watch = watch_of("h264_aac")
    for number, (packet, now_ms) in enumerate(packets(clip("h264_aac"))):
        numbered = packet._replace(sequence=2 * number)
        take(watch, numbered._replace(payload=b"\x09\x10", marker=False), now_ms)
        take(watch, numbered._replace(sequence=2 * number + 1), now_ms)
    assert len(watch.pictures) == len(clip("h264_aac").of("video")) - 1


def test_sets_left_out_are_missed() -> None:
    watch = watch_of("h264_aac")
    for packet, now_ms in packets(clip("h264_aac")):
        if packet.payload[0] & 0x1F not in (7, 8):
            take(watch, packet, now_ms)
    assert not any(picture.has_sets for picture in watch.pictures)


def test_loss_is_counted_and_what_overtook_others_is_not() -> None:
    watch = watch_of("h264_aac")
    sent = list(packets(clip("h264_aac")))
    sent[10], sent[11] = sent[11], sent[10]
    lost = {20, 21, 40}
    for number, (packet, now_ms) in enumerate(sent):
        if number not in lost:
            take(watch, packet, now_ms)
    assert watch.lost == 3
    assert watch.packets == len(sent) - 3


def test_reports_place_the_cameras_clock_on_its_pictures() -> None:
    watch = watch_of("h264_aac")
    report = sender_report(SenderReport(7, ms_to_ntp(START_MS), 0), "camera")
    watch.take(report, START_MS, is_rtcp_channel=True)
    assert watch.reports == [], "before the first picture there is nothing to place it on"
    (first, now_ms), *_ = packets(clip("h264_aac"))
    take(watch, first, now_ms)
    later = sender_report(SenderReport(7, ms_to_ntp(START_MS + 2000), (first.timestamp + 180_000) & 0xFFFFFFFF), "camera")
    watch.take(later, START_MS + 5, is_rtcp_channel=False)
    assert [(one.at_90k, one.ntp_ms, one.arrived_at_ms) for one in watch.reports] == [(180_000, START_MS + 2000, START_MS + 5)]


def test_no_truncated_packet_is_a_fault_of_ours() -> None:
    for name, codec in (("h264_aac", Codec.H264), ("h265", Codec.H265)):
        for frame in clip(name).of("video")[:2]:
            for payload in (*frame.payloads[:3], *_aggregated(frame.payloads)[:1]):
                for end in range(min(len(payload), 80)):
                    list(nal_heads(codec, payload[:end]))
    watch = watch_of("mjpeg")
    for end in range(40):
        watch.take(build_rtp(RtpPacket(26, True, end, 0, 1, bytes(40)))[:end], 0, is_rtcp_channel=False)

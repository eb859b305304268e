from __future__ import annotations

from streaming.rtsp.message import Parser
from streaming.rtsp.packetize.sender import RtpFrame, RtpSender
from streaming.rtsp.rtcp import SenderReport, parse_rtcp
from streaming.rtsp.rtp import parse_rtp


def sender(first_sequence: int = 0, timestamp_offset: int = 0, *, marks_frames: bool = True) -> RtpSender:
    numbers = {"first_sequence": first_sequence, "timestamp_offset": timestamp_offset}
    return RtpSender(96, 90_000, ssrc=0xCAFE, marks_frames=marks_frames, **numbers)


def frame(*payloads: bytes, timestamp: int = 0, captured_at_ms: int = 0) -> RtpFrame:
    return RtpFrame("video", timestamp, payloads, True, captured_at_ms)


def test_the_marker_ends_a_frame_where_it_is_wanted() -> None:
    marked = [parse_rtp(packet) for packet in sender().number(frame(b"a", b"b")).datagrams()]
    plain = [parse_rtp(packet) for packet in sender(marks_frames=False).number(frame(b"a", b"b")).datagrams()]
    assert [(packet.payload, packet.marker) for packet in marked] == [(b"a", False), (b"b", True)]
    assert [packet.marker for packet in plain] == [False, False]


def test_sequence_and_time_stamp_wrap() -> None:
    numbers = sender(first_sequence=0xFFFF, timestamp_offset=0xFFFFFFFF)
    first = [parse_rtp(packet) for packet in numbers.number(frame(b"a", b"b", timestamp=0)).datagrams()]
    second = [parse_rtp(packet) for packet in numbers.number(frame(b"c", timestamp=3000)).datagrams()]
    assert [packet.sequence for packet in first + second] == [0xFFFF, 0, 1]
    assert [packet.timestamp for packet in first + second] == [0xFFFFFFFF, 0xFFFFFFFF, 2999]


def test_interleaved_bytes_are_the_same_packets() -> None:
    numbered = sender().number(frame(b"a" * 1400, b"b"))
    received: list[tuple[int, bytes]] = []
    Parser(lambda channel, packet: received.append((channel, packet)), lambda _: None).feed(numbered.interleaved(6))
    assert received == [(6, packet) for packet in numbered.datagrams()]
    assert len(numbered.interleaved(6)) == numbered.size_bytes


def test_a_report_maps_now_to_the_media_clock() -> None:
    numbers = sender(timestamp_offset=500)
    assert numbers.report(1_000) is None
    numbers.number(frame(b"abc", b"de", timestamp=9_000, captured_at_ms=1_795_341_600_000))
    packet = numbers.report(1_795_341_600_250)
    assert packet is not None
    report = next(part for part in parse_rtcp(packet) if isinstance(part, SenderReport))
    assert (report.ssrc, report.ntp_ms, report.rtp_timestamp) == (0xCAFE, 1_795_341_600_250, 500 + 9_000 + 22_500)
    assert (report.packets, report.payload_bytes) == (2, 5)

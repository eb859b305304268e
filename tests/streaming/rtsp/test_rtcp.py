from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streaming.rtsp.rtcp import (
    Goodbye,
    ReportBlock,
    SenderReport,
    goodbye,
    is_rtcp,
    ms_to_ntp,
    ntp_to_ms,
    parse_rtcp,
    receiver_report,
    sender_report,
)

REPORT = SenderReport(0xDEADBEEF, ms_to_ntp(1_795_343_184_737), 0xFFFFFFFE, 1000, 123_456)


def test_a_compound_packet_of_report_and_goodbye() -> None:
    data = sender_report(REPORT, "camera") + goodbye(0xDEADBEEF)
    assert list(parse_rtcp(data)) == [REPORT, Goodbye(0xDEADBEEF)]
    assert REPORT.ntp_ms == 1_795_343_184_737
    assert is_rtcp(data)


def test_a_sender_without_a_clock_says_so() -> None:
    assert SenderReport(1, 0, 5).ntp_ms is None


def test_a_receiver_report_byte_by_byte() -> None:
    block = ReportBlock(0x11223344, 128, -1, 0x10005, 7, 0xAABBCCDD, 65536)
    assert receiver_report(0x55667788, (block,), "nvr") == (
        b"\x81\xc9\0\7\x55\x66\x77\x88"
        b"\x11\x22\x33\x44\x80\xff\xff\xff\0\1\0\5\0\0\0\7\xaa\xbb\xcc\xdd\0\1\0\0"
        b"\x81\xca\0\3\x55\x66\x77\x88\1\3nvr\0\0\0"
    )


@given(st.integers(0, 4_102_444_800_000))
def test_milliseconds_survive_ntp(ms: int) -> None:
    assert ntp_to_ms(ms_to_ntp(ms)) == ms


@given(st.binary(max_size=100), st.integers(0, 60))
def test_no_bytes_raise(data: bytes, cut: int) -> None:
    list(parse_rtcp(data))
    list(parse_rtcp((sender_report(REPORT, "x") + goodbye(1))[:cut] + data))

from __future__ import annotations

from streaming.rtsp.receiver import MediaReceiver, Unit
from streaming.rtsp.rtcp import SenderReport, goodbye, ms_to_ntp, sender_report
from streaming.rtsp.rtp import RtpPacket, build_rtp
from streaming.rtsp.sdp import MediaDescription

VIDEO = MediaDescription("video", 96, "H264", 90_000)
AUDIO = MediaDescription("audio", 8, "PCMA", 8000)
KEY, SLICE, REST = b"\x65\x80 key", b"\x41\x80 slice", b"\x41\x40 rest"


class Receiver:
    """One medium's receiver and the units that came out of it."""

    def __init__(self, media: MediaDescription = VIDEO, *, may_reorder: bool = False) -> None:
        self.units: list[Unit] = []
        self.receiver = MediaReceiver(0, media, self.units.append, may_reorder=may_reorder)

    def take(
        self, sequence: int, payload: bytes, timestamp: int = 0, *, marker: bool = True, at_ms: int = 0, ssrc: int = 1, kind: int = 96
    ) -> None:
        self.receiver.receive(build_rtp(RtpPacket(kind, marker, sequence & 0xFFFF, timestamp, ssrc, payload)), at_ms)


def test_a_unit_arrives_with_its_first_packet() -> None:
    got = Receiver()
    got.take(0, KEY, 0, marker=False, at_ms=100)
    got.take(1, REST, 0, at_ms=107)
    got.take(2, SLICE, 0, at_ms=140)  # the camera's clock stands still
    got.take(3, SLICE, 90, marker=False, at_ms=180)  # no marker: ended by the next timestamp
    got.take(4, SLICE, 180, at_ms=220)
    assert [unit.arrived_at_ms for unit in got.units] == [100, 140, 180, 220]


def test_units_that_are_dropped_do_not_make_the_next_one_older() -> None:
    got = Receiver()
    got.take(0, REST, 0, at_ms=100)
    got.take(1, SLICE, 90, at_ms=140)
    got.take(2, KEY, 180, at_ms=180)
    assert [(unit.rtp_timestamp, unit.arrived_at_ms) for unit in got.units] == [(180, 180)]


def test_losses_are_told_with_the_next_unit() -> None:
    got = Receiver()
    for sequence, payload in ((0, KEY), (3, SLICE), (5, KEY), (6, SLICE)):
        got.take(sequence, payload, sequence * 90)
    assert [(unit.rtp_timestamp, unit.lost_packets) for unit in got.units] == [(0, 0), (450, 3), (540, 0)]
    assert got.receiver.lost_packets == 3


def test_a_sender_that_starts_anew_begins_with_a_keyframe() -> None:
    got = Receiver()
    got.take(0, KEY)
    got.take(40_000, SLICE, 90, ssrc=2)
    got.take(40_001, KEY, 180, ssrc=2)
    assert [unit.rtp_timestamp for unit in got.units] == [0, 180]


def test_other_payload_types_are_ignored_once_the_announced_one_has_come() -> None:
    got = Receiver()
    got.take(0, KEY)
    got.take(1, KEY, 90, kind=101)
    got.take(1, SLICE, 180)
    assert [unit.rtp_timestamp for unit in got.units] == [0, 180]


def test_packets_out_of_order_are_used_in_order_and_waiting_ends() -> None:
    got = Receiver(AUDIO, may_reorder=True)
    for sequence, at_ms in ((0, 0), (2, 5), (1, 6), (4, 10)):
        got.take(sequence, bytes((sequence,)), sequence, at_ms=at_ms, kind=8)
    assert [unit.data[0] for unit in got.units] == [0, 1, 2]
    got.receiver.expire(70)
    assert [(unit.data[0], unit.lost_packets) for unit in got.units] == [(0, 0), (1, 0), (2, 0), (4, 1)]


def test_reports_tell_loss_since_the_last_one() -> None:
    got = Receiver(AUDIO, may_reorder=True)
    assert got.receiver.report_block(0) is None
    for sequence in (65_533, 65_534, 1):
        got.take(sequence, b"x", kind=8, ssrc=9, at_ms=100 * (sequence == 1))
    got.receiver.expire(200)
    got.receiver.receive_rtcp(sender_report(SenderReport(9, 0x1234_5678_9ABC_DEF0, 1), "x"), 1000)
    block = got.receiver.report_block(1500)
    assert block is not None
    assert (block.ssrc, block.cumulative_lost, block.fraction_lost, block.highest_sequence) == (9, 2, 2 * 256 // 5, 0x10001)
    assert (block.last_report, block.delay) == (0x5678_9ABC, 32768)
    got.take(2, b"x", kind=8, ssrc=9)
    again = got.receiver.report_block(1500)
    assert again is not None
    assert (again.fraction_lost, again.cumulative_lost) == (0, 2)


def test_reports_on_the_media_s_own_channel_are_read() -> None:
    got = Receiver()
    got.take(0, KEY)
    got.receiver.receive(sender_report(SenderReport(1, ms_to_ntp(5_000), 77), "x"), 0)
    assert got.receiver.sender_clock == (77, 5_000)
    got.receiver.receive_rtcp(goodbye(2), 0)
    assert not got.receiver.is_over
    got.receiver.receive_rtcp(goodbye(1), 0)
    assert got.receiver.is_over


def test_what_is_no_rtp_is_ignored() -> None:
    got = Receiver()
    for data in (b"", b"\x80", bytes(12), b"\xff" * 40):
        got.receiver.receive(data, 0)
    assert got.receiver.packets == 0

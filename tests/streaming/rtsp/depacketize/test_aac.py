from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.media.packet import Codec
from streaming.rtsp.depacketize.aac import AacDepacketizer
from streaming.rtsp.packetize import packetizer_for
from streaming.rtsp.rtp import RtpPacket

HBR = {"mode": "AAC-hbr", "sizelength": "13", "indexlength": "3", "indexdeltalength": "3"}
LBR = {"mode": "AAC-lbr", "sizelength": "6", "indexlength": "2", "indexdeltalength": "2"}


def packet(payload: bytes, timestamp: int = 0, *, marker: bool = True) -> RtpPacket:
    return RtpPacket(97, marker, 0, timestamp, 1, payload)


def headers(*fields: tuple[int, int]) -> bytes:
    """AU header section from (value, bits)."""
    bits = "".join(f"{value:0{count}b}" for value, count in fields)
    return len(bits).to_bytes(2, "big") + int(bits.ljust(-len(bits) // 8 * -8, "0"), 2).to_bytes((len(bits) + 7) // 8, "big")


@pytest.mark.parametrize("parameters", [HBR, {}], ids=["described", "sizes left out"])
def test_several_frames_of_a_packet_are_1024_samples_apart(parameters: dict[str, str]) -> None:
    payload = headers((3, 13), (0, 3), (5, 13), (0, 3)) + b"one" + b"three"
    frames = AacDepacketizer(parameters).push(packet(payload, 0xFFFFFF00), False)
    assert [(f.rtp_timestamp, f.data) for f in frames] == [(0xFFFFFF00, b"one"), (0x300, b"three")]


def test_low_bit_rate_mode() -> None:
    frames = AacDepacketizer(LBR).push(packet(headers((3, 6), (0, 2), (2, 6), (0, 2)) + b"onetw"), False)
    assert [f.data for f in frames] == [b"one", b"tw"]


def test_time_stamps_and_flags_in_the_headers_are_skipped() -> None:
    parameters = HBR | {
        "ctsdeltalength": "8",
        "dtsdeltalength": "4",
        "randomaccessindication": "1",
        "auxiliarydatasizelength": "8",
        "constantduration": "960",
    }
    payload = (
        headers((2, 13), (0, 3), (0, 1), (1, 1), (7, 4), (1, 1), (3, 13), (0, 3), (1, 1), (9, 8), (0, 1), (0, 1)) + b"\x08?" + b"abcde"
    )
    frames = AacDepacketizer(parameters).push(packet(payload), False)
    assert [(f.rtp_timestamp, f.data) for f in frames] == [(0, b"ab"), (960, b"cde")]


def test_constant_sizes_need_no_headers() -> None:
    frames = AacDepacketizer({"constantsize": "4", "sizelength": "0"}).push(packet(b"abcdefgh"), False)
    assert [f.data for f in frames] == [b"abcd", b"efgh"]


def test_a_long_frame_in_fragments() -> None:
    frame = bytes(range(256)) * 10
    payloads = packetizer_for(Codec.AAC)(frame, 500)
    depacketizer = AacDepacketizer(HBR)
    got = [f for i, p in enumerate(payloads) for f in depacketizer.push(packet(p, 5, marker=i == len(payloads) - 1), False)]
    assert [(f.rtp_timestamp, f.data) for f in got] == [(5, frame)]


def test_a_lost_fragment_costs_its_frame_and_no_other() -> None:
    payloads = packetizer_for(Codec.AAC)(bytes(1200), 500)
    depacketizer = AacDepacketizer(HBR)
    assert not depacketizer.push(packet(payloads[0], marker=False), False)
    assert not depacketizer.push(packet(payloads[2]), True)
    assert [f.data for f in depacketizer.push(packet(headers((3, 13), (0, 3)) + b"one"), False)] == [b"one"]


def test_truncated_packets_give_whole_frames_only() -> None:
    payload = headers((3, 13), (0, 3), (5, 13), (0, 3)) + b"one" + b"three"
    for cut in range(len(payload)):
        assert {f.data for f in AacDepacketizer(HBR).push(packet(payload[:cut]), False)} <= {b"one"}


PARAMETERS = st.sampled_from([*HBR, "ctsdeltalength", "constantsize", "auxiliarydatasizelength"])


@given(
    st.lists(st.tuples(st.binary(max_size=40), st.booleans(), st.booleans())),
    st.dictionaries(PARAMETERS, st.integers(0, 99).map(str) | st.text(max_size=3)),
)
def test_no_payload_raises(items: list[tuple[bytes, bool, bool]], parameters: dict[str, str]) -> None:
    depacketizer = AacDepacketizer(parameters)
    for payload, marker, lost in items:
        depacketizer.push(packet(payload, marker=marker), lost)

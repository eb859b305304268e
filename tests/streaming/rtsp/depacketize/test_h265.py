from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.media.annexb import split_annexb
from streaming.media.packet import Codec
from streaming.rtsp.depacketize import Frame
from streaming.rtsp.depacketize.h265 import H265Depacketizer
from streaming.rtsp.packetize import packetizer_for
from streaming.rtsp.rtp import RtpPacket
from tests.support.encoded import h265_units


def nal(kind: int, text: bytes = b"\x80 text") -> bytes:
    return bytes((kind << 1, 1)) + text


VPS, SPS, PPS, AUD, SEI = nal(32), nal(33), nal(34), nal(35), nal(39)
IDR, CRA, TRAIL = nal(19, b"\x80 idr"), nal(21, b"\x80 cra"), nal(1, b"\x80 trail")


def unit(timestamp: int, *payloads: bytes) -> list[RtpPacket]:
    return [RtpPacket(96, i == len(payloads) - 1, 0, timestamp, 1, payload) for i, payload in enumerate(payloads)]


def aggregate(*nals: bytes, order_numbers: bool = False) -> bytes:
    parts = [(b"\0\7" if i == 0 else b"\1") * order_numbers + len(n).to_bytes(2, "big") + n for i, n in enumerate(nals)]
    return b"\x60\1" + b"".join(parts)


def run(packets: Iterable[RtpPacket], depacketizer: H265Depacketizer) -> list[Frame]:
    return [frame for p in packets for frame in depacketizer.push(p, False)]


@pytest.mark.parametrize("limit", [30, 1400])
def test_what_the_packetizer_makes_of_an_encoder_s_units_is_put_together_again(limit: int) -> None:
    units = h265_units()
    packetize = packetizer_for(Codec.H265)
    frames = run((p for u in units for p in unit(u.pts, *packetize(u.data, limit))), H265Depacketizer(()))
    assert [(f.rtp_timestamp, f.is_key) for f in frames] == [(u.pts, u.is_key) for u in units]
    assert [split_annexb(f.data) for f in frames] == [split_annexb(u.data) for u in units]


def test_parameter_sets_go_in_front_of_every_random_access_picture_that_lacks_them() -> None:
    packets = [*unit(0, IDR), *unit(1, TRAIL), *unit(2, AUD, CRA), *unit(3, VPS, SPS, PPS, IDR)]
    frames = run(packets, H265Depacketizer((VPS, SPS, PPS)))
    assert [split_annexb(f.data) for f in frames] == [[VPS, SPS, PPS, IDR], [TRAIL], [AUD, VPS, SPS, PPS, CRA], [VPS, SPS, PPS, IDR]]
    assert [f.is_key for f in frames] == [True, False, True, True]


@pytest.mark.parametrize("order_numbers", [False, True])
def test_aggregates_fragments_and_single_units_with_and_without_order_numbers(order_numbers: bool) -> None:
    number = b"\0\7" * order_numbers
    fragments = [b"\x62\1\x93" + number + IDR[2:4], b"\x62\1\x13" + IDR[4:5], b"\x62\1\x53" + IDR[5:]]
    single = SEI[:2] + number + SEI[2:]
    packets = unit(0, aggregate(VPS, SPS, PPS, order_numbers=order_numbers), single, *fragments)
    (frame,) = run(packets, H265Depacketizer((), order_numbers))
    assert split_annexb(frame.data) == [VPS, SPS, PPS, SEI, IDR]


def test_a_lost_packet_stops_the_stream_until_a_random_access_picture() -> None:
    depacketizer = H265Depacketizer(())
    frames = run([*unit(0, IDR), *unit(1, TRAIL)], depacketizer)
    frames += depacketizer.push(unit(3, TRAIL)[0], True)
    frames += run([*unit(4, TRAIL), *unit(5, CRA), *unit(6, TRAIL)], depacketizer)
    assert [f.rtp_timestamp for f in frames] == [0, 1, 5, 6]


@given(st.lists(st.tuples(st.binary(max_size=40), st.integers(0, 2), st.booleans(), st.booleans())), st.booleans())
def test_no_payload_raises(packets: list[tuple[bytes, int, bool, bool]], order_numbers: bool) -> None:
    depacketizer = H265Depacketizer((), order_numbers)
    for payload, timestamp, marker, lost in packets:
        for frame in depacketizer.push(RtpPacket(96, marker, 0, timestamp, 1, payload), lost):
            assert frame.data

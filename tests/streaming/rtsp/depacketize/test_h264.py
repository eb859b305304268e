"""NAL units are written here as a header byte and text: 65 begins an IDR slice, 41 another slice, 67 an SPS, 68 a PPS, 06 SEI, 09 AUD.

The first bit behind a slice's header says that it begins a picture.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.media.annexb import annexb, split_annexb
from streaming.media.packet import Codec
from streaming.rtsp.depacketize import Frame
from streaming.rtsp.depacketize.h264 import H264Depacketizer
from streaming.rtsp.packetize import packetizer_for
from streaming.rtsp.rtp import RtpPacket
from tests.support.encoded import h264_units

SPS, PPS, SEI, AUD = b"\x67sps", b"\x68pps", b"\x06sei", b"\x09\x10"
IDR, IDR_REST = b"\x65\x80 first slice", b"\x65\x40 second slice"
SLICE, SLICE_REST = b"\x41\x80 first slice", b"\x41\x40 second slice"
NEW_SPS, NEW_PPS = b"\x67new sps", b"\x68new pps"


def packet(payload: bytes, timestamp: int = 0, *, marker: bool = False) -> RtpPacket:
    return RtpPacket(96, marker, 0, timestamp, 1, payload)


def fragments(nal: bytes, size: int = 4) -> list[bytes]:
    indicator, kind = nal[0] & 0xE0 | 28, nal[0] & 0x1F
    pieces = [nal[i : i + size] for i in range(1, len(nal), size)]
    flags = [0x80 * (i == 0) | 0x40 * (i == len(pieces) - 1) for i in range(len(pieces))]
    return [bytes((indicator, flag | kind)) + piece for flag, piece in zip(flags, pieces, strict=True)]


def stap(*nals: bytes) -> bytes:
    return b"\x78" + b"".join(len(nal).to_bytes(2, "big") + nal for nal in nals)


def unit(timestamp: int, *payloads: bytes, marker: bool = True) -> list[RtpPacket]:
    return [packet(payload, timestamp, marker=marker and i == len(payloads) - 1) for i, payload in enumerate(payloads)]


def run(packets: Iterable[RtpPacket | None], sets: tuple[bytes, ...] = ()) -> list[Frame]:
    """None stands for a lost packet."""
    depacketizer, lost = H264Depacketizer(sets), False
    frames: list[Frame] = []
    for item in packets:
        if item is None:
            lost = True
            continue
        frames += depacketizer.push(item, lost)
        lost = False
    return frames


def test_an_absurd_parameter_set_is_not_repeated_in_front_of_every_keyframe() -> None:
    huge = b"\x67" + b"x" * 60_000
    first, second = run([*unit(0, huge, PPS, IDR), *unit(3000, IDR)])
    assert nals(second) == [PPS, IDR]
    assert len(first.data) > 60_000


def nals(frame: Frame) -> list[bytes]:
    return split_annexb(frame.data)


def test_a_unit_ends_at_its_marker_without_waiting_for_the_next() -> None:
    depacketizer = H264Depacketizer(())
    assert [list(depacketizer.push(p, False)) for p in unit(90, SPS, PPS, IDR, IDR_REST)] == [
        [],
        [],
        [],
        [Frame(90, annexb([SPS, PPS, IDR, IDR_REST]), True)],
    ]


@pytest.mark.parametrize("limit", [30, 200, 1400])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_what_the_packetizer_makes_of_an_encoder_s_units_is_put_together_again(limit: int, b_frames: int) -> None:
    units = h264_units(b_frames=b_frames)
    packetize = packetizer_for(Codec.H264)
    frames = run(p for u in units for p in unit(u.pts, *packetize(u.data, limit)))
    assert [f.rtp_timestamp for f in frames] == [u.pts for u in units]
    assert [f.is_key for f in frames] == [u.is_key for u in units]
    assert [nals(f) for f in frames] == [[nal for nal in split_annexb(u.data) if nal[0] & 0x1F != 9] for u in units]


def test_aggregates_and_fragments() -> None:
    (frame,) = run(unit(0, stap(SPS, PPS, SEI), *fragments(IDR), stap(IDR_REST)))
    assert nals(frame) == [SPS, PPS, SEI, IDR, IDR_REST]


def test_without_markers_the_timestamp_ends_a_unit() -> None:
    frames = run([*unit(0, IDR, IDR_REST, marker=False), *unit(90, SLICE, marker=False), *unit(180, SLICE, marker=False)])
    assert frames == [Frame(0, annexb([IDR, IDR_REST]), True), Frame(90, annexb([SLICE]), False)]


def test_a_marker_behind_parameter_sets_ends_nothing() -> None:
    frames = run([*unit(0, SPS), *unit(0, PPS), *unit(0, SEI), *unit(0, IDR), *unit(90, SLICE)])
    assert [nals(f) for f in frames] == [[SPS, PPS, SEI, IDR], [SLICE]]


def test_parameter_sets_with_a_timestamp_of_their_own_belong_to_the_picture_behind_them() -> None:
    frames = run([*unit(0, SPS), *unit(1, PPS), *unit(90, IDR)])
    assert frames == [Frame(90, annexb([SPS, PPS, IDR]), True)]


def test_a_marker_behind_every_slice_is_seen_through() -> None:
    pictures = [
        [*unit(t, first), *unit(t, rest)]
        for t, first, rest in (
            (0, IDR, IDR_REST),
            (90, SLICE, SLICE_REST),
            (180, IDR, IDR_REST),
            (270, SLICE, SLICE_REST),
            (360, SLICE, SLICE_REST),
        )
    ]
    frames = run(p for picture in pictures for p in picture)
    assert [nals(f) for f in frames if f.rtp_timestamp >= 180] == [[IDR, IDR_REST], [SLICE, SLICE_REST]]


def test_parameter_sets_of_the_description_go_in_front_of_keyframes_that_lack_them() -> None:
    frames = run([*unit(0, IDR), *unit(90, SLICE), *unit(180, AUD, IDR), *unit(270, SPS, PPS, IDR)], sets=(SPS, PPS))
    assert [nals(f) for f in frames] == [[SPS, PPS, IDR], [SLICE], [AUD, SPS, PPS, IDR], [SPS, PPS, IDR]]


def test_the_newest_parameter_sets_in_band_are_remembered() -> None:
    frames = run([*unit(0, NEW_SPS, NEW_PPS, IDR), *unit(90, IDR), *unit(180, SPS, SLICE), *unit(270, IDR)], sets=(SPS, PPS))
    assert nals(frames[1]) == [NEW_SPS, NEW_PPS, IDR]
    assert nals(frames[3]) == [SPS, NEW_PPS, IDR]


def test_fragmented_parameter_sets_are_remembered() -> None:
    frames = run([*unit(0, *fragments(SPS, 1), PPS, IDR), *unit(90, IDR)])
    assert nals(frames[1]) == [SPS, PPS, IDR]


@pytest.mark.parametrize("start_code", [b"\0\0\1", b"\0\0\0\1"])
def test_annex_b_inside_a_packet(start_code: bytes) -> None:
    stream = start_code.join((b"", SPS, PPS, IDR))
    for payloads in ([stream], [stream[len(start_code) :]], fragments(stream[len(start_code) :], 5)):
        frames = run([*unit(0, *payloads), *unit(90, IDR)])
        assert [nals(f) for f in frames] == [[SPS, PPS, IDR]] * 2
        assert frames[0].is_key


def test_a_missing_end_bit_is_forgiven_as_long_as_nothing_is_lost() -> None:
    *rest, last = fragments(IDR)
    frames = run([*unit(0, *rest, bytes((last[0], last[1] & ~0x40)) + last[2:], IDR_REST), *unit(90, SLICE)])
    assert [nals(f) for f in frames] == [[IDR, IDR_REST], [SLICE]]


KEY_THEN_SLICES = [
    *unit(0, SPS, PPS, *fragments(IDR)),
    *unit(90, *fragments(SLICE)),
    *unit(180, SLICE),
    *unit(270, SPS, PPS, *fragments(IDR)),
    *unit(360, SLICE),
]


@pytest.mark.parametrize("missing", range(len(KEY_THEN_SLICES)))
def test_after_any_lost_packet_only_whole_pictures_come_from_a_keyframe_on(missing: int) -> None:
    whole = {f.rtp_timestamp: f for f in run(KEY_THEN_SLICES)}
    frames = run([None if i == missing else p for i, p in enumerate(KEY_THEN_SLICES)], sets=(SPS, PPS))
    lost_at = KEY_THEN_SLICES[missing].timestamp
    for frame in frames:
        assert frame == whole[frame.rtp_timestamp]
        assert frame.rtp_timestamp <= lost_at or any(f.is_key and lost_at <= f.rtp_timestamp <= frame.rtp_timestamp for f in frames)
    if lost_at < 270:
        assert {270, 360} <= {f.rtp_timestamp for f in frames}


def test_a_stream_joined_in_the_middle_of_a_picture_begins_with_the_next_keyframe() -> None:
    frames = run([*unit(0, *fragments(SLICE)[2:]), *unit(90, SLICE), *unit(180, IDR)])
    assert [f.rtp_timestamp for f in frames] == [180]


def test_truncated_aggregates_and_empty_packets_do_no_harm() -> None:
    aggregate = stap(SPS, PPS, IDR)
    for cut in range(len(aggregate)):
        run(unit(0, aggregate[:cut]))


@given(
    st.lists(st.tuples(st.binary(max_size=40), st.integers(0, 2), st.booleans(), st.booleans())),
    st.lists(st.binary(max_size=6), max_size=3),
)
def test_no_payload_raises(packets: list[tuple[bytes, int, bool, bool]], sets: list[bytes]) -> None:
    depacketizer = H264Depacketizer(sets)
    for payload, timestamp, marker, lost in packets:
        for frame in depacketizer.push(packet(payload, timestamp, marker=marker), lost):
            assert frame.data

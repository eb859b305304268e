from __future__ import annotations

import io
import struct
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from streaming.media.packet import Codec
from streaming.rtsp.depacketize.jpeg_head import scaled_tables
from streaming.rtsp.depacketize.mjpeg import MjpegDepacketizer
from streaming.rtsp.packetize import packetizer_for
from streaming.rtsp.rtp import RtpPacket
from tests.support.encoded import picture


def packets(payloads: list[bytes], timestamp: int = 0) -> list[RtpPacket]:
    return [RtpPacket(26, i == len(payloads) - 1, 0, timestamp, 1, payload) for i, payload in enumerate(payloads)]


@cache
def encoded(quality: int, subsampling: int, restart_blocks: int = 0) -> bytes:
    out = io.BytesIO()
    options: dict[str, Any] = {"restart_marker_blocks": restart_blocks} if restart_blocks else {}
    image = Image.fromarray(picture(3, 160, 96).to_ndarray(format="rgb24"))
    image.save(out, "JPEG", quality=quality, subsampling=subsampling, optimize=False, **options)
    return out.getvalue()


def pixels(jpeg: bytes) -> NDArray[Any]:
    return np.asarray(Image.open(io.BytesIO(jpeg)))


@pytest.mark.parametrize("limit", [300, 1400])
@pytest.mark.parametrize("restart_blocks", [0, 4])
@pytest.mark.parametrize("subsampling", [1, 2], ids=["4:2:2", "4:2:0"])
def test_pictures_with_their_own_tables_decode_to_the_same_pixels(subsampling: int, restart_blocks: int, limit: int) -> None:
    jpeg = encoded(73, subsampling, restart_blocks)
    depacketizer = MjpegDepacketizer()
    frames = [f for p in packets(packetizer_for(Codec.MJPEG)(jpeg, limit), 90) for f in depacketizer.push(p, False)]
    assert [(f.rtp_timestamp, f.is_key) for f in frames] == [(90, True)]
    assert np.array_equal(pixels(frames[0].data), pixels(jpeg))


def scan_of(jpeg: bytes) -> bytes:
    start = jpeg.index(b"\xff\xda")
    return jpeg[start + 2 + int.from_bytes(jpeg[start + 2 : start + 4], "big") :]


def header(q: int, *, offset: int = 0, kind: int = 1, width: int = 160, height: int = 96) -> bytes:
    return struct.pack(">I4B", offset, kind, q, width // 8, height // 8)


@pytest.mark.parametrize("q", [1, 30, 50, 75, 99])
def test_tables_below_100_are_scaled_as_libjpeg_scales_them(q: int) -> None:
    jpeg = encoded(q, 2)
    (frame,) = MjpegDepacketizer().push(packets([header(q) + scan_of(jpeg)])[0], False)
    assert np.array_equal(pixels(frame.data), pixels(jpeg))
    assert scaled_tables(q)[:64] in jpeg


def test_tables_sent_once_serve_later_pictures() -> None:
    jpeg, tables = encoded(60, 2), scaled_tables(60)
    depacketizer = MjpegDepacketizer()
    first = header(200) + struct.pack(">BBH", 0, 0, 128) + tables + scan_of(jpeg)
    later = header(200) + struct.pack(">BBH", 0, 0, 0) + scan_of(jpeg)
    frames = [f for p in (*packets([first], 1), *packets([later], 2)) for f in depacketizer.push(p, False)]
    assert [f.rtp_timestamp for f in frames] == [1, 2]
    assert frames[0].data == frames[1].data


def test_a_picture_without_known_tables_or_size_is_left_out() -> None:
    scan = scan_of(encoded(60, 2))
    for payload in (header(200) + b"\0\0\0\0" + scan, header(60, width=0, height=0) + scan, header(60, kind=2) + scan):
        assert not MjpegDepacketizer().push(packets([payload])[0], False)


def test_sizes_beyond_2040_come_from_the_description_or_the_onvif_extension() -> None:
    payload = header(60, width=0, height=0) + scan_of(encoded(60, 2))
    described = MjpegDepacketizer(2560, 1920).push(packets([payload])[0], False)
    segment = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, 1920, 2560, 3) + bytes(9)
    extension = b"\xff\xd8\0\6" + b"\xff\xff" + segment[:22].ljust(22, b"\xff")
    extended = MjpegDepacketizer().push(packets([payload])[0]._replace(extension=extension), False)
    for (frame,) in (described, extended):
        assert Image.open(io.BytesIO(frame.data)).size == (2560, 1920)


def test_a_lost_packet_costs_its_picture_and_no_other() -> None:
    payloads = packetizer_for(Codec.MJPEG)(encoded(73, 2), 300)
    for missing in range(len(payloads)):
        depacketizer, lost, times = MjpegDepacketizer(), False, []
        for timestamp in (1, 2, 3):
            for i, p in enumerate(packets(payloads, timestamp)):
                if timestamp == 2 and i == missing:
                    lost = True
                    continue
                times += [f.rtp_timestamp for f in depacketizer.push(p, lost)]
                lost = False
        assert times == [1, 3]


def test_without_markers_the_next_picture_ends_one() -> None:
    payloads = packetizer_for(Codec.MJPEG)(encoded(73, 2), 300)
    depacketizer = MjpegDepacketizer()
    unmarked = [p._replace(marker=False) for t in (1, 2) for p in packets(payloads, t)]
    assert [f.rtp_timestamp for p in unmarked for f in depacketizer.push(p, False)] == [1]


@given(st.lists(st.tuples(st.binary(max_size=40), st.integers(0, 1), st.booleans(), st.booleans(), st.binary(max_size=24))))
def test_no_payload_raises(items: list[tuple[bytes, int, bool, bool, bytes]]) -> None:
    depacketizer = MjpegDepacketizer()
    for payload, timestamp, marker, lost, extension in items:
        depacketizer.push(RtpPacket(26, marker, 0, timestamp, 1, payload, extension), lost)
        depacketizer.push(RtpPacket(26, marker, 0, timestamp, 1, b"\0\0\0\0\1" + payload, b"\xff\xd8" + extension), False)


def test_a_described_size_that_no_jpeg_has_gives_no_picture() -> None:
    payload = bytes((0, 0, 0, 0, 1, 50, 0, 0)) + b"scan"
    assert MjpegDepacketizer(1920, 1080).push(packets([payload])[0], False)
    assert not MjpegDepacketizer(99_999, 1080).push(packets([payload])[0], False)

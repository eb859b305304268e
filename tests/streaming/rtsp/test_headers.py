from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.rtsp.headers import (
    HeaderError,
    RtpInfo,
    Transport,
    parse_public,
    parse_rtp_info,
    parse_session,
    parse_transport,
    parse_transports,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RTP/AVP/TCP;unicast;interleaved=0-1", Transport(is_tcp=True, interleaved=(0, 1))),
        ("RTP/AVP;unicast;interleaved=4", Transport(is_tcp=True, interleaved=(4, 5))),
        (
            "rtp/avp/udp; unicast; client_port=5000-5001 ;server_port=6000-6001;ssrc=DEADBEEF; source=10.0.0.1",
            Transport(is_tcp=False, client_ports=(5000, 5001), server_ports=(6000, 6001), ssrc=0xDEADBEEF, source="10.0.0.1"),
        ),
        (
            'RTP/AVP;multicast;destination=224.0.0.1;mode="PLAY"',
            Transport(is_tcp=False, is_multicast=True, destination="224.0.0.1", mode="PLAY"),
        ),
        ("RTP/SAVP;unicast,RTP/AVP;unicast;client_port=99999-1;ssrc=none", Transport(is_tcp=False)),
    ],
)
def test_transports_are_read(text: str, expected: Transport) -> None:
    assert parse_transport(text) == expected


def test_all_offers_of_a_request_are_read_in_order() -> None:
    offers = parse_transports("RAW/RAW/UDP;unicast, RTP/AVP;unicast;client_port=2-3, RTP/AVP/TCP;interleaved=0-1")
    assert [offer.is_tcp for offer in offers] == [False, True]


pairs = st.none() | st.integers(0, 126).map(lambda n: (2 * n, 2 * n + 1))


@given(st.booleans(), pairs, pairs, st.none() | st.integers(0, 0xFFFFFFFF))
def test_a_transport_that_is_written_is_read_back(
    is_tcp: bool, first: tuple[int, int] | None, second: tuple[int, int] | None, ssrc: int | None
) -> None:
    transport = Transport(is_tcp=True, interleaved=first, ssrc=ssrc) if is_tcp else Transport(False, False, None, first, second, ssrc=ssrc)
    assert parse_transport(str(transport)) == transport


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc;timeout=30", ("abc", 30)),
        ("abc", ("abc", 60)),
        (" a/b ; Timeout = 5 ", ("a/b", 5)),
        ("x;timeout=0", ("x", 60)),
        ("x;timeout=soon", ("x", 60)),
        ("12;timeout=60-80", ("12", 60)),
    ],
)
def test_session_identifier_and_timeout(text: str, expected: tuple[str, int]) -> None:
    assert parse_session(text) == expected


def test_public_methods_in_any_case() -> None:
    assert parse_public("OPTIONS, describe,,PLAY ") == {"OPTIONS", "DESCRIBE", "PLAY"}


def test_rtp_info_with_commas_in_urls() -> None:
    text = "url=rtsp://c/a,b/1;seq=10;rtptime=20, url=rtsp://c/2;seq=x"
    assert parse_rtp_info(text) == (RtpInfo("rtsp://c/a,b/1", 10, 20), RtpInfo("rtsp://c/2"))


@given(st.text())
def test_no_text_raises_anything_but_header_error(text: str) -> None:
    parse_public(text)
    parse_rtp_info(text)
    parse_transports(text)
    for parser in (parse_transport, parse_session):
        with contextlib.suppress(HeaderError):
            parser(text)

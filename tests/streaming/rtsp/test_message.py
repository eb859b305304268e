from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.rtsp.message import (
    MAX_BODY_BYTES,
    MAX_GARBAGE_BYTES,
    MAX_HEAD_BYTES,
    Headers,
    MessageError,
    Parser,
    Request,
    Response,
    cseq_of,
    frame_header,
)

Item = tuple[int, bytes] | Request | Response

SAMPLES: list[Item] = [
    Request("DESCRIBE", "rtsp://camera/live?x=1", Headers(("CSeq", "2"), ("Accept", "application/sdp"))),
    Response(200, "OK", Headers(("CSeq", "2"), ("Content-Length", "4")), b"v=0\n"),
    (0, b"\x80`\0\1" + b"payload"),
    Response(404, "Stream Not Found", Headers(("CSeq", "3"))),
    (255, b""),
    Request("GET_PARAMETER", "rtsp://camera/größe", Headers(("CSeq", "4"), ("Content-Length", "2")), b"\r\n"),
    (1, b"x" * 65535),
    Response(200, "", Headers()),
]


def to_bytes(item: Item) -> bytes:
    return frame_header(item[0], len(item[1])) + item[1] if isinstance(item, tuple) else item.to_bytes()


class Collected:
    """A parser and what came out of it."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.parser = Parser(lambda channel, payload: self.items.append((channel, payload)), self.items.append)


def parse(*pieces: bytes) -> list[Item]:
    collected = Collected()
    for piece in pieces:
        collected.parser.feed(piece)
    return collected.items


def test_what_is_written_is_read_back() -> None:
    assert parse(b"".join(to_bytes(item) for item in SAMPLES)) == SAMPLES


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000, 40_000])
def test_pieces_of_any_size_give_the_same(size: int) -> None:
    stream = b"".join(to_bytes(item) for item in SAMPLES)
    assert parse(*(stream[i : i + size] for i in range(0, len(stream), size))) == SAMPLES


def test_no_prefix_of_a_message_is_a_message() -> None:
    for item in SAMPLES[:4]:
        data = to_bytes(item)
        for cut in range(1, len(data)):
            collected = Collected()
            collected.parser.feed(data[:cut])
            assert collected.items == []
            collected.parser.feed(data[cut:])
            assert collected.items == [item]


@pytest.mark.parametrize(
    "data",
    [
        b"RTSP/1.0 200 OK\nCSeq: 5\nContent-Length: 2\n\nhi",
        b"\r\n\r\nrtsp/1.0 200 ok\r\ncseq:5\r\ncontent-length:2\r\n\r\nhi",
        b"RTSP/1.0 200\r\nCSEQ : 5\r\nno colon here\r\n: no name\r\nContent-LENGTH: 2\r\n\r\nhi",
        b"\0\0RTSP/1.0  200  OK \r\nCSeq: 5\r\nX-Long: one\r\n two\r\nContent-Length: 2\n\r\nhi",
    ],
    ids=["line feeds", "lower case", "nonsense lines", "folded"],
)
def test_untidy_responses_are_read(data: bytes) -> None:
    (response,) = parse(data)
    assert isinstance(response, Response)
    assert (response.status, response.body, cseq_of(response)) == (200, b"hi", 5)


def test_header_names_compare_without_case_and_may_repeat() -> None:
    headers = Headers(("WWW-Authenticate", "Basic"), ("www-authenticate", "Digest"))
    assert headers.get_all("WWW-AUTHENTICATE") == ("Basic", "Digest")
    assert headers.get("Www-Authenticate") == "Basic"
    assert "x" not in headers


def test_values_stay_out_of_repr() -> None:
    assert "secret" not in repr(Request("PLAY", "rtsp://camera/", Headers(("Authorization", "secret"))))


@pytest.mark.parametrize("text", ["", "-1", "1.5", "１２", "9" * 30])
def test_a_cseq_that_is_no_number_is_none(text: str) -> None:
    assert cseq_of(Response(200, "OK", Headers(("CSeq", text)))) is None


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46" + bytes(30),
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"RTSP/1.0 OK\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: -4\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1),
        b"RTSP/1.0 200 OK\r\nX: " + b"x" * MAX_HEAD_BYTES + b"\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nX: " + b"x" * 2 * MAX_HEAD_BYTES,
    ],
)
def test_what_is_no_rtsp_is_refused_at_the_start(data: bytes) -> None:
    with pytest.raises(MessageError):
        parse(data)


def test_garbage_between_frames_is_skipped_and_counted() -> None:
    collected = Collected()
    collected.parser.feed(to_bytes((0, b"one")) + b"\xff\x00\x01garbage!" * 5 + to_bytes((0, b"two")) + to_bytes(SAMPLES[3]))
    assert collected.items == [(0, b"one"), (0, b"two"), SAMPLES[3]]
    assert collected.parser.skipped_bytes == 55


def test_garbage_without_end_is_refused() -> None:
    collected = Collected()
    collected.parser.feed(to_bytes((0, b"one")))
    with pytest.raises(MessageError):
        for _ in range(MAX_GARBAGE_BYTES // 1000 + 2):
            collected.parser.feed(b"\xff" * 1000)


def test_nothing_is_delivered_after_close() -> None:
    got: list[bytes] = []

    def take_one(channel: int, payload: bytes) -> None:
        got.append(payload)
        parser.close()

    parser = Parser(take_one, lambda message: None)
    parser.feed(to_bytes((0, b"one")) + to_bytes((0, b"two")))
    parser.feed(to_bytes((0, b"three")))
    assert got == [b"one"]


def test_a_line_end_in_a_header_is_never_sent() -> None:
    with pytest.raises(ValueError, match="line end"):
        Request("SETUP", "rtsp://camera/", Headers(("X", "a\r\nSession: 1"))).to_bytes()


@given(st.lists(st.binary(max_size=300)), st.booleans())
def test_no_bytes_raise_anything_but_message_error(pieces: list[bytes], is_synchronised: bool) -> None:
    with contextlib.suppress(MessageError):
        parse(*([to_bytes((0, b""))] if is_synchronised else []), *pieces)


@given(st.lists(st.integers(0, 3), max_size=5), st.lists(st.integers(1, 200), min_size=1, max_size=5))
def test_streams_are_parsed_alike_however_they_are_cut(order: list[int], cuts: list[int]) -> None:
    expected = [SAMPLES[index] for index in order]
    stream, pieces, pos = b"".join(to_bytes(item) for item in expected), [], 0
    while pos < len(stream):
        for cut in cuts:
            pieces.append(stream[pos : pos + cut])
            pos += cut
    assert parse(*pieces) == expected

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.live import protocol
from streaming.live.protocol import Close, Mode, ProtocolError, parse_request, parse_viewer_message
from streaming.media.wire import Flag, Header, Kind, WireError, parse_header
from streaming.render.rungs import RUNGS

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "fixtures" / "live_protocol.json").read_text(encoding="utf-8"))


def named(section: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", VECTORS[section], ids=lambda vector: vector["name"])


def header_of(fields: dict[str, Any]) -> Header:
    return Header(
        Kind(fields["kind"]),
        Flag(fields["flags"]),
        fields["track"],
        fields["sequence"],
        int(fields["pts_us"]),
        int(fields["captured_at_us"]),
        fields["duration_us"],
        fields["generation"],
        fields["dropped"],
    )


@named("headers")
def test_headers_are_written_and_read_byte_by_byte(vector: dict[str, Any]) -> None:
    header, message = header_of(vector["fields"]), bytes.fromhex(vector["hex"])
    assert parse_header(message) == header
    assert header.to_bytes() + bytes.fromhex(vector["payload_hex"]) == message


@named("malformed")
def test_malformed_headers_are_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        parse_header(bytes.fromhex(vector["hex"]))


@named("written")
def test_counters_wrap_and_saturate(vector: dict[str, Any]) -> None:
    fields = {"sequence": 1, "generation": 1, "duration_us": 1, "dropped": 0} | vector["given"]
    header = Header(
        Kind.ACCESS_UNIT, Flag.NONE, 0, fields["sequence"], 1, 2, fields["duration_us"], fields["generation"], fields["dropped"]
    )
    read = parse_header(header.to_bytes())
    assert {name: getattr(read, name) for name in vector["written"]} == vector["written"]


@named("viewer_messages")
def test_viewer_messages(vector: dict[str, Any]) -> None:
    if vector["is_valid"]:
        parse_viewer_message(vector["text"])
    else:
        with pytest.raises(ProtocolError) as caught:
            parse_viewer_message(vector["text"])
        assert (caught.value.code, caught.value.close) == ("bad_message", Close.BAD_REQUEST)


@named("server_messages")
def test_server_messages_have_the_fields_of_the_vectors(vector: dict[str, Any]) -> None:
    expected = vector["message"]
    assert json.loads(_written(expected)) == expected


def _written(message: dict[str, Any]) -> str:
    fields = {name: value for name, value in message.items() if name != "type"}
    match message["type"]:
        case "init":
            return protocol.init(**{**fields, "mode": Mode(fields["mode"])})
        case "gap":
            return json.dumps(json.loads(protocol.gap(fields["skipped"], fields["reason"])) | {"text": fields["text"]})
        case "quality":
            return json.dumps(json.loads(protocol.quality(fields["rung"], fields["reason"])) | {"text": fields["text"]})
        case "stats":
            return protocol.stats(fields)
        case "pong":
            return protocol.pong(protocol.Ping(fields["id"], fields["client_ms"]), fields["server_ms"])
    return protocol.error(ProtocolError(fields["code"], fields["message"], Close.FORBIDDEN))


def test_close_codes_are_those_of_the_vectors() -> None:
    assert set(VECTORS["close_codes"].values()) == {int(code) for code in Close if code >= 4000}


def test_rungs_are_those_of_the_renderer() -> None:
    assert tuple(rung.name for rung in RUNGS) == protocol.PICTURE_RUNGS


@given(st.text(max_size=300) | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_no_text_brings_the_parser_down(text: str) -> None:
    try:
        parse_viewer_message(text)
    except ProtocolError as error:
        assert error.close is Close.BAD_REQUEST


@pytest.mark.parametrize(
    ("query", "mode", "quality", "has_audio"),
    [
        ({}, Mode.H264, "auto", False),
        ({"mode": "mse", "quality": "sub", "audio": "1"}, Mode.MSE, "sub", True),
        ({"mode": "mjpeg", "quality": "480p", "ticket": "x"}, Mode.MJPEG, "480p", False),
        ({"mode": "raw", "quality": "main"}, Mode.RAW, "main", False),
    ],
)
def test_requests(query: dict[str, str], mode: Mode, quality: str, has_audio: bool) -> None:
    assert parse_request(query) == protocol.LiveRequest(mode, quality, has_audio)


@pytest.mark.parametrize("query", [{"mode": "avi"}, {"mode": ""}, {"quality": "best"}, {"quality": "720p"}, {"audio": "yes"}])
def test_malformed_requests_are_refused(query: dict[str, str]) -> None:
    with pytest.raises(ProtocolError) as caught:
        parse_request(query)
    assert caught.value.close is Close.BAD_REQUEST

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from cameras.onvif.address import DeviceAddress
from cameras.stream_url import Credentials, parse_stream_url
from streaming.assistant.place import Place, parse_place

LOGIN = Credentials("admin", "p@ss")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.168.1.20", Place("192.168.1.20", LOGIN)),
        ("  camera.local ", Place("camera.local", LOGIN)),
        ("192.168.1.20:8000", Place("192.168.1.20", LOGIN, port=8000)),
        ("http://192.168.1.20:8000/onvif/device_service", Place("192.168.1.20", LOGIN, onvif=DeviceAddress("192.168.1.20", 8000))),
        ("rtsp://192.168.1.20", Place("192.168.1.20", LOGIN, port=554)),
        ("rtsp://192.168.1.20:8554/", Place("192.168.1.20", LOGIN, port=8554)),
        ("rtsps://192.168.1.20", Place("192.168.1.20", LOGIN, port=322, is_tls=True)),
        ("RTSP://192.168.1.20/live", Place("192.168.1.20", LOGIN, parse_stream_url("rtsp://192.168.1.20/live"))),
        ("fe80::1", Place("fe80::1", LOGIN)),
    ],
)
def test_what_a_person_types_is_taken_apart(text: str, expected: Place) -> None:
    assert parse_place(text, "admin", "p@ss") == expected


def test_a_login_in_the_address_counts() -> None:
    place = parse_place("rtsp://viewer:gehe/im@192.168.1.20/live", "", "")
    assert place.credentials == Credentials("viewer", "gehe/im")
    assert str(place.stream) == "rtsp://192.168.1.20/live"


@pytest.mark.parametrize("text", ["", "   ", "ftp://camera/", "rtsp://", "two words", "rtsp://cam:99999/", "http://admin:geheim@cam/"])
def test_what_can_not_be_an_address_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        parse_place(text, "", "")
    assert "address" in refusal.value.message_dict
    assert "geheim" not in str(refusal.value)


def test_two_passwords_are_one_too_many() -> None:
    with pytest.raises(ValidationError, match="password"):
        parse_place("rtsp://admin:one@camera/live", "", "other")

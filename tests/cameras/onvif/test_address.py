from __future__ import annotations

import pytest

from cameras.onvif.address import DeviceAddress, DeviceAddressError, parse_device_address, reachable, reachable_stream

DEVICE = DeviceAddress("203.0.113.7", 8080)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("192.168.1.20", "http://192.168.1.20:80/onvif/device_service"),
        (" cam.local:8000 ", "http://cam.local:8000/onvif/device_service"),
        ("https://cam", "https://cam:443/onvif/device_service"),
        ("http://192.168.1.20/onvif/device", "http://192.168.1.20:80/onvif/device"),
        ("fe80::1", "http://[fe80::1]:80/onvif/device_service"),
        ("[fe80::1]:8000", "http://[fe80::1]:8000/onvif/device_service"),
    ],
)
def test_what_people_type(typed: str, address: str) -> None:
    assert str(parse_device_address(typed)) == address


@pytest.mark.parametrize(
    "typed",
    ["", "rtsp://cam/1", "file:///etc/passwd", "http://", "cam:0", "cam:99999", "a b", "http://user:secret@cam", "x" * 501, "ca\nm"],
)
def test_what_leads_nowhere_is_refused_without_repeating_a_password(typed: str) -> None:
    with pytest.raises(DeviceAddressError) as refusal:
        parse_device_address(typed)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("announced", "reached"),
    [
        ("http://192.168.1.20/onvif/media", "http://203.0.113.7:8080/onvif/media"),
        ("http://192.168.1.20:2020/onvif/media?a=b", "http://203.0.113.7:8080/onvif/media?a=b"),
        ("http://203.0.113.7:2020/onvif/ptz", "http://203.0.113.7:2020/onvif/ptz"),
        ("http://203.0.113.7:8106:8106/onvif/sub?Idx=43", "http://203.0.113.7:8106/onvif/sub?Idx=43"),
        ("https://203.0.113.7/onvif/media", "https://203.0.113.7:443/onvif/media"),
        ("http://evil.example/", "http://203.0.113.7:8080/"),
        ("http://admin:x@evil.example/a", "http://203.0.113.7:8080/a"),
    ],
)
def test_only_the_typed_host_is_ever_called(announced: str, reached: str) -> None:
    assert reachable(announced, DEVICE) == reached


@pytest.mark.parametrize(
    "announced", ["", "ftp://x/", "gopher://203.0.113.7/", "http:/x", "http://a b/", "javascript:alert(1)", "http://x/" + 500 * "y"]
)
def test_an_address_that_is_none(announced: str) -> None:
    with pytest.raises(DeviceAddressError):
        reachable(announced, DEVICE)


def test_a_stream_keeps_its_port_and_loses_its_password() -> None:
    assert str(reachable_stream("rtsp://admin:pw@10.0.0.5:5554/live?x=1", DEVICE)) == "rtsp://203.0.113.7:5554/live?x=1"
    with pytest.raises(DeviceAddressError):
        reachable_stream("http://10.0.0.5/live", DEVICE)

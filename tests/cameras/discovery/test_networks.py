from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest

from cameras.discovery.interfaces import own_interfaces
from cameras.discovery.networks import Interface, NetworkError, callable_from, hosts, is_allowed_address, parse_network, suggestions

LOOPBACK = (IPv4Network("127.0.0.0/8"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.168.1.0/24", "192.168.1.0/24"),
        (" 192.168.1.77 ", "192.168.1.0/24"),
        ("192.168.1.77/28", "192.168.1.64/28"),
        ("10.3.4.5/32", "10.3.4.5/32"),
        ("172.31.0.9", "172.31.0.0/24"),
        ("169.254.7.7", "169.254.7.0/24"),
        ("100.64.1.1", "100.64.1.0/24"),
    ],
)
def test_small_private_networks_are_searched(text: str, expected: str) -> None:
    assert str(parse_network(text)) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("192.168.0.0/16", "65536 addresses"),
        ("0.0.0.0/0", "addresses"),
        ("8.8.8.0/24", "not a private network"),
        ("172.32.0.1", "not a private network"),
        ("127.0.0.1", "not a private network"),
        ("0.0.0.1", "not a private network"),
        ("224.0.0.0/24", "not a private network"),
        ("255.255.255.255/32", "not a private network"),
        ("fd00::/64", "IPv4"),
        ("fe80::1", "IPv4"),
        ("camera.local", "must look like"),
        ("", "must look like"),
        ("192.168.1.0/24; reboot", "must look like"),
    ],
)
def test_others_are_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(NetworkError, match=words):
        parse_network(text)


def test_a_setting_allows_more_but_never_more_addresses() -> None:
    assert str(parse_network("127.0.3.0/24", LOOPBACK)) == "127.0.3.0/24"
    assert str(parse_network("8.8.8.8", (IPv4Network("8.8.8.0/24"),))) == "8.8.8.0/24"
    with pytest.raises(NetworkError, match="at most 256"):
        parse_network("127.0.0.0/8", LOOPBACK)
    with pytest.raises(NetworkError, match="not a private"):
        parse_network("8.8.9.0/24", (IPv4Network("8.8.8.0/24"),))


def test_a_clouds_own_address_is_left_out() -> None:
    assert IPv4Address("169.254.169.254") not in hosts(IPv4Network("169.254.169.0/24"))
    assert len(hosts(IPv4Network("192.168.1.0/24"))) == 254
    assert not is_allowed_address("169.254.169.254")
    assert is_allowed_address("192.168.1.20")
    assert not is_allowed_address("camera.local")


INTERFACES = [
    Interface("lo", IPv4Address("127.0.0.1"), IPv4Network("127.0.0.0/8")),
    Interface("eth0", IPv4Address("10.1.2.3"), IPv4Network("10.0.0.0/8")),
    Interface("eth0:1", IPv4Address("192.168.7.130"), IPv4Network("192.168.7.128/25")),
    Interface("wan", IPv4Address("8.8.8.8"), IPv4Network("8.8.8.0/24")),
    Interface("vpn", IPv4Address("10.9.0.1"), IPv4Network("10.9.0.1/32")),
]


def test_own_networks_are_suggested_in_parts_small_enough() -> None:
    assert [str(network) for network in suggestions(INTERFACES)] == ["10.1.2.0/24", "192.168.7.128/25"]


def test_strangers_are_not_called() -> None:
    assert [each.name for each in callable_from(INTERFACES)] == ["lo", "eth0", "eth0:1", "vpn"]
    assert callable_from(INTERFACES, (IPv4Network("8.8.8.0/24"),)) == INTERFACES


def test_the_kernel_tells_our_own_addresses() -> None:
    loopback = next(interface for interface in own_interfaces() if interface.address == IPv4Address("127.0.0.1"))
    assert loopback.network == IPv4Network("127.0.0.0/8")

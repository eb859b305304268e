"""Searches against devices of other makes, on the addresses of this machine itself."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network

import pytest

from cameras.discovery.multicast import ask_host, ask_networks
from cameras.discovery.networks import Interface
from cameras.discovery.onvif_door import find_device
from cameras.discovery.rtsp_door import rtsp_server
from cameras.discovery.search import Device, Plan, Search
from cameras.discovery.ws_discovery import Announcement
from tests.support.announcing import announcing
from tests.support.ipycam_camera import ipycam
from tests.support.rtsp_camera import TestCamera

HERE = Interface("lo", IPv4Address("127.0.0.1"), IPv4Network("127.0.0.0/8"))


async def test_a_device_that_is_called_answers_with_its_name_and_port() -> None:
    heard: list[tuple[str, Announcement]] = []
    with ipycam() as camera, announcing(camera) as name:
        await ask_networks([HERE], lambda address, announcement: heard.append((address, announcement)), listen_s=0.8)
    assert ("127.0.0.1", camera.port, name) in [(address, each.port, each.name) for address, each in heard]
    assert len({(address, each.port) for address, each in heard}) == len(heard), "each is told once, however often it is asked"


async def test_answers_from_outside_of_the_network_that_was_asked_are_not_believed() -> None:
    elsewhere = Interface("lo", IPv4Address("127.0.0.1"), IPv4Network("127.0.9.0/24"))
    heard: list[str] = []
    with ipycam() as camera, announcing(camera):
        await ask_networks([elsewhere], lambda address, _: heard.append(address), listen_s=0.6)
    assert heard == []


async def test_a_network_is_looked_at_address_by_address() -> None:
    told: list[Device] = []
    progress: list[tuple[int, int]] = []
    with TestCamera("h264", host="127.0.0.2") as streams, ipycam() as device:
        plan = Plan([], IPv4Network("127.0.0.0/29"), 0.1, (streams.port,), (device.port,))
        found = await Search(plan, told.append, lambda looked_at, in_all: progress.append((looked_at, in_all))).run()
    by_address = {one.address: one for one in found}
    assert set(by_address) == {"127.0.0.1", "127.0.0.2"}
    assert (by_address["127.0.0.2"].rtsp_port, by_address["127.0.0.2"].server) == (streams.port, "nvr")
    assert by_address["127.0.0.1"].onvif == device.address
    assert by_address["127.0.0.1"].rtsp_port is None
    assert (progress[0], progress[-1]) == ((0, 6), (6, 6))
    assert {one.address for one in told} == set(by_address)


async def test_what_only_listens_is_no_camera() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.3.7", 0))
        silent.listen()
        port = silent.getsockname()[1]
        plan = Plan([], IPv4Network("127.0.3.7/32"), 0.1, (port,), ())
        assert await Search(plan, lambda _: None, lambda *_: None).run() == []


async def test_onvif_is_found_behind_the_first_port_that_speaks_it() -> None:
    with TestCamera("h264") as streams, ipycam() as device:
        found = await find_device("127.0.0.1", (streams.port, device.port))
        assert found is not None
        assert found.port == device.port
        assert await find_device("127.0.0.1", (streams.port,)) is None


async def test_rtsp_tells_who_serves_it() -> None:
    with TestCamera("h264") as streams, ipycam() as device:
        assert await rtsp_server("127.0.0.1", streams.port, 2) == "nvr"
        assert await rtsp_server("127.0.0.1", device.port, 2) is None
    assert await rtsp_server("127.0.0.1", streams.port, 2) is None


async def test_one_host_can_be_asked_by_itself() -> None:
    heard: list[str] = []
    with ipycam() as camera, announcing(camera):
        await ask_host("127.0.0.1", lambda address, _: heard.append(address), listen_s=0.5)
        await ask_host("127.0.3.200", lambda address, _: heard.append(f"{address} of another"), listen_s=0.2)
    assert set(heard) <= {"127.0.0.1"}


@pytest.mark.parametrize("knows_more_first", [True, False])
def test_what_two_ways_found_of_a_device_is_put_together(knows_more_first: bool) -> None:
    named, looked_at = Device("10.0.0.2", name="Hall", model="X"), Device("10.0.0.2", rtsp_port=554, server="acme")
    first, second = (named, looked_at) if knows_more_first else (looked_at, named)
    assert first.merged(second) == Device("10.0.0.2", None, 554, "Hall", "", "X", "acme")

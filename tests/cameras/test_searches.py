"""From the button to the list: who may search, what is searched, and what is told of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Any

import pytest
import pytest_django
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.utils import timezone

from cameras import searches
from cameras.discovery.networks import Interface
from cameras.discovery.search import Plan
from cameras.models import CameraSearch, Stream
from tests.support.ipycam_camera import ipycam
from tests.support.people import House
from tests.support.rtsp_camera import TestCamera

SEARCHES = "/api/v1/discovery/searches/"
NETWORKS = "/api/v1/discovery/networks/"


@pytest.fixture
def house(transactional_db: None) -> House:
    return House()


@dataclass
class Searched:
    """What was to be searched. The search itself is of these ports alone, calls nobody, and is short."""

    plans: list[Plan] = field(default_factory=list)
    ports: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())

    def plan(self, interfaces: Any, network: Any = None) -> Plan:
        self.plans.append(Plan(interfaces, network))
        return Plan([], network, 0.1, *self.ports)


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> Searched:
    made = Searched()
    monkeypatch.setattr(searches, "Plan", made.plan)
    return made


def wait() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("search "):
            thread.join(20)


def test_a_search_is_told_as_it_goes_and_can_be_asked_for(
    house: House, searched: Searched, settings: pytest_django.Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.DISCOVERY_NETWORKS = [IPv4Network("127.0.0.0/8")]
    told: list[Any] = []
    monkeypatch.setattr("cameras.events.publish_to_user", lambda user_id, event: told.append((user_id, event)))
    alice = house.api("alice")
    with TestCamera("h264", host="127.0.0.2") as streams, ipycam() as device:
        searched.ports = ((streams.port,), (device.port,))
        Stream.objects.filter(camera=house.other).update(url=f"rtsp://localhost:{device.port}/main")
        started = alice.post(SEARCHES, {"network": "127.0.0.0/29"}, format="json")
        assert started.status_code == 202
        wait()
    found = alice.get(f"{SEARCHES}{started.data['id']}/").data
    assert (found["state"], found["network"], found["looked_at"], found["in_all"]) == ("done", "127.0.0.0/29", 6, 6)
    by_address = {device["address"]: device for device in found["found"]}
    assert by_address["127.0.0.2"] == {
        "address": "127.0.0.2",
        "onvif": "",
        "rtsp_port": streams.port,
        "name": "",
        "maker": "",
        "model": "",
        "server": "nvr",
        "is_added": False,
        "camera": None,
    }
    assert (by_address["127.0.0.1"]["is_added"], by_address["127.0.0.1"]["camera"]) == (True, "garden"), "localhost is looked up"
    assert {user_id for user_id, _ in told} == {house.alice.pk}
    assert {device["address"] for _, event in told for device in event["found"]} == {"127.0.0.1", "127.0.0.2"}
    assert told[-1][1]["state"] == "done"
    assert "alice searches for cameras: looks at 127.0.0.0/29" in caplog.text
    assert "found 2 devices" in caplog.text


def test_to_open_the_page_searches_nothing(house: House, searched: Searched) -> None:
    alice = house.browser("alice")
    for address in ("/cameras/add/", NETWORKS, "/api/v1/discovery/makers/"):
        assert alice.get(address).status_code == 200
    assert searched.plans == []
    assert not CameraSearch.objects.exists()


def test_without_a_network_only_the_call_is_made(house: House, searched: Searched, monkeypatch: pytest.MonkeyPatch) -> None:
    lan, wan = (Interface(str(network), network[5], network) for network in map(IPv4Network, ("10.0.0.0/24", "8.8.8.0/24")))
    monkeypatch.setattr(searches, "own_interfaces", lambda: [lan, wan])
    assert house.api("alice").post(SEARCHES, {}, format="json").status_code == 202
    wait()
    assert searched.plans == [Plan([lan], None)]


@pytest.mark.parametrize("network", ["8.8.8.0/24", "10.0.0.0/8", "127.0.0.1", "fe80::/64", "camera.local", "1" * 50])
def test_what_may_not_be_searched_is_refused_before_anything_is_sent(house: House, searched: Searched, network: str) -> None:
    answer = house.api("alice").post(SEARCHES, {"network": network}, format="json")
    assert answer.status_code == 400
    assert answer.data["errors"]["network"]
    assert searched.plans == []
    assert not CameraSearch.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("nobody", 401), ("charlie", 403), ("bob", 403), ("carol", 403)])
def test_it_is_for_who_may_add_cameras(house: House, searched: Searched, who: str, status: int) -> None:
    api = house.api(who)
    assert api.post(SEARCHES, {}, format="json").status_code == status
    assert api.get(NETWORKS).status_code == status
    assert api.get(f"{SEARCHES}1/").status_code == status
    assert searched.plans == []


def test_who_holds_the_permission_may_search_and_sees_no_camera_of_others(house: House, searched: Searched) -> None:
    house.bob.user_permissions.add(Permission.objects.get(codename="add_camera"))
    bob = house.api("bob")
    search = CameraSearch.objects.create(started_by=house.bob, state="done", found=[_device("garden.local"), _device("cam.local")])
    found = bob.get(f"{SEARCHES}{search.pk}/").data["found"]
    assert [(device["is_added"], device["camera"]) for device in found] == [(True, None), (True, "front-door")]
    assert house.api("alice").get(f"{SEARCHES}{search.pk}/").status_code == 404, "it is bob's"


def test_one_search_at_a_time(house: House, searched: Searched) -> None:
    CameraSearch.objects.create(started_by=house.bob)
    answer = house.api("alice").post(SEARCHES, {}, format="json")
    assert answer.status_code == 429
    assert "going on already" in answer.data["detail"]
    with pytest.raises(IntegrityError), transaction.atomic():
        CameraSearch.objects.create()


def test_one_that_was_cut_off_makes_room(house: House, searched: Searched) -> None:
    lost = CameraSearch.objects.create(started_by=house.alice, started_at=timezone.now() - timedelta(minutes=3))
    assert house.api("alice").post(SEARCHES, {}, format="json").status_code == 202
    wait()
    lost.refresh_from_db()
    assert lost.state == "interrupted"


def test_a_fault_of_ours_ends_it(
    house: House, searched: Searched, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(searches, "Search", broken)
    search = searches.start(network="", by=house.alice)
    wait()
    search.refresh_from_db()
    assert search.state == "interrupted"
    assert "given up" in caplog.text


def test_searches_are_limited(house: House, searched: Searched) -> None:
    alice = house.api("alice")
    answers = [alice.post(SEARCHES, {"network": "8.8.8.8"}, format="json").status_code for _ in range(13)]
    assert answers == [400] * 12 + [429]


def test_old_searches_are_forgotten(house: House, searched: Searched) -> None:
    CameraSearch.objects.bulk_create(CameraSearch(state="done", started_at=timezone.now() - timedelta(days=day + 1)) for day in range(60))
    searches.start(network="", by=house.alice)
    wait()
    assert CameraSearch.objects.count() == 50


def test_the_networks_of_this_machine_are_told(house: House) -> None:
    networks = house.api("alice").get(NETWORKS).data["networks"]
    assert all(IPv4Network(network).prefixlen >= 24 for network in networks)
    assert not any(IPv4Network(network).is_loopback for network in networks)


def _device(address: str) -> dict[str, Any]:
    return {"address": address, "onvif": "", "rtsp_port": 554, "name": "", "maker": "", "model": "", "server": ""}

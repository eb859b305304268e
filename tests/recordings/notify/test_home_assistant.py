"""What Home Assistant reads at discovery, against the fields it documents for each platform."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from recordings.models import Event
from recordings.notify.home_assistant import EVENT_TYPES, config_topic, device_config, is_ours
from recordings.notify.topics import CameraTruth, topics_of

# https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery: the abbreviations we use, and what they stand for.
DEVICE: dict[str, type] = {"ids": list, "name": str, "mf": str, "mdl": str, "sw": str, "cu": str}
ORIGIN: dict[str, type] = {"name": str, "sw": str, "url": str}
COMMON: dict[str, type] = {"p": str, "name": str, "uniq_id": str, "ent_cat": str}
PLATFORMS: dict[str, dict[str, type]] = {
    "binary_sensor": {"stat_t": str, "dev_cla": str, "val_tpl": str},
    "image": {"img_t": str, "cont_type": str},
    "event": {"stat_t": str, "evt_typ": list},
    "switch": {"stat_t": str, "cmd_t": str},
    "select": {"stat_t": str, "cmd_t": str, "ops": list},
}
REQUIRED = {
    "binary_sensor": {"stat_t"},
    "image": {"img_t"},
    "event": {"stat_t", "evt_typ"},
    "switch": {"cmd_t"},
    "select": {"cmd_t", "ops"},
}
TRUTH = CameraTruth("front-door", "Front door", "live", is_moving=False, detects=True, record="motion", may_configure=True)


def config(truth: CameraTruth = TRUTH, url: str = "https://nvr.example") -> dict[str, Any]:
    return device_config("home/nvr", truth, version="1.2", url=url)


def test_every_component_has_what_its_platform_wants_and_nothing_else() -> None:
    found = config()
    assert set(found) == {"dev", "o", "avty_t", "qos", "cmps"}
    for part, known in ((found["dev"], DEVICE), (found["o"], ORIGIN)):
        assert all(isinstance(part[name], known[name]) for name in part)
    assert found["o"]["name"] and found["dev"]["ids"]
    for component in found["cmps"].values():
        known = COMMON | PLATFORMS[component["p"]]
        assert all(isinstance(value, known[name]) for name, value in component.items())
        assert set(component) >= REQUIRED[component["p"]] | {"uniq_id", "name"}
    ids = [component["uniq_id"] for component in found["cmps"].values()]
    assert len(set(ids)) == len(ids)


def test_its_topics_are_those_that_are_told() -> None:
    told = set(topics_of("home/nvr", TRUTH)) | {"home/nvr/front-door/event"}
    states = {component["stat_t"] for component in config()["cmps"].values() if "stat_t" in component}
    assert states <= told
    assert config()["avty_t"] == "home/nvr/available"


def test_event_types_are_those_that_are_sent() -> None:
    assert set(EVENT_TYPES) == {f"{kind}_{phase}" for kind in Event.Kind.values for phase in ("begun", "ended")}


def test_what_the_owner_may_not_is_not_offered() -> None:
    assert set(config(replace(TRUTH, is_moving=None))["cmps"]) == {"connection", "detect", "record"}
    assert set(config(replace(TRUTH, may_configure=False))["cmps"]) == {"connection", "motion", "snapshot", "event"}


def test_without_an_address_no_link() -> None:
    assert "cu" not in config(url="")["dev"] and "url" not in config(url="")["o"]


@pytest.mark.parametrize(
    ("prefix", "topic"), [("nvr", "ha/device/nvr_front-door/config"), ("my/ünvr", "ha/device/my__nvr_front-door/config")]
)
def test_where_it_is_announced(prefix: str, topic: str) -> None:
    assert config_topic("ha", prefix, "front-door") == topic


def test_ours_are_known_by_their_availability() -> None:
    assert is_ours(config(), "home/nvr")
    assert not is_ours(config(), "home") and not is_ours({"avty_t": "home/nvr/available"}, "home/nvr") and not is_ours([], "home/nvr")

"""How Home Assistant comes to know a camera by itself: MQTT discovery, one device with its components. Pure.

https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload; the short names are of its table of abbreviations.
"""

from __future__ import annotations

from typing import Any

from recordings.notify.topics import RECORD_MODES, CameraTruth, available_topic, event_topic, snapshot_topic

# What <prefix>/<slug>/event has as "event_type".
EVENT_TYPES = (
    *("motion_begun", "motion_ended", "camera_down_begun", "camera_down_ended"),
    *("camera_motion_begun", "camera_motion_ended", "line_begun", "line_ended", "intrusion_begun", "intrusion_ended"),
    *("tamper_begun", "tamper_ended", "sound_begun", "sound_ended", "input_begun", "input_ended"),
    *("gap_begun", "gap_ended", "storage_begun", "storage_ended", "node_begun", "node_ended"),
)


def config_topic(discovery: str, prefix: str, slug: str) -> str:
    return f"{discovery}/device/{device_id(prefix, slug)}/config"


def device_id(prefix: str, slug: str) -> str:
    """Only letters, digits, “_” and “-” may be in an object id."""
    return f"{_safe(prefix)}_{_safe(slug)}"


def is_ours(config: object, prefix: str) -> bool:
    """Whether a device that somebody announced is one of this prefix."""
    return isinstance(config, dict) and config.get("avty_t") == available_topic(prefix) and "cmps" in config


def device_config(prefix: str, truth: CameraTruth, *, version: str, url: str) -> dict[str, Any]:
    base, ident = f"{prefix}/{truth.slug}", device_id(prefix, truth.slug)
    device: dict[str, Any] = {"ids": [ident], "name": truth.name, "mf": "NVR", "mdl": "Camera", "sw": version}
    origin: dict[str, Any] = {"name": "NVR", "sw": version}
    if url:
        device["cu"] = f"{url}/cameras/{truth.slug}/"
        origin["url"] = url
    return {
        "dev": device,
        "o": origin,
        "avty_t": available_topic(prefix),
        "qos": 1,
        "cmps": {name: component | {"uniq_id": f"{ident}_{name}"} for name, component in _components(prefix, base, truth).items()},
    }


def _components(prefix: str, base: str, truth: CameraTruth) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {
        "connection": {
            "p": "binary_sensor",
            "name": "Connection",
            "dev_cla": "connectivity",
            "ent_cat": "diagnostic",
            "stat_t": f"{base}/state",
            "val_tpl": "{{ 'ON' if value == 'live' else 'OFF' }}",
        },
    }
    if truth.is_moving is not None:
        found["motion"] = {"p": "binary_sensor", "name": "Motion", "dev_cla": "motion", "stat_t": f"{base}/motion"}
        found["snapshot"] = {"p": "image", "name": "Last event", "img_t": snapshot_topic(prefix, truth.slug), "cont_type": "image/jpeg"}
        found["event"] = {"p": "event", "name": "Event", "stat_t": event_topic(prefix, truth.slug), "evt_typ": list(EVENT_TYPES)}
    if truth.may_configure:
        found["detect"] = {
            "p": "switch",
            "name": "Detect motion",
            "ent_cat": "config",
            "stat_t": f"{base}/detect/state",
            "cmd_t": f"{base}/detect/set",
        }
        found["record"] = {
            "p": "select",
            "name": "Record",
            "ent_cat": "config",
            "stat_t": f"{base}/record/state",
            "cmd_t": f"{base}/record/set",
            "ops": list(RECORD_MODES),
        }
    return found


def _safe(text: str) -> str:
    return "".join(char if char.isascii() and (char.isalnum() or char in "_-") else "_" for char in text)

"""What is told to a broker of each camera, by topic, and what may be said to us there. Pure. docs/notifications.md has the list.

<prefix>/available              online, or offline: the broker says it for us when we are gone
<prefix>/<slug>/state           live, connecting, down, off
<prefix>/<slug>/motion          ON, OFF
<prefix>/<slug>/detect/state    ON, OFF;  …/detect/set
<prefix>/<slug>/record/state    continuous, motion, schedule, off;  …/record/set, also ON and OFF
<prefix>/<slug>/event           JSON, as something begins and ends
<prefix>/<slug>/snapshot        JPEG, of the newest event with a picture
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ONLINE, OFFLINE = b"online", b"offline"
ON, OFF = b"ON", b"OFF"
RECORD_MODES = ("continuous", "motion", "schedule", "off")
What = Literal["detect", "record"]


class CommandError(ValueError):
    """Something was said to us that can't be done. The message says why."""


@dataclass(frozen=True, slots=True)
class CameraTruth:
    """What is so of a camera now, as far as the owner of the broker may know: `is_moving` is None without the right to play back."""

    slug: str
    name: str
    state: str
    is_moving: bool | None
    detects: bool
    record: str
    may_configure: bool


@dataclass(frozen=True, slots=True)
class Command:
    """`value` is "on", "off" or, for what to record, one of RECORD_MODES."""

    slug: str
    what: What
    value: str


def available_topic(prefix: str) -> str:
    return f"{prefix}/available"


def topics_of(prefix: str, truth: CameraTruth) -> dict[str, bytes]:
    """All of them are retained, so that who comes later knows them too."""
    base = f"{prefix}/{truth.slug}"
    found = {
        f"{base}/state": truth.state.encode(),
        f"{base}/detect/state": ON if truth.detects else OFF,
        f"{base}/record/state": truth.record.encode(),
    }
    if truth.is_moving is not None:
        found[f"{base}/motion"] = ON if truth.is_moving else OFF
    return found


def event_topic(prefix: str, slug: str) -> str:
    return f"{prefix}/{slug}/event"


def snapshot_topic(prefix: str, slug: str) -> str:
    return f"{prefix}/{slug}/snapshot"


def all_topics(prefix: str, slug: str) -> tuple[str, ...]:
    """Those retained for a camera, to be cleared when it is gone."""
    return tuple(f"{prefix}/{slug}/{name}" for name in ("state", "detect/state", "record/state", "motion", "snapshot"))


def slug_of_state(prefix: str, topic: str) -> str | None:
    """The camera of a topic <prefix>/<slug>/state."""
    slug = topic.removeprefix(f"{prefix}/").removesuffix("/state")
    return slug if topic == f"{prefix}/{slug}/state" and slug and "/" not in slug else None


def subscriptions(prefix: str) -> tuple[str, ...]:
    return (f"{prefix}/+/detect/set", f"{prefix}/+/record/set")


def parse_command(prefix: str, topic: str, payload: bytes) -> Command:
    """Raises CommandError."""
    parts = topic.removeprefix(f"{prefix}/").split("/")
    if not topic.startswith(f"{prefix}/") or len(parts) != 3 or parts[2] != "set" or parts[1] not in ("detect", "record"):
        raise CommandError(f"{topic} is no topic for commands")
    slug, what = parts[0], parts[1]
    said = payload[:40].decode("utf-8", "replace").strip().lower()
    if what == "detect" and said in ("on", "off"):
        return Command(slug, "detect", said)
    if what == "record" and said in ("on", *RECORD_MODES):
        return Command(slug, "record", said)
    wanted = "ON or OFF" if what == "detect" else f"ON, OFF, {', '.join(RECORD_MODES[:-1])}"
    raise CommandError(f"“{said}” is not {wanted}")


def record_mode(value: str, now: str) -> str:
    """What is to be recorded then. “On” begins to record always; what is recorded by a schedule or on motion is on already."""
    if value == "on":
        return "continuous" if now == "off" else now
    return value

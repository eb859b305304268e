"""From the messages of a device to notices: what it noticed, in our words.

What makers call things is known to onvif-parsers; what it doesn't know, or stumbles over, is told by the words of its topic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from onvif_parsers import parse
from onvif_parsers.errors import UnknownTopicError

# A device whose stamps are farther from now than this, its clock's error taken off, has no idea of time.
_MOST_OFF = timedelta(seconds=30)
_STUMBLES = (AttributeError, IndexError, KeyError, TypeError, ValueError)


class NoticeKind(Enum):
    MOTION = "motion"
    OBJECT = "object"
    LINE = "line"
    INTRUSION = "intrusion"
    TAMPER = "tamper"
    SOUND = "sound"
    INPUT = "input"


@dataclass(frozen=True, slots=True)
class Notice:
    """`source` tells apart what goes on at once: a rule, an input. `is_on` is None for what has no end, such as a crossed line.

    `is_initial`: not news, but how things stand when we began to listen. `at_ms` is by our clock, in ms since 1970.
    """

    kind: NoticeKind
    source: str
    is_on: bool | None
    at_ms: int
    labels: tuple[str, ...] = ()
    is_initial: bool = False


async def notices(message: Any, *, clock_ahead_s: float, now: datetime) -> tuple[Notice, ...]:
    """Of one NotificationMessage; empty for what is of no interest here. Never raises for what a device sent."""
    try:
        topic = str(message.Topic._value_1).strip().rstrip("/.")
        payload = message.Message._value_1
        is_initial = str(getattr(payload, "PropertyOperation", "") or "") == "Initialized"
        at_ms = _moment_ms(getattr(payload, "UtcTime", None), clock_ahead_s, now)
    except _STUMBLES:
        return ()
    found = await _by_parser(topic, message) or _by_topic(topic, payload)
    source = _source(payload) or topic
    return tuple(
        Notice(kind, f"{source} {label}".strip()[:100] if label else source[:100], is_on, at_ms, (label,) if label else (), is_initial)
        for kind, label, is_on in found
    )


_Found = tuple[NoticeKind, str, bool | None]


async def _by_parser(topic: str, message: Any) -> list[_Found]:
    try:
        entities = await parse(topic, "", message)
    except (UnknownTopicError, *_STUMBLES):
        return []
    return [found for entity in entities or [] if (found := _of_entity(topic, entity)) is not None]


def _of_entity(topic: str, entity: Any) -> _Found | None:
    name, device_class = str(entity.name), str(entity.device_class or "")
    is_on = None if entity.platform == "event" or not isinstance(entity.value, bool) else entity.value
    kind = _kind(topic, name)
    if kind is None and device_class == "motion":
        kind = NoticeKind.MOTION
    return None if kind is None else (kind, _label(name), is_on)


def _kind(topic: str, name: str) -> NoticeKind | None:
    """By words, of which makers use the same few; the more special one first."""
    words = f"{name} {topic.rpartition('RuleEngine/')[2]}".lower()
    for kind, pattern in _KINDS:
        if re.search(pattern, words):
            return kind
    return None


_KINDS = (
    (NoticeKind.LINE, r"line ?(detector|cross)|crossed|crossing"),
    (NoticeKind.INTRUSION, r"intrusion|field ?detect|objectsinside|loiter"),
    (NoticeKind.TAMPER, r"tamper|scene ?change|blurry|too ?dark|too ?bright|video ?loss|signal ?loss"),
    (NoticeKind.INPUT, r"digital ?input|alarm ?in\b|visitor|doorbell"),
    (NoticeKind.SOUND, r"sound|audio"),
    (NoticeKind.OBJECT, r"person|people|human|face|vehicle|\b(pet|dog|cat)|package|object"),
    (NoticeKind.MOTION, r"motion"),
)
_LABELS = (("person", r"person|people|human|face"), ("vehicle", r"vehicle"), ("animal", r"\b(pet|dog|cat)"), ("package", r"package"))


def _label(name: str) -> str:
    return next((label for label, pattern in _LABELS if re.search(pattern, name.lower())), "")


def _by_topic(topic: str, payload: Any) -> list[_Found]:
    kind = _kind(topic, "")
    if kind is None:
        return []
    values = {str(item.Name).lower(): str(item.Value).strip().lower() for item in _items(payload, "Data")}
    states = [value in ("true", "1", "active") for value in values.values() if value in ("true", "false", "1", "0", "active", "inactive")]
    is_on = None if not states or kind is NoticeKind.LINE else states[0]
    return [(kind, _label(topic.rpartition("/")[2]), is_on)]


def _source(payload: Any) -> str:
    """The rule's name, or the input's."""
    items = {str(item.Name): str(item.Value) for item in _items(payload, "Source")}
    return items.get("Rule") or items.get("InputToken") or next(iter(items.values()), "")


def _items(payload: Any, part: str) -> list[Any]:
    try:
        return [item for item in getattr(payload, part).SimpleItem or [] if item.Name is not None]
    except (AttributeError, TypeError):
        return []


def _moment_ms(stamp: object, clock_ahead_s: float, now: datetime) -> int:
    if isinstance(stamp, datetime):
        at = (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)) - timedelta(seconds=clock_ahead_s)
        if abs(at - now) <= _MOST_OFF:
            return round(at.timestamp() * 1000)
    return round(now.timestamp() * 1000)

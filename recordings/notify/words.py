"""What a message says, in words for people. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from recordings.notify.decision import CAMERA_DOWN, GAP, MOTION, NODE, STORAGE

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Fact:
    """One event of a message. `name` is the camera's, or what it is about when not a camera."""

    kind: str
    is_end: bool
    name: str
    start_ms: int
    end_ms: int | None = None
    zones: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    title: str
    body: str


def words_of(facts: Sequence[Fact], sort: str, zone: tzinfo) -> Words:
    """`facts` are of one sort (decision.sort_of), by time, at least one."""
    if sort == "late":
        return _late(facts, zone)
    if len(facts) == 1:
        return Words(_title(facts[0]), _body(facts[0], zone))
    if {fact.kind for fact in facts} == {STORAGE, GAP}:
        return _disk([fact for fact in facts if fact.kind == STORAGE], [fact for fact in facts if fact.kind == GAP], sort, zone)
    names = list(dict.fromkeys(fact.name for fact in facts))
    if facts[0].kind == MOTION:
        title = f"Motion at {listed(names)}"
        return Words(
            title, f"{len(facts)} events from {_clock(facts[0].start_ms, zone)} to {_clock(facts[-1].start_ms, zone)}{_seen(facts)}."
        )
    if len(names) == 1:
        return Words(f"{_title(facts[-1])} ({len(facts)} times)", _body(facts[-1], zone))
    return Words(_title_of_many(facts[0], names), _reasons(facts, zone))


def listed(names: Sequence[str]) -> str:
    """“A, B and C”; “A, B, C and 4 more”."""
    if len(names) <= _MOST_NAMED:
        return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED} more"


def lasting(length_ms: int) -> str:
    seconds = max(length_ms // 1000, 0)
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"


def _title(fact: Fact) -> str:
    return {
        (MOTION, False): f"Motion at {fact.name}",
        ("camera_motion", False): f"Motion at {fact.name}",
        ("line", False): f"Line crossed at {fact.name}",
        ("intrusion", False): f"Intrusion at {fact.name}",
        ("tamper", False): f"Tampering at {fact.name}",
        ("sound", False): f"Sound at {fact.name}",
        ("input", False): f"Input at {fact.name}",
        (CAMERA_DOWN, False): f"No picture from {fact.name}",
        (CAMERA_DOWN, True): f"{fact.name} is back",
        (STORAGE, False): f"Storage trouble: {fact.name}",
        (STORAGE, True): f"Storage is well again: {fact.name}",
        (GAP, False): f"Footage is missing: {fact.name}",
        (NODE, False): f"A recorder is lost: {fact.name}",
        (NODE, True): f"A recorder is back: {fact.name}",
    }.get((fact.kind, fact.is_end), f"{fact.name}: {fact.kind.replace('_', ' ')}")


def _title_of_many(fact: Fact, names: Sequence[str]) -> str:
    count = len(names)
    return {
        (CAMERA_DOWN, False): f"No picture from {count} cameras",
        (CAMERA_DOWN, True): f"{count} cameras are back",
        (STORAGE, False): f"Storage trouble in {count} places",
        (STORAGE, True): f"Storage is well again in {count} places",
        (GAP, False): f"Footage of {count} cameras is missing",
    }.get((fact.kind, fact.is_end), f"{count} times: {fact.kind.replace('_', ' ')}")


def _body(fact: Fact, zone: tzinfo) -> str:
    at = _clock(fact.start_ms, zone)
    if fact.is_end:
        until = fact.end_ms if fact.end_ms is not None else fact.start_ms
        return f"It lasted {lasting(until - fact.start_ms)}, from {at} to {_clock(until, zone)}."
    if fact.kind == MOTION:
        return f"At {at}{_seen([fact])}."
    return f"Since {at}{_because(fact.reason)}"


def _reasons(facts: Sequence[Fact], zone: tzinfo) -> str:
    names = listed(list(dict.fromkeys(fact.name for fact in facts)))
    if facts[0].is_end:
        return f"{names}."
    reasons = list(dict.fromkeys(fact.reason for fact in facts if fact.reason))
    return f"{names}, since {_clock(facts[0].start_ms, zone)}{_because(reasons[0] if len(reasons) == 1 else '')}"


def _disk(trouble: Sequence[Fact], missing: Sequence[Fact], sort: str, zone: tzinfo) -> Words:
    """What is wrong, and whose footage is missing for it."""
    words, names = words_of(trouble, sort, zone), list(dict.fromkeys(fact.name for fact in missing))
    whose = names[0] if len(names) == 1 else f"{len(names)} cameras ({listed(names)})"
    return Words(words.title, f"{words.body} Footage of {whose} is missing since {_clock(missing[0].start_ms, zone)}.")


def _late(facts: Sequence[Fact], zone: tzinfo) -> Words:
    names = listed(list(dict.fromkeys(fact.name for fact in facts)))
    found = "One event was" if len(facts) == 1 else f"{len(facts)} events were"
    first, last = facts[0].start_ms, facts[-1].start_ms
    when = f"at {_moment(first, zone)}" if len(facts) == 1 else f"between {_moment(first, zone)} and {_moment(last, zone)}"
    return Words(f"{found} found late", f"{names}, {when}. The NVR had not looked at this footage before.")


def _seen(facts: Iterable[Fact]) -> str:
    facts = list(facts)
    labels = list(dict.fromkeys(label for fact in facts for label in fact.labels))
    zones = list(dict.fromkeys(zone for fact in facts for zone in fact.zones))
    return (f", {listed(labels)}" if labels else "") + (f", in {listed(zones)}" if zones else "")


def _because(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        return "."
    return f": {reason}" if reason.endswith((".", "!", "?")) else f": {reason}."


def _clock(at_ms: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at_ms / 1000, zone).strftime("%H:%M:%S")


def _moment(at_ms: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at_ms / 1000, zone).strftime("%d %b %H:%M")

"""What an entry says, for people. Pure: times come in as words of the caller's making."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

_MOST_CHANGES = 6
_LONGEST_VALUE = 60
_KINDS = {"right": "a right", "user": "the account", "group": "the group of people", "token": "the API token"}


class Told(Protocol):
    """An entry, or what still goes on."""

    user_id: int | None
    who: str
    means: str
    proof: str
    action: str
    kind: str
    name: str

    @property
    def told(self) -> dict[str, Any]: ...


def sentence(entry: Told, *, duration_ms: int | None, when: Callable[[int], str], is_going_on: bool = False) -> str:
    """Without a full stop; `when` makes words of milliseconds since 1970."""
    details = entry.told
    done = _DONE.get(entry.action, _something)(entry, details, when)
    how_long = f" for {duration(duration_ms)}" if duration_ms is not None and entry.action in _LASTING else ""
    return f"{who(entry)} {done}{how_long}{' so far' if is_going_on else ''}{means(entry)}"


def who(entry: Told) -> str:
    if entry.who:
        return entry.who
    return "The system" if entry.means == "system" else "Somebody"


def means(entry: Told) -> str:
    """How, where it was not on the pages: ", with the API token Home Assistant"."""
    return {
        "token": f", with the API token {entry.proof}",
        "ticket": ", with a ticket",
        "link": f", with the shared {entry.proof}",
        "command": f", by the command {entry.proof}",
    }.get(entry.means, "")


def duration(length_ms: int) -> str:
    seconds = round(length_ms / 1000)
    if seconds < 1:
        return "a moment"
    if seconds < 100:
        return _count(seconds, "second")
    minutes = round(seconds / 60)
    if minutes < 100:
        return _count(minutes, "minute")
    hours, rest = divmod(minutes, 60)
    return _count(hours, "hour") if not rest or hours >= 48 else f"{_count(hours, 'hour')} {rest} min"


def changes(details: Mapping[str, Any]) -> list[str]:
    """What was changed, each in words: `record: off → continuous`."""
    found = [
        f"{_field(name)}: {_value(change[0])} → {_value(change[1])}"
        if isinstance(change, list) and len(change) == 2
        else f"{_field(name)}: changed"
        for name, change in _mapping(details.get("changes")).items()
    ]
    for how in ("added", "removed"):
        found += [f"{_field(what)} {how}: {', '.join(map(str, names))}" for what, names in _mapping(details.get(how)).items()]
    return found


def _watched(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    return f"watched {entry.name} live"


def _looked(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    what = f"pictures of what {entry.name} recorded" if entry.kind == "footage" else f"live pictures of {entry.name}"
    return f"looked at {what}{_times(details)}"


def _played(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    return f"played back {entry.name}{_footage(details, when)}"


def _exported(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    return f"exported {entry.name}{_footage(details, when)}"


def _downloaded(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    return f"downloaded {entry.name}"


def _shared(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    if details.get("revoked"):
        return f"ended a link to {entry.name}"
    until = details.get("until_ms")
    return f"shared {entry.name} by a link{f' that is good until {when(until)}' if isinstance(until, int) else ''}"


def _protected(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    return f"protected footage of {entry.name}{_footage(details, when)}{_note(details)}"


def _unprotected(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    return f"ended the protection of footage of {entry.name}{_footage(details, when)}{_note(details)}"


def _deleted(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    return f"deleted footage of {entry.name}{_footage(details, when)}"


def _steered(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    return f"turned {entry.name}"


def _switched(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    return f"switched {'on' if details.get('is_on') else 'off'} output {details.get('output', '')} of {entry.name}"


def _added(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    return f"added {_thing(entry)}"


def _changed(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    found = changes(details)
    more = f" and {len(found) - _MOST_CHANGES} more" if len(found) > _MOST_CHANGES else ""
    return f"changed {_thing(entry)}{': ' if found else ''}{'; '.join(found[:_MOST_CHANGES])}{more}"


def _removed(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    return f"removed {_thing(entry)}"


def _signed_in(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    return "signed in"


def _failed(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    if entry.kind == "second step":
        return f"had the password of {entry.name} and gave a wrong code{_times(details)}"
    return f"failed to sign in {f'as {entry.name}' if entry.name else 'with a name that no account has'}{_times(details)}"


def _signed_out(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    return "signed out"


def _audit_read(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    return f"took {_count(int(details.get('entries') or 0), 'entry', 'entries')} of the audit as a file"


def _forgot(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    count = _count(int(details.get("entries") or 0), "entry", "entries")
    count = _count(int(details.get("entries") or 0), "entry", "entries")
    return f"forgot {count} of the audit for their age, up to number {details.get('number')}"


def _something(entry: Told, details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    return f"did something called {entry.action} to {_thing(entry)}"


_DONE: Mapping[str, Callable[[Told, Mapping[str, Any], Callable[[int], str]], str]] = {
    "watch": _watched,
    "picture": _looked,
    "playback": _played,
    "export": _exported,
    "download": _downloaded,
    "share": _shared,
    "protect": _protected,
    "unprotect": _unprotected,
    "delete": _deleted,
    "steer": _steered,
    "output": _switched,
    "add": _added,
    "change": _changed,
    "remove": _removed,
    "login": _signed_in,
    "login_failed": _failed,
    "logout": _signed_out,
    "audit_read": _audit_read,
    "forget": _forgot,
}
_LASTING = {"watch", "picture", "steer"}


def _thing(entry: Told) -> str:
    return f"{_KINDS.get(entry.kind, f'the {entry.kind}')} {entry.name}".rstrip() if entry.kind else entry.name


def _times(details: Mapping[str, Any]) -> str:
    count = details.get("count")
    return f" {count} times" if isinstance(count, int) and count > 1 else ""


def _footage(details: Mapping[str, Any], when: Callable[[int], str]) -> str:
    """Of when it is; all of it from the first to the last where it is in several stretches."""
    spans = details.get("footage")
    if not isinstance(spans, list) or not spans or not all(_is_span(span) for span in spans):
        return ""
    start, end = min(span[0] for span in spans), max(span[1] for span in spans)
    stretches = f", {len(spans)} stretches" if len(spans) > 1 else ""
    return f", {when(start)} to {when(end)}{stretches}"


def _is_span(span: object) -> bool:
    return isinstance(span, Sequence) and len(span) == 2 and all(isinstance(moment, int) for moment in span)


def _note(details: Mapping[str, Any]) -> str:
    return f" (“{details['note']}”)" if details.get("note") else ""


def _field(name: str) -> str:
    return name.removeprefix("is_").replace("_", " ")


def _value(value: object) -> str:
    if value in ("", None, [], {}):
        return "nothing"
    text = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"

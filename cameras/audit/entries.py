"""Writing down one thing that was done.

An entry is a row of the transaction it is noted in: what is rolled back was not done, and what is committed is noted, whatever crashes
then. It is put into the chain a few seconds later (sealing.py), so that nobody waits for the chain's head.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import Any, Protocol

from cameras.audit.actors import Actor, current_actor
from cameras.models import AuditEntry, Camera
from cameras.stream_url import redact

_LONGEST_TEXT = 300
_MOST_ITEMS = 100
# Not for a database, and not for a page.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


class Named(Protocol):
    """A camera, or what stands for it."""

    slug: Any
    name: Any


def note(
    action: str,
    *,
    camera: Camera | Named | None = None,
    kind: str = "",
    object_id: object = "",
    name: str = "",
    details: Mapping[str, Any] | None = None,
    at_ms: int | None = None,
    duration_ms: int | None = None,
    by: Actor | None = None,
) -> None:
    """One row. `by` is who is at hand unless it is given. Without a `kind` it is about the camera. Secrets don't belong in `details`."""
    AuditEntry.objects.create(
        **facts_of(by or current_actor(), action, camera=camera, kind=kind, object_id=object_id, name=name),
        details=to_text(details or {}),
        at_ms=now_ms() if at_ms is None else at_ms,
        duration_ms=duration_ms,
    )


def facts_of(
    by: Actor, action: str, *, camera: Camera | Named | None = None, kind: str = "", object_id: object = "", name: str = ""
) -> dict[str, Any]:
    """The columns that entries and activities share, made fit for them."""
    if camera is not None and not kind:
        kind, name = "camera", camera.name
    return {
        "user_id": by.user_id,
        "who": plain(by.who, 150),
        "means": str(by.means),
        "proof": plain(by.proof, 100),
        "address": plain(by.address, 45),
        "action": str(action),
        "camera": plain(camera.slug, 100) if camera is not None else "",
        "kind": kind,
        "object_id": plain(str(object_id), 64),
        "name": plain(name, _LONGEST_TEXT),
    }


def to_text(details: Mapping[str, Any]) -> str:
    return json.dumps(_fit(details), sort_keys=True, separators=(",", ":"))


def plain(text: str, longest: int = _LONGEST_TEXT) -> str:
    """One line without credentials of addresses, cut off where it is too long."""
    text = redact(_UNPRINTABLE.sub(" ", text))
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def _fit(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {plain(str(name), 60): _fit(item) for name, item in list(value.items())[:_MOST_ITEMS]}
    if isinstance(value, list | tuple | set | frozenset):
        return [_fit(item) for item in list(value)[:_MOST_ITEMS]]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) < 1e15 else str(value)
    return plain(str(value))

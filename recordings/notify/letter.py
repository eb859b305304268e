"""What is handed to a channel, and what comes of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Letter:
    """`id` stays the same when it is sent again, so that a receiver can tell. `path` is a page of ours; `url` the same as others reach it,
    or empty. `events` are for programs: what the webhook documents. `picture` is a JPEG.
    """

    id: str
    title: str
    body: str
    sort: str
    at_ms: int
    path: str = "/"
    url: str = ""
    rule: str = ""
    is_test: bool = False
    events: tuple[dict[str, Any], ...] = ()
    picture: bytes | None = field(default=None, repr=False)
    picture_path: str = ""


class Result(StrEnum):
    SENT = "sent"
    AGAIN = "again"  # it may work later
    REFUSED = "refused"  # the same again would be refused again
    GONE = "gone"  # whoever it was for has withdrawn


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reason` is for people and holds no secret. `wait_s` is how long the other side asked us to wait."""

    result: Result
    reason: str = ""
    wait_s: float = 0


SENT = Outcome(Result.SENT)

"""What is said to people about a stretch of time without footage. Pure."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from recordings.rules.accounting import Entry, Kind

# The names of the rules are those of rules/retention.py and services/deletion.py.
_DELETED = {
    "camera bytes": "Deleted because this camera's recordings had reached their limit",
    "volume bytes": "Deleted because the recording directory had reached its limit",
    "total bytes": "Deleted because all recordings together had reached their limit",
    "free space": "Deleted to make room on the disk",
    "by hand": "Deleted by hand",
    "file lost": "The file is lost",
}
_WITHOUT_REASON = {
    Kind.RECORDED: "Recorded",
    Kind.SCHEDULE_OFF: "Not recorded by schedule",
    Kind.CAMERA_DOWN: "No picture from the camera",
    Kind.WRITE_FAILURE: "Could not be written to the disk",
    Kind.OVERLOAD: "The disk was too slow",
    Kind.NOT_RUNNING: "The recorder was not running",
    Kind.OFF: "Recording was off",
    Kind.PENDING: "Nothing in the catalogue yet",
    Kind.UNKNOWN: "No footage, and no note of the reason",
}
# These say everything themselves.
_COMPLETE = {Kind.RECORDED, Kind.SCHEDULE_OFF, Kind.OVERLOAD}


def text_of(entry: Entry, *, deleted_after: Callable[[Entry], Decimal | None] = lambda _: None) -> str:
    """`deleted_after`: for footage deleted by age, how many days it was kept, if that is known."""
    if entry.kind is Kind.DELETED:
        if entry.reason != "age":
            return _DELETED.get(entry.reason, f"Deleted ({entry.reason})")
        days = deleted_after(entry)
        return "Deleted because of its age" if days is None else f"Deleted after {_days(days)}"
    words = _WITHOUT_REASON[entry.kind]
    return words if entry.kind in _COMPLETE or not entry.reason else f"{words}: {entry.reason}"


def _days(days: Decimal) -> str:
    return "1 day" if days == 1 else f"{days.normalize():f} days"

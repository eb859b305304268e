"""What is said to people about a stretch of time without footage. Pure."""

from __future__ import annotations

from decimal import Decimal

from recordings.rules.accounting import Entry, Kind
from recordings.rules.days import DAY_MS

# The names of the rules are those of rules/retention.py and services/deletion.py.
_DELETED = {
    "no motion": "Not kept, because nothing moved",
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
    Kind.CLOCK_SET: "Nothing is missing: the recorder's clock was put ahead",
    Kind.NOT_RUNNING: "The recorder was not running",
    Kind.OFF: "Recording was off",
    Kind.PENDING: "Nothing in the catalogue yet",
    Kind.UNKNOWN: "No footage, and no note of the reason",
}
# The reasons are those of recordings/plans.py and services/timeline.py.
_SAID = {
    "switched off": "The camera was switched off",
    "recording is switched off": "Recording was switched off",
    "this stream is not to be recorded": "This stream is not recorded",
    "the camera had not been added yet": "The camera had not been added yet",
    "the recorder had not begun with this camera yet": "The recorder had not begun with this camera yet",
}
# These say everything themselves.
_COMPLETE = {Kind.RECORDED, Kind.SCHEDULE_OFF, Kind.OVERLOAD}


def text_of(entry: Entry, *, keep_days: Decimal | None = None, now_ms: int = 0) -> str:
    """`keep_days`: after how many days the camera's footage is deleted now."""
    if entry.kind is Kind.DELETED:
        if entry.reason != "age":
            return _DELETED.get(entry.reason, f"Deleted ({entry.reason})")
        # Footage that would still be kept today was deleted when fewer days were wanted.
        is_known = keep_days is not None and entry.span.end_ms <= now_ms - keep_days * DAY_MS
        return f"Deleted after {_days(keep_days)}" if keep_days is not None and is_known else "Deleted because of its age"
    if entry.kind in (Kind.OFF, Kind.NOT_RUNNING) and entry.reason in _SAID:
        return _SAID[entry.reason]
    words = _WITHOUT_REASON[entry.kind]
    if entry.kind is Kind.CLOCK_SET:
        return f"{words} {entry.reason}".strip()
    return words if entry.kind in _COMPLETE or not entry.reason else f"{words}: {entry.reason}"


def _days(days: Decimal) -> str:
    return "1 day" if days == 1 else f"{days.normalize():f} days"

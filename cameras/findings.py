"""What an examination of a camera found, check by check: values for pages, API, commands and comparison. Pure.

The checks themselves are in streaming/doctor (network, RTSP, pictures) and cameras/onvif (ONVIF); CHECKS is their order, from the cable
to the picture, and what each is called. The first bad one is the cause: what lies behind it can't be well either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

Fact = str | int | float | bool


class Grade(StrEnum):
    GOOD = "good"
    LOOK = "look"  # works, but worse than it could
    BAD = "bad"  # does not work, or loses footage
    NOT_REACHED = "not_reached"


CHECKS: Mapping[str, str] = MappingProxyType(
    {
        "name": "Name",
        "route": "Way to the camera",
        "port": "Port",
        "tls": "Encryption",
        "rtsp": "RTSP",
        "login": "Login",
        "description": "Stream description",
        "codec": "Video format",
        "transport": "Transport",
        "packets": "First packet",
        "keyframe": "First keyframe",
        "staying": "Connection holds",
        "loss": "Lost packets",
        "jitter": "Evenness",
        "bitrate": "Bitrate and link",
        "smart_codec": "Smart codec",
        "keyframes": "Keyframes",
        "reordering": "B-frames",
        "parameter_sets": "Parameter sets",
        "clock": "Time stamps",
        "sound": "Sound",
        "sub_stream": "Sub stream",
        "onvif": "ONVIF",
        "onvif_login": "ONVIF login",
        "onvif_clock": "Camera's clock",
    }
)
_ORDER = {check: number for number, check in enumerate(CHECKS)}
_SEVERITY = {Grade.BAD: 0, Grade.LOOK: 1, Grade.GOOD: 2, Grade.NOT_REACHED: 3}


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` says what was found, `meaning` why that matters, `advice` what to change; the last two are empty when nothing need be.

    `stream` is "main", "sub", or empty for what concerns the whole camera. `facts` are for programs and for comparing (diff.py).
    No text or fact holds a password.
    """

    check: str
    grade: Grade
    text: str
    meaning: str = ""
    advice: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    stream: str = ""

    @property
    def title(self) -> str:
        return CHECKS.get(self.check, self.check)

    @property
    def is_behind_a_failure(self) -> bool:
        return "because" in self.facts

    def to_json(self) -> dict[str, Any]:
        return {
            "check": self.check,
            "stream": self.stream,
            "grade": self.grade.value,
            "text": self.text,
            "meaning": self.meaning,
            "advice": self.advice,
            "facts": dict(self.facts),
        }


def good(check: str, text: str, **facts: Fact) -> Finding:
    return Finding(check, Grade.GOOD, text, facts=facts)


def look(check: str, text: str, meaning: str, advice: str, **facts: Fact) -> Finding:
    return Finding(check, Grade.LOOK, text, meaning, advice, facts)


def bad(check: str, text: str, meaning: str, advice: str, **facts: Fact) -> Finding:
    return Finding(check, Grade.BAD, text, meaning, advice, facts)


def not_reached(check: str, because: str) -> Finding:
    """`because` is the check that failed in front of it."""
    return Finding(check, Grade.NOT_REACHED, f"Not reached, because of: {CHECKS[because]}.", facts={"because": because})


def from_json(stored: Mapping[str, Any]) -> Finding:
    """Of what to_json gave, also when an older version did."""
    return Finding(
        check=str(stored["check"]),
        grade=Grade(stored["grade"]),
        text=str(stored["text"]),
        meaning=str(stored.get("meaning", "")),
        advice=str(stored.get("advice", "")),
        facts=dict(stored.get("facts", {})),
        stream=str(stored.get("stream", "")),
    )


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """The way to the camera, its main stream, its sub stream, the camera as a whole; each from the cable to the picture."""
    return sorted(findings, key=lambda finding: (_part(finding), _ORDER.get(finding.check, len(_ORDER))))


def _part(finding: Finding) -> int:
    if finding.stream:
        return 1 if finding.stream == "main" else 2
    return 0 if _ORDER.get(finding.check, len(_ORDER)) < _ORDER["rtsp"] else 3


def worst(findings: Iterable[Finding]) -> Grade:
    """NOT_REACHED when nothing was."""
    return min((finding.grade for finding in findings), key=_SEVERITY.__getitem__, default=Grade.NOT_REACHED)


def cause(findings: Iterable[Finding]) -> Finding | None:
    """What to mend first: the earliest bad finding, else the earliest worth a look; None when all is well."""
    ordered = in_order(findings)
    for grade in (Grade.BAD, Grade.LOOK):
        for finding in ordered:
            if finding.grade is grade:
                return finding
    return None

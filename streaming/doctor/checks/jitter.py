from __future__ import annotations

from cameras.findings import Fact, Finding, good, look
from streaming.doctor.evidence import Evidence
from streaming.doctor.measures import pictures_per_s

_MUCH_JITTER_MS = 60
_LONG_PAUSE_MS = 1000


def check(evidence: Evidence) -> Finding | None:
    observation = evidence.observation
    if observation is None or len(observation.pictures) < 10:
        return None
    jitter_ms, pause_ms = round(observation.jitter_ms), observation.longest_pause_ms
    facts: dict[str, Fact] = {"jitter_ms": jitter_ms, "longest_pause_ms": pause_ms}
    rate = pictures_per_s(observation.pictures)
    usual_ms = 1000 / rate if rate else 0
    text = f"Pictures arrive within {jitter_ms} ms of their time; the longest pause was {pause_ms / 1000:.1f} s."
    if pause_ms > max(_LONG_PAUSE_MS, 4 * usual_ms):
        meaning, advice = (
            "The picture stands still meanwhile.",
            "Look at the link (Wi-Fi, a long cable, a busy switch). A camera that pauses often may be overloaded: lower its frame rate.",
        )
    elif jitter_ms > _MUCH_JITTER_MS:
        meaning, advice = (
            "Live pictures have to be held back that long to move evenly.",
            "On Wi-Fi this is the air; a cable ends it. Else the camera is overloaded: lower its bitrate or frame rate.",
        )
    else:
        return good("jitter", text, **facts)
    return look("jitter", text, meaning, advice, **facts)

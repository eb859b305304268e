from __future__ import annotations

from statistics import median

from cameras.findings import Fact, Finding, good, look
from streaming.doctor.evidence import Evidence
from streaming.doctor.measures import Pattern, intervals, pattern
from streaming.media.packet import Codec

_LONG_MS = 4_200
_DENSE = 5  # pictures; every fifth a keyframe costs a multiple of the usual bitrate


def check(evidence: Evidence) -> Finding | None:
    observation = evidence.observation
    if observation is None or observation.codec is Codec.MJPEG or observation.first_keyframe_ms is None:
        return None
    found = intervals(observation.pictures)
    if not found:
        seconds = observation.watched_ms / 1000
        if observation.watched_ms < _LONG_MS:
            return good("keyframes", f"One keyframe in {seconds:.0f} s; too short a look to tell how often they come.")
        return _long(f"No second keyframe came within {seconds:.0f} s.", {"is_regular": False})
    usual_ms, pictures = median(interval.length_ms for interval in found), round(median(interval.pictures for interval in found))
    longest_ms, shape = max(interval.length_ms for interval in found), pattern(found)
    facts: dict[str, Fact] = {"gop_ms": round(usual_ms), "gop_pictures": pictures, "is_regular": shape is not Pattern.ROAMING}
    text = f"A keyframe every {usual_ms / 1000:.1f} s ({pictures} pictures)"
    text += {
        Pattern.FIXED: ", regularly.",
        Pattern.SCENES: ", and further ones when the picture changes.",
        Pattern.ROAMING: f", but up to {longest_ms / 1000:.1f} s apart.",
        Pattern.UNKNOWN: ".",
    }[shape]
    if longest_ms > _LONG_MS:
        return _long(text, facts)
    if pictures <= _DENSE:
        return look(
            "keyframes",
            text,
            "Keyframes are large: so many of them take several times the bandwidth and disk of one a second.",
            "Set the I-frame interval in the camera to one or two seconds.",
            **facts,
        )
    return good("keyframes", text, **facts)


def _long(text: str, facts: dict[str, Fact]) -> Finding:
    return look(
        "keyframes",
        text,
        "Live view can only start at a keyframe, recordings are cut at keyframes, and a lost packet spoils everything up to the next one.",
        "Set the I-frame interval in the camera to one or two seconds: at 25 pictures a second that is 25 or 50.",
        **facts,
    )

from __future__ import annotations

from cameras.findings import Fact, Finding, bad, good, look
from streaming.doctor.evidence import Evidence, Observation
from streaming.doctor.measures import bitrate_bps, clock_pace, keyframe_delivery_ms, lag_growth_ms_per_s, pictures_per_s, reorders
from streaming.doctor.words import megabits

# A clock that is off by as much would be very broken; a link that is too narrow soon gets there.
FALLING_BEHIND_MS_PER_S = 30.0
_SLOW_DELIVERY_MS = 400
_CLOCK_OFF = 0.02


def check(evidence: Evidence) -> Finding | None:
    observation = evidence.observation
    if observation is None or len(observation.pictures) < 3:
        return None
    rate_bps, delivery_ms = bitrate_bps(observation.pictures), keyframe_delivery_ms(observation.pictures)
    facts: dict[str, Fact] = {"bitrate_bps": rate_bps, "keyframe_delivery_ms": delivery_ms}
    text = f"{megabits(rate_bps)} on average."
    growth = lag_growth_ms_per_s(observation.pictures)
    if growth is not None and growth > FALLING_BEHIND_MS_PER_S and not is_clock_wrong(observation):
        facts["falls_behind_ms"] = round(growth)
        return bad(
            "bitrate",
            f"{text} That is more than gets through: the picture falls behind by {growth / 1000:.2f} s each second.",
            "The link to the camera, or the camera itself, can't carry this stream. It will break off, or lose pictures.",
            "Lower the bitrate in the camera, or its resolution or frame rate. On Wi-Fi: bring it closer to the access point, use a cable.",
            **facts,
        )
    if delivery_ms > _SLOW_DELIVERY_MS:
        return look(
            "bitrate",
            f"{text} A keyframe takes {delivery_ms / 1000:.1f} s to come through.",
            "The link is just wide enough: live pictures are late by as much, and a little more traffic makes them stutter.",
            "Lower the bitrate in the camera, or give it a better link (a cable, a stronger Wi-Fi signal).",
            **facts,
        )
    return good("bitrate", f"{text} The link carries it: a keyframe comes through in {max(delivery_ms, 1)} ms.", **facts)


def is_clock_wrong(observation: Observation) -> bool:
    """Whether time stamps that lag behind are the clock's fault and not the link's.

    By the camera's own reports, which are as late as its pictures when the link is to blame; without them by the frame rate it claims.
    """
    pace = clock_pace(observation.reports)
    if pace is not None:
        return abs(pace - 1) > _CLOCK_OFF
    claimed = observation.parameters.frame_rate if observation.parameters else None
    counted = pictures_per_s(observation.pictures)
    if not claimed or not counted or reorders(observation.pictures):
        return False
    return abs(counted / claimed - 1) > _CLOCK_OFF

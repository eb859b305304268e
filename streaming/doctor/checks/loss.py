from __future__ import annotations

from cameras.findings import Fact, Finding, bad, good, look
from streaming.doctor.evidence import Evidence

_BAD_PERCENT = 2.0


def check(evidence: Evidence) -> Finding | None:
    observation = evidence.observation
    if observation is None or not observation.packets:
        return None
    lost, expected = observation.lost_packets, observation.packets - observation.late_packets + observation.lost_packets
    percent = 100 * lost / max(expected, 1)
    facts: dict[str, Fact] = {"lost_percent": round(percent, 2), "transport": evidence.means}
    if not lost:
        return good("loss", f"None of {observation.packets} packets was lost.", **facts)
    text = f"{lost} of {expected} packets were lost ({percent:.1f} %)."
    if evidence.means == "tcp":
        meaning = "Over TCP nothing gets lost on the way: the camera itself leaves packets out, because it or its link is too slow."
        advice = "Lower the bitrate or the resolution in the camera, or close other viewers of it. On Wi-Fi: a better signal, or a cable."
    else:
        meaning = "Each lost packet spoils the picture up to the next keyframe, also in recordings."
        advice = "Set the transport of this stream to TCP. If that doesn't help, the link is too weak: a cable, or a lower bitrate."
    return (bad if percent >= _BAD_PERCENT else look)("loss", text, meaning, advice, **facts)

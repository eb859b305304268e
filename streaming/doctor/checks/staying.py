from __future__ import annotations

from cameras.findings import Finding, bad, good
from streaming.doctor.evidence import Evidence


def check(evidence: Evidence) -> Finding | None:
    observation = evidence.observation
    if observation is None or observation.first_packet_ms is None:
        return None
    seconds = observation.watched_ms / 1000
    failure = evidence.failed_at("staying")
    if failure is not None:
        return bad(
            "staying",
            f"After {seconds:.0f} s it was over. {failure.text}",
            "Each break costs seconds of footage.",
            "Restart the camera. If it breaks off again and again: fewer viewers at once, a lower bitrate, new software in the camera.",
        )
    return good("staying", f"The connection held for the {seconds:.0f} s of this examination.")

from __future__ import annotations

from cameras.findings import Finding, good, look
from streaming.doctor.evidence import Evidence
from streaming.doctor.measures import reorders
from streaming.media.packet import Codec


def check(evidence: Evidence) -> Finding | None:
    observation = evidence.observation
    if observation is None or observation.codec is Codec.MJPEG or observation.parameters is None:
        return None
    if reorders(observation.pictures):
        return look(
            "reordering",
            "The camera uses B-frames: it sends pictures out of their order.",
            "Each has to wait for later ones, which delays live view by some pictures, and some browsers stutter.",
            "Switch B-frames off in the camera (GOP structure IP, or profile Baseline or Main).",
            has_b_frames=True,
        )
    return good("reordering", "Pictures are sent in the order they are shown, without B-frames.", has_b_frames=False)

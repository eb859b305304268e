from __future__ import annotations

from cameras.findings import Finding, good, look
from streaming.doctor.evidence import Evidence
from streaming.media.packet import Codec


def check(evidence: Evidence) -> Finding | None:
    observation = evidence.observation
    if observation is None or observation.codec is Codec.MJPEG or observation.parameters is None:
        return None
    keys = [picture for picture in observation.pictures if picture.is_key]
    if not keys:
        return None
    in_band = sum(picture.has_sets for picture in keys)
    described = evidence.media[0].parameter_sets
    facts = {"is_in_band": in_band == len(keys)}
    if in_band == len(keys):
        used = set(observation.parameters.track.parameter_sets)
        if described and not used.issuperset(described):
            return look(
                "parameter_sets",
                "The session description names other parameter sets than the stream uses.",
                "This NVR takes those of the stream. Programs that trust the description show a grey picture.",
                "Restart the camera after changes to its video settings.",
                **facts,
            )
        return good("parameter_sets", "The parameters to decode it come with every keyframe.", **facts)
    which = "none" if not in_band else f"only {in_band} of {len(keys)}"
    return look(
        "parameter_sets",
        f"The parameters to decode it come with {which} of the keyframes, else only in the session description.",
        "This NVR adds them. When the camera changes its format in mid-stream, though, it may go unnoticed until the next connection.",
        "Nothing need be done. Some cameras have a setting for it (“in-band parameter sets”, “SPS/PPS with every I-frame”).",
        **facts,
    )

from __future__ import annotations

from cameras.findings import Finding, good, look
from streaming.doctor.evidence import Evidence
from streaming.doctor.measures import Pattern, intervals, is_growing, pattern
from streaming.media.packet import Codec

_SUSPICIOUS_MS = 8_000


def check(evidence: Evidence) -> Finding | None:
    """H.264+, H.265+, Smart Stream, Zipstream with dynamic GOP: the camera leaves keyframes out as long as little moves."""
    observation = evidence.observation
    if observation is None or observation.codec is Codec.MJPEG or observation.first_keyframe_ms is None:
        return None
    found = intervals(observation.pictures)
    lengths = [interval.length_ms for interval in found]
    since_last_ms = _since_last_key_ms(evidence)
    longest_ms = max([*lengths, since_last_ms])
    if is_growing(found) or pattern(found) is Pattern.ROAMING:
        spread = " s, ".join(f"{length / 1000:.1f}" for length in lengths[:8])
        text = f"The time between keyframes changes ({spread} s): the camera saves them while little moves."
    elif longest_ms > _SUSPICIOUS_MS and pattern(found) is Pattern.UNKNOWN:
        text = f"For {longest_ms / 1000:.0f} s no keyframe came, as with cameras that save them while little moves."
    else:
        return good("smart_codec", "Keyframes come by the clock, not by what the camera thinks is worth one.", is_smart=False)
    return look(
        "smart_codec",
        text,
        "Live view starts late, recordings can only be cut and searched at keyframes, and a lost packet spoils the picture for long.",
        "Switch H.264+, H.265+, “Smart Codec”, “Smart Encoding” or a dynamic GOP off in the camera, and set a fixed I-frame interval of "
        "one or two seconds.",
        is_smart=True,
    )


def _since_last_key_ms(evidence: Evidence) -> int:
    """How long the watch went on without another keyframe at its end."""
    observation = evidence.observation
    assert observation is not None
    keys = [picture for picture in observation.pictures if picture.is_key]
    return observation.pictures[-1].arrived_at_ms - keys[-1].arrived_at_ms if keys else 0

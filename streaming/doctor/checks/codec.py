from __future__ import annotations

from cameras.findings import Fact, Finding, bad, good, look
from streaming.doctor.evidence import Evidence
from streaming.doctor.measures import pictures_per_s
from streaming.doctor.profiles import CODEC_NAMES, profile_of
from streaming.media.packet import Codec


def check(evidence: Evidence) -> Finding | None:
    failure = evidence.failed_at("codec")
    if failure is not None:
        return bad(
            "codec",
            failure.text,
            "Neither browsers nor recordings can hold this format.",
            "Choose H.264 for the main stream (or H.265, if your browsers show it) in the camera's video settings.",
        )
    if not evidence.media or evidence.media[0].codec is None:
        return None
    observation = evidence.observation
    codec = evidence.media[0].codec
    if observation is None or observation.parameters is None:
        return good("codec", f"Announced as {CODEC_NAMES[codec]}.", codec=codec.value)
    track, profile = observation.parameters.track, profile_of(observation.parameters.track)
    rate = pictures_per_s(observation.pictures)
    facts: dict[str, Fact] = {"codec": codec.value, "profile": profile.name, "width_px": track.width_px, "height_px": track.height_px}
    facts["rate_fps"] = round(rate, 1)
    name = f"{CODEC_NAMES[codec]} {profile.name}".strip()
    text = f"{name}, {track.width_px} × {track.height_px}, {rate:.0f} pictures a second."
    if not profile.is_usual:
        return look(
            "codec",
            text,
            "Ten bits or full colour resolution: browsers don't decode that, so pictures come as JPEG, one by one.",
            "Set the profile to Main or High (H.264) or Main (H.265) in the camera.",
            **facts,
        )
    if codec is Codec.MJPEG:
        return look(
            "codec",
            text,
            "Every picture is sent whole: that takes five to ten times the bandwidth and disk of H.264.",
            "Choose H.264 in the camera, if it can.",
            **facts,
        )
    if codec is Codec.H265:
        return look(
            "codec",
            text,
            "Recordings get smaller, but not every browser shows H.265 (Firefox on Linux doesn't, Chrome needs hardware for it).",
            "If pictures come one by one in your browser, set the sub stream to H.264: live view then uses that.",
            **facts,
        )
    return good("codec", text, **facts)

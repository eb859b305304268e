from __future__ import annotations

from cameras.findings import Finding, bad, good, look
from streaming.doctor.evidence import Evidence
from streaming.ingest.state import WORDS
from streaming.rtsp.errors import FailureCode

_LATE_MS = 3000


def check(evidence: Evidence) -> Finding | None:
    observation = evidence.observation
    if observation is None or observation.first_packet_ms is None:
        return None
    first_ms = observation.first_keyframe_ms
    if first_ms is None:
        has_keyframe = any(picture.is_key for picture in observation.pictures)
        if has_keyframe and observation.lost_packets:
            meaning, advice = "Keyframes are sent, but none arrived whole.", "See under Lost packets: use TCP, or a better link."
        elif has_keyframe:
            meaning = "Keyframes are sent, but without the parameters to decode them (SPS and PPS)."
            advice = "Restart the camera and update its software; another stream of it may be well."
        else:
            meaning = "Without a keyframe nothing can be shown or recorded."
            advice = "Set the I-frame interval in the camera to one or two seconds, and switch “smart codec” (H.264+, H.265+) off."
        return bad("keyframe", f"No picture to begin with came in {observation.watched_ms / 1000:.0f} s.", meaning, advice)
    if observation.parameters is None:
        return bad(
            "keyframe",
            "A keyframe came, but it can't be read.",
            "Its parameter sets break the standard.",
            "Update the camera's software, or choose another profile or codec in its video settings.",
            first_keyframe_ms=first_ms,
        )
    text = f"The first keyframe came after {first_ms / 1000:.1f} s."
    if first_ms > _LATE_MS:
        return look(
            "keyframe",
            text,
            "So long nothing is shown or recorded after each reconnect.",
            WORDS[FailureCode.NO_KEYFRAME].partition(". ")[2],
            first_keyframe_ms=first_ms,
        )
    return good("keyframe", text, first_keyframe_ms=first_ms)

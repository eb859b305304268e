from __future__ import annotations

from cameras.findings import Finding, bad, good
from cameras.stream_url import redact
from streaming.doctor.evidence import Evidence
from streaming.rtsp.errors import FailureCode


def check(evidence: Evidence) -> Finding | None:
    failure, path = evidence.failed_at("description"), redact(evidence.address.path) or "/"
    if failure is not None:
        if failure.code is FailureCode.PATH_NOT_FOUND:
            meaning = f"The camera works, but offers nothing at “{path}”."
            advice = "Look the path up in the camera's manual, or let “Add camera” find it: it knows those of the common makers."
        elif failure.code is FailureCode.NO_VIDEO:
            meaning, advice = "Only sound, or data, comes from there.", "Enter the address of a video stream."
        else:
            meaning = "The camera's session description (SDP) breaks the standard."
            advice = "Update the camera's software. If another path of the camera works, use that."
        return bad("description", failure.text, meaning, advice, path=path)
    if evidence.description is None:
        return None
    kinds = [media.kind for media in evidence.description.media]
    offers = ", ".join(f"{media.kind} {media.encoding or 'of an unknown kind'}" for media in evidence.description.media[:6])
    return good("description", f"The camera describes its stream: {redact(offers)}.", media=", ".join(kinds))

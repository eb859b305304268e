from __future__ import annotations

from cameras.findings import Fact, Finding, bad, good
from streaming.doctor.evidence import Evidence
from streaming.rtsp.errors import FailureCode

_BUSY = (453, 503)


def check(evidence: Evidence) -> Finding | None:
    server = next((exchange.server for exchange in evidence.exchanges if exchange.server), "")
    facts: dict[str, Fact] = {"server": server} if server else {}
    failure = evidence.failed_at("rtsp")
    if failure is None:
        if not evidence.exchanges:
            return None
        return good("rtsp", f"The camera speaks RTSP, as “{server}”." if server else "The camera speaks RTSP.", **facts)
    last = evidence.exchanges[-1].status if evidence.exchanges else 0
    if last:
        facts["status"] = last
    if failure.code is FailureCode.REDIRECT_REFUSED:
        meaning = "An address may lead on only within the same device: else a camera could send this server anywhere."
        advice = "If the other address is right, enter it as the camera's address."
    elif last in _BUSY:
        meaning = "Cameras serve a small number of connections at once. This NVR needs one for each stream."
        advice = "Close apps, browsers and recorders that also watch this camera, or raise its limit. Restarting it frees lost connections."
    elif failure.code is FailureCode.SERVER_ERROR:
        meaning, advice = "The fault is inside the camera.", "Restart the camera. If it comes again, update its software."
    elif failure.code in (FailureCode.TIMEOUT, FailureCode.CLOSED):
        meaning = "Something takes connections at this port, but does not talk RTSP with us, or the camera hangs."
        advice = "Restart the camera. If nothing changes, check the port: RTSP is usually at 554."
    else:
        meaning, advice = (
            "What answers at this port is not the camera's RTSP.",
            "Check the port: RTSP is usually at 554, RTSP over TLS at 322.",
        )
    return bad("rtsp", failure.text, meaning, advice, **facts)

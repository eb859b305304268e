from __future__ import annotations

from cameras.findings import Fact, Finding, bad, good, look
from streaming.doctor.evidence import Evidence
from streaming.rtsp.auth import Challenge, strongest
from streaming.rtsp.errors import FailureCode


def check(evidence: Evidence) -> Finding | None:
    challenge = strongest(evidence.challenges)
    facts: dict[str, Fact] = {"scheme": scheme_of(challenge)} if evidence.exchanges else {}
    failure = evidence.failed_at("login")
    if failure is not None:
        return _refused(evidence, failure.code, failure.text, facts)
    if not any(exchange.status == 200 and exchange.method != "OPTIONS" for exchange in evidence.exchanges):
        return None
    if challenge is None:
        return look(
            "login",
            "The camera asks for no password.",
            "Everybody in its network can watch it.",
            "Switch authentication on for RTSP in the camera, and enter the user name and password here.",
            **facts,
        )
    if challenge.scheme == "basic" and not evidence.address.is_tls:
        return look(
            "login",
            "The camera takes the password, but wants it unencrypted (Basic).",
            "Whoever can listen in on the network can read it.",
            "Set the camera's RTSP authentication to Digest, or use rtsps:// if it offers that.",
            **facts,
        )
    return good("login", f"The camera takes the user name and password ({facts['scheme']}).", **facts)


def scheme_of(challenge: Challenge | None) -> str:
    if challenge is None:
        return "none"
    return "Basic" if challenge.scheme == "basic" else f"Digest {challenge.algorithm}"


def _refused(evidence: Evidence, code: FailureCode, text: str, facts: dict[str, Fact]) -> Finding:
    if code is FailureCode.FORBIDDEN:
        meaning = "The login is right, but this user lacks the permission for live video."
        advice = "Give the user the right to view live in the camera, or use another user."
    elif not evidence.has_credentials:
        meaning, advice = "No user name and password are stored for this camera.", "Enter those that you set on the camera."
    elif evidence.challenges:
        meaning = "The camera knows the user name with another password, or not at all. Some lock an account after a few wrong tries."
        advice = (
            "Enter the login of the camera itself, not of its maker's app or cloud. Hikvision and others have users of their own for "
            "ONVIF; Tapo has a “camera account”. If you are sure of it, wait half an hour: the account may be locked."
        )
    else:
        meaning = "It is neither Basic nor Digest, the two that RTSP knows."
        advice = "Set the camera's RTSP authentication to Digest."
    return bad("login", text, meaning, advice, **facts)

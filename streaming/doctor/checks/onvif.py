"""What a visit by ONVIF says: is it there, does it let us in, does it know the time."""

from __future__ import annotations

from cameras.findings import Fact, Finding, Grade, good, look
from cameras.stream_url import StreamUrl, redact
from streaming.doctor.evidence import OnvifEvidence
from streaming.doctor.words import span

_WRONG_S = 5.0


def check(evidence: OnvifEvidence, configured: StreamUrl, *, is_stream_missing: bool) -> list[Finding]:
    """`is_stream_missing`: nothing was found at the configured address, so that what the camera itself names is of interest."""
    if evidence.port is None:
        ports = ", ".join(map(str, evidence.ports))
        text = f"No ONVIF found (ports {ports}). It is needed only to turn the camera, and for events of its own."
        return [Finding("onvif", Grade.NOT_REACHED, text)]
    found = [_there(evidence, configured, is_stream_missing)]
    if evidence.refusal or evidence.name:
        found.append(_login(evidence))
    if evidence.clock_ahead_s is not None:
        found.append(_clock(evidence.clock_ahead_s))
    return found


def _there(evidence: OnvifEvidence, configured: StreamUrl, is_stream_missing: bool) -> Finding:
    facts: dict[str, Fact] = {"port": evidence.port or 0}
    text = f"The camera speaks ONVIF at port {evidence.port}."
    if evidence.name:
        facts |= {"device": evidence.name, "firmware": evidence.firmware}
        text = f"{evidence.name}{f', firmware {evidence.firmware}' if evidence.firmware else ''}, at port {evidence.port}."
    if evidence.trouble:
        return look(
            "onvif",
            f"{text} {evidence.trouble}",
            "It answers, but not as the standard asks for; turning it and its own events may not work.",
            "Update the camera's software. Some have a setting for how strictly ONVIF is done.",
            **facts,
        )
    offered = [stream for stream in evidence.streams if stream.url != configured]
    if is_stream_missing and offered:
        names = ", ".join(f"{redact(str(stream.url))} ({stream.width_px} × {stream.height_px})" for stream in offered[:4])
        return look(
            "onvif", f"{text} It says its streams are elsewhere.", "The configured address is not among them.", f"Try {names}.", **facts
        )
    return good("onvif", text, **facts)


def _login(evidence: OnvifEvidence) -> Finding:
    if not evidence.refusal:
        return good("onvif_login", "ONVIF takes the user name and password.")
    return look(
        "onvif_login",
        evidence.refusal,
        "The camera can't be turned, and its own events don't come. Its pictures are not affected.",
        "Many cameras have users of their own for ONVIF (Hikvision: Network → Advanced → Integration Protocol): add one with the same name "
        "and password. If the camera's clock is wrong, set it first.",
    )


def _clock(ahead_s: float) -> Finding:
    ahead_ms = round(ahead_s * 1000)
    if abs(ahead_s) <= _WRONG_S:
        return good("onvif_clock", "The camera's clock is right.", ahead_ms=ahead_ms)
    side = "ahead of" if ahead_s > 0 else "behind"
    return look(
        "onvif_clock",
        f"The camera's clock is {span(abs(ahead_s))} {side} ours.",
        "The time in the picture is wrong, and many cameras refuse an ONVIF login then.",
        "Let the camera take its time from a time server (NTP), and set its time zone.",
        ahead_ms=ahead_ms,
    )

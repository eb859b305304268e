from __future__ import annotations

from cameras.findings import Finding, bad, good
from streaming.doctor.evidence import Answer, Evidence

_RTSP_PORTS = (554, 8554)
_SWITCH_ON = (
    "Switch RTSP on in the camera: often under Network → Advanced → Integration or Ports. Tapo wants a “camera account” first, Reolink "
    "has RTSP off until you allow it, and cameras that live in a cloud only may have none."
)


def check(evidence: Evidence) -> Finding | None:
    contact, port = evidence.contact, evidence.address.port
    if contact is None or not contact.is_there:
        return None
    if contact.answer is Answer.OPEN:
        return good("port", f"Port {port} is open.", port=port)
    elsewhere = next((other for other, answer in contact.other_ports if answer is Answer.OPEN and other in _RTSP_PORTS), None)
    others = [str(other) for other, answer in contact.other_ports if answer is Answer.OPEN]
    if elsewhere is not None:
        advice = f"Port {elsewhere}, where cameras offer RTSP too, is open: try rtsp://{contact.address}:{elsewhere}/…"
    else:
        advice = _SWITCH_ON
    if contact.answer is Answer.REFUSED:
        text, meaning = f"Nothing listens at port {port}.", "The device is there, but does not offer RTSP at this port."
    else:
        text, meaning = f"Port {port} does not answer, though others do.", "A firewall stands in front of this port."
    return bad("port", text, meaning, advice, port=port, open_ports=", ".join(others))

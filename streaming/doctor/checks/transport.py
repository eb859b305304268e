from __future__ import annotations

from cameras.findings import Finding, bad, good, look
from streaming.doctor.evidence import Evidence


def check(evidence: Evidence) -> Finding | None:
    failure = evidence.failed_at("transport")
    if failure is not None:
        return bad(
            "transport",
            failure.text,
            "Camera and NVR can't agree on how the stream is to be sent.",
            "Set the transport of this stream to TCP, and the camera to unicast.",
            asked_for=evidence.transport,
        )
    if not evidence.means:
        return None
    if any("nothing arrived" in note for note in evidence.notes):
        return look(
            "transport",
            "Over TCP: the camera accepted UDP, but nothing arrived.",
            "A firewall or router keeps UDP from us; each new connection loses seconds to finding that out.",
            "Set the transport of this stream to TCP.",
            transport=evidence.means,
        )
    if evidence.means == "tcp":
        return good("transport", "Over TCP, in the RTSP connection itself.", transport="tcp")
    return good("transport", "Over UDP: fastest, but what is lost on the way stays lost.", transport="udp")

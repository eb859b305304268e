from __future__ import annotations

from cameras.findings import Finding, bad, good, look
from streaming.doctor.evidence import Evidence

_LATE_MS = 2000


def check(evidence: Evidence) -> Finding | None:
    observation = evidence.observation
    if observation is None:
        return None
    first_ms = observation.first_packet_ms
    if first_ms is None:
        is_udp = evidence.means == "udp"
        return bad(
            "packets",
            "The camera accepts the stream, but sends nothing.",
            "A firewall or router keeps UDP from us." if is_udp else "The encoder of this stream hangs, or is switched off in the camera.",
            "Set the transport of this stream to TCP."
            if is_udp
            else "Restart the camera. See whether the stream is enabled in its video settings.",
            transport=evidence.means,
        )
    text = f"The first packet came {first_ms / 1000:.1f} s after we asked, over {evidence.means.upper()}."
    if first_ms > _LATE_MS:
        return look(
            "packets",
            text,
            "After every loss of connection this much more is missing.",
            "Restart the camera. A stream that starts so slowly may be made on demand: keep another viewer open, or choose another stream.",
            first_packet_ms=first_ms,
            transport=evidence.means,
        )
    return good("packets", text, first_packet_ms=first_ms, transport=evidence.means)

"""How long the client waits for a camera, and how often it reports to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """All in seconds. `first_udp_packet_s` is when transport "auto" gives UDP up for TCP."""

    connect_s: float = 5.0
    response_s: float = 5.0
    no_packet_s: float = 5.0
    first_udp_packet_s: float = 3.0
    close_s: float = 0.5
    report_every_s: float = 5.0  # RTCP receiver reports (RFC 3550, 6.2)

from __future__ import annotations

import ipaddress

from cameras.findings import Fact, Finding, bad, good, look
from streaming.doctor.evidence import Evidence

_SLOW_MS = 1500


def check(evidence: Evidence) -> Finding | None:
    host, lookup = evidence.address.host, evidence.lookup
    if is_numeric(host):
        return good("name", "The address is a number, so no name has to be looked up.", host=host)
    if lookup is None:
        return None
    if not lookup.addresses:
        return bad(
            "name",
            f"There is no device named {host}.",
            f"Nobody in this network knows the name ({lookup.error}).",
            "Check the spelling, or enter the camera's numeric address. So that it stays the same, reserve it in your router."
            + (" Names that end in .local are known only where the server has mDNS (avahi)." if host.endswith(".local") else ""),
            host=host,
        )
    facts: dict[str, Fact] = {"host": host, "addresses": ", ".join(sorted(lookup.addresses)), "lookup_ms": lookup.took_ms}
    text = f"{host} is {' and '.join(lookup.addresses)}."
    if lookup.took_ms > _SLOW_MS:
        return look(
            "name",
            f"{text} Finding that out took {lookup.took_ms / 1000:.1f} s.",
            "Each time the camera is reconnected, this comes on top.",
            "Use the numeric address, or mend the name server of the network.",
            **facts,
        )
    return good("name", text, **facts)


def is_numeric(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True

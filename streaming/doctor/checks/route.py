from __future__ import annotations

import ipaddress

from cameras.findings import Fact, Finding, bad, good, look
from streaming.doctor.evidence import Answer, Contact, Evidence

_FAR_MS = 150


def check(evidence: Evidence) -> Finding | None:
    contact = evidence.contact
    if contact is None:
        return None
    where = contact.address
    if not contact.is_there:
        return _absent(contact)
    if contact.answer is Answer.SILENT:
        port = contact.other_ports[0][0]
        return good("route", f"{where} answers, if not at this port (but at {port}).", address=where)
    facts: dict[str, Fact] = {"address": where, "way_ms": contact.took_ms}
    if contact.took_ms > _FAR_MS:
        return look(
            "route",
            f"{where} answers, but only after {contact.took_ms} ms.",
            "In one's own network it is a few milliseconds. The way is long, or crowded.",
            "If the camera is on Wi-Fi, bring it closer to the access point or use a cable. Over the internet this is normal.",
            **facts,
        )
    return good("route", f"{where} answers within {max(contact.took_ms, 1)} ms.", **facts)


def _absent(contact: Contact) -> Finding:
    where, here = contact.address, contact.local_address
    is_elsewhere = _is_elsewhere(where, here)
    if contact.answer is Answer.UNREACHABLE:
        text, meaning = f"There is no way to {where}.", "No device in the network has this address, or no route leads to it."
    else:
        text, meaning = f"{where} does not answer at all.", "The camera is off, has another address, or a firewall keeps us from it."
    advice = "Check power and cable. Look up the camera's address in your router's list of devices, or search the network for it."
    if is_elsewhere:
        advice += f" This server is {here}: the camera may be in another network (a guest Wi-Fi, another VLAN)."
    return bad("route", text, meaning, advice, address=where, is_in_same_network=not is_elsewhere)


def _is_elsewhere(address: str, local: str) -> bool:
    """A guess by the usual size of a home's or a company's networks. False when there is nothing to compare."""
    try:
        there, here = ipaddress.ip_address(address.partition("%")[0]), ipaddress.ip_address(local.partition("%")[0])
    except ValueError:
        return False
    if there.version != here.version:
        return True
    return there not in ipaddress.ip_network(f"{here}/{24 if here.version == 4 else 64}", strict=False)

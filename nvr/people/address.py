"""Where a request comes from: asked by counting, by the list of devices and by axes."""

from __future__ import annotations

from ipaddress import ip_network

from django.http import HttpRequest

from cameras import client_address as known


def client_address(request: HttpRequest) -> str | None:
    """None when nothing says it."""
    return known.client_address(request.META.get("REMOTE_ADDR"), request.META.get("HTTP_X_FORWARDED_FOR"))


def counted_address(request: HttpRequest) -> str | None:
    """As above, with one address for all of a home's IPv6 network: who has it has 2^64 of them."""
    found = client_address(request)
    if found is None or ":" not in found:
        return found
    return str(ip_network(f"{found}/64", strict=False).network_address)

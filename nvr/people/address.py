"""Where a request comes from, as far as that is known: asked for counting, for the list of devices and by axes."""

from __future__ import annotations

import logging
from ipaddress import IPv6Address, ip_address, ip_network

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

logger = logging.getLogger(__name__)
_told: list[str] = []


def client_address(request: HttpRequest) -> str | None:
    """The browser's address; behind a proxy the one which that saw. None when nothing says it."""
    try:
        given = ip_address(get_adapter().get_client_ip(request))
    except (PermissionDenied, ValueError):
        return None
    if isinstance(given, IPv6Address) and given.ipv4_mapped:
        given = given.ipv4_mapped
    if settings.IS_BEHIND_TLS and given.is_loopback and not request.headers.get("X-Forwarded-For"):
        _tell_once("the proxy sends no X-Forwarded-For, so everybody seems to come from this machine (docs/operations.md)")
        return None
    return str(given)


def counted_address(request: HttpRequest) -> str | None:
    """As above, with one address for all of a home's IPv6 network: who has it has 2^64 of them."""
    found = client_address(request)
    if found is None or ":" not in found:
        return found
    return str(ip_network(f"{found}/64", strict=False).network_address)


def _tell_once(text: str) -> None:
    if text not in _told:
        _told.append(text)
        logger.warning("%s", text)

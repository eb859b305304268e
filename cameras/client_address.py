"""Where a request or a socket comes from, as far as that is known: for counting tries, for the list of devices, for the audit."""

from __future__ import annotations

import logging
from ipaddress import IPv6Address, ip_address

from django.conf import settings

logger = logging.getLogger(__name__)
_told: list[str] = []


def client_address(peer: str | None, forwarded: str | None) -> str | None:
    """The browser's address; behind our proxy the one which that saw, and has put last into X-Forwarded-For. None when nothing says it."""
    is_by_proxy = settings.IS_BEHIND_TLS and bool(forwarded)
    try:
        given = ip_address((forwarded or "").rsplit(",", 1)[-1].strip() if is_by_proxy else peer or "")
    except ValueError:
        return None
    if isinstance(given, IPv6Address) and given.ipv4_mapped:
        given = given.ipv4_mapped
    if settings.IS_BEHIND_TLS and given.is_loopback and not forwarded:
        _tell_once("the proxy sends no X-Forwarded-For, so everybody seems to come from this machine (docs/operations.md)")
        return None
    return str(given)


def _tell_once(text: str) -> None:
    if text not in _told:
        _told.append(text)
        logger.warning("%s", text)

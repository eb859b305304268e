"""The layers below RTSP: names, TCP, certificates. Connections are opened and closed again; nothing is sent but a TLS handshake.

Nothing here raises for what a network or a camera does: what came of it is the answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import ssl
import time
from collections.abc import Iterable

from cryptography import x509

from cameras.stream_url import StreamUrl
from streaming.doctor.evidence import Answer, Certificate, Contact, Lookup
from streaming.rtsp.connection import tls_context

# Where cameras answer when they don't at the port asked for: web pages, RTSP, and the services of some makers.
_USUAL_PORTS = (80, 443, 554, 8554, 8000, 8080)
_KNOCK_S = 1.5
_UNREACHABLE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL}


async def look_up(host: str, limit_s: float) -> Lookup:
    began_s = time.monotonic()
    try:
        async with asyncio.timeout(limit_s):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except TimeoutError:
        return Lookup((), _ms_since(began_s), "the name server does not answer")
    except (OSError, UnicodeError) as error:
        return Lookup((), _ms_since(began_s), _reason(error))
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    return Lookup(addresses, _ms_since(began_s), "" if addresses else "no address")


async def reach(addresses: Iterable[str], port: int, limit_s: float) -> Contact:
    """The first address that takes a connection, else what came of the last; then its usual ports are knocked at."""
    contact = Contact(Answer.UNREACHABLE, "", 0)
    for address in addresses:
        contact = await _knock(address, port, limit_s)
        if contact.answer is Answer.OPEN:
            return contact
    if not contact.address:
        return contact
    others = [usual for usual in _USUAL_PORTS if usual != port]
    tried = await asyncio.gather(*(_knock(contact.address, other, min(limit_s, _KNOCK_S)) for other in others))
    answering = tuple(
        (other, knock.answer) for other, knock in zip(others, tried, strict=True) if knock.answer in (Answer.OPEN, Answer.REFUSED)
    )
    return Contact(contact.answer, contact.address, contact.took_ms, _local_address(contact.address), answering)


async def read_certificate(address: StreamUrl, limit_s: float) -> Certificate:
    """Two handshakes: one that takes any certificate, to read it, and one that verifies, to know whether it would hold."""
    try:
        async with asyncio.timeout(limit_s):
            _, writer = await asyncio.open_connection(address.host, address.port, ssl=tls_context(False))
    except (OSError, ssl.SSLError) as error:
        return Certificate(failure=_reason(error))
    encrypted: ssl.SSLObject = writer.get_extra_info("ssl_object")
    version, raw = encrypted.version() or "TLS", encrypted.getpeercert(binary_form=True)
    await _hang_up(writer)
    distrust = await _distrust(address, limit_s)
    if not raw:
        return Certificate(version, distrust=distrust or "there is none")
    try:
        parsed = x509.load_der_x509_certificate(raw)
        begins_at, ends_at = parsed.not_valid_before_utc, parsed.not_valid_after_utc
        return Certificate(version, _common_name(parsed), parsed.subject == parsed.issuer, begins_at, ends_at, distrust)
    except (ValueError, x509.InvalidVersion):
        return Certificate(version, distrust=distrust or "it can't be read")


async def _distrust(address: StreamUrl, limit_s: float) -> str:
    try:
        async with asyncio.timeout(limit_s):
            _, writer = await asyncio.open_connection(address.host, address.port, ssl=tls_context(True))
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except (OSError, ssl.SSLError) as error:
        return _reason(error)
    await _hang_up(writer)
    return ""


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    with contextlib.suppress(OSError, ssl.SSLError):
        await writer.wait_closed()


async def _knock(address: str, port: int, limit_s: float) -> Contact:
    began_s = time.monotonic()
    try:
        async with asyncio.timeout(limit_s):
            _, writer = await asyncio.open_connection(address, port)
    except ConnectionRefusedError:
        return Contact(Answer.REFUSED, address, _ms_since(began_s))
    except TimeoutError:
        return Contact(Answer.SILENT, address, _ms_since(began_s))
    except OSError as error:
        return Contact(Answer.UNREACHABLE if error.errno in _UNREACHABLE else Answer.SILENT, address, _ms_since(began_s))
    took_ms, local = _ms_since(began_s), str(writer.get_extra_info("sockname")[0])
    await _hang_up(writer)
    return Contact(Answer.OPEN, address, took_ms, local)


def _local_address(address: str) -> str:
    """Which of our addresses would talk to that one; nothing is sent."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect((address, 9))
        return str(probe.getsockname()[0])
    return ""


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    text = str(names[0].value) if names else "nobody"
    return "".join(character if character.isprintable() else "?" for character in text)[:80]


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLError):
        return str(error.reason or "it failed").replace("_", " ").lower()
    if isinstance(error, socket.gaierror):
        return str(error.strerror or error).lower()
    return str(error.strerror if isinstance(error, OSError) and error.strerror else error).lower()


def _ms_since(began_s: float) -> int:
    return round((time.monotonic() - began_s) * 1000)

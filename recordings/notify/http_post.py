"""One POST to an address that somebody typed in: to an allowed host only, no redirect followed, bounded in time and in what is read.

The name is looked up once, checked, and connected to as checked: a second look-up could answer otherwise. http.client alone bounds each
read but not their sum, so a timer closes the connection of whoever answers a byte at a time.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

from recordings.notify.destinations import DestinationError, Network, Resolve, addresses_of, resolve
from recordings.notify.letter import SENT, Outcome, Result

TIMEOUT_S = 10.0
_PORTS = {"http": 80, "https": 443}
_LONGEST_URL = 2000
# What may work later though it was answered: RFC 9110, 15.5.9, 15.6; RFC 6585, 4; RFC 8470, 5.2.
_TRY_AGAIN = {408, 425, 429}


class AddressError(ValueError):
    """Not an address that can be posted to. The message says why."""


@dataclass(frozen=True, slots=True)
class Door:
    """How messages leave: `allowed` private networks, trusted certificates, and the look-up of names (for tests)."""

    allowed: Sequence[Network] = ()
    timeout_s: float = TIMEOUT_S
    resolve: Resolve = resolve
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context


def parse_address(url: str, *, schemes: Sequence[str] = ("http", "https")) -> SplitResult:
    """Raises AddressError."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise AddressError("this is no address") from error
    if parts.scheme not in schemes:
        raise AddressError(f"an address begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    if not parts.hostname or port == 0 or len(url) > _LONGEST_URL or not url.isascii() or any(ord(char) <= 32 for char in url.strip()):
        raise AddressError("this is no address: a host is wanted, and no spaces or letters outside ASCII")
    if parts.username or parts.password:
        raise AddressError("a user name in an address is not sent; put a secret into its path")
    return parts


def post(url: str, body: bytes, headers: Mapping[str, str], door: Door) -> tuple[Outcome, int]:
    """The outcome, and the HTTP status or 0. Blocks for at most about `timeout_s`, and what looking up the name takes."""
    try:
        parts = parse_address(url)
    except AddressError as error:
        return Outcome(Result.REFUSED, f"The address can't be used: {error}."), 0
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    try:
        addresses = addresses_of(host, port, allowed=door.allowed, resolve=door.resolve)
    except DestinationError as error:
        return Outcome(Result.REFUSED if error.is_final else Result.AGAIN, str(error)), 0
    connection = _Pinned(host, port, addresses, door.timeout_s, door.tls() if parts.scheme == "https" else None)
    deadline = threading.Timer(door.timeout_s, connection.hang_up)
    deadline.daemon = True
    deadline.start()
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, dict(headers))
        answer = connection.getresponse()
        if connection.is_hung_up:  # what had been read by then is no answer
            raise TimeoutError
        return _judged(answer.status, answer.headers.get("Retry-After", "")), answer.status
    except ssl.SSLCertVerificationError as error:
        return Outcome(Result.AGAIN, f"The certificate of {host} can't be trusted: {error.verify_message}."), 0
    except (OSError, http.client.HTTPException) as error:
        return Outcome(Result.AGAIN, _trouble(host, error, is_late=connection.is_hung_up)), 0
    finally:
        deadline.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """To addresses that were looked up before; the name serves for Host, and for the certificate."""

    def __init__(self, host: str, port: int, addresses: Sequence[str], timeout_s: float, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=timeout_s)
        self.default_port = 443 if tls else 80  # so that Host names the port only when it is another
        self.is_hung_up = False
        self._addresses = addresses
        self._tls = tls

    def connect(self) -> None:
        trouble: OSError = OSError("no address")
        for address in self._addresses:
            if self.is_hung_up:
                raise TimeoutError
            try:
                self.sock = socket.create_connection((address, self.port), self.timeout)
                break
            except OSError as error:
                trouble = error
        else:
            raise trouble
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)

    def hang_up(self) -> None:
        """From another thread."""
        self.is_hung_up = True
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def _judged(status: int, retry_after: str) -> Outcome:
    if 200 <= status < 300:
        return SENT
    if 300 <= status < 400:
        return Outcome(Result.REFUSED, f"It answered {status}, a redirect. Redirects are not followed: enter the final address.")
    if status in _TRY_AGAIN or status >= 500:
        return Outcome(Result.AGAIN, f"It answered {status}{_phrase(status)}.", _wait_s(retry_after))
    return Outcome(Result.REFUSED, f"It refused the message: {status}{_phrase(status)}.")


def _phrase(status: int) -> str:
    """Our words for a status; the other side's are never shown."""
    phrase = http.client.responses.get(status, "")
    return f" ({phrase})" if phrase else ""


def _wait_s(retry_after: str) -> float:
    """RFC 9110, 10.2.3: seconds, or a date."""
    if retry_after.isascii() and retry_after.isdecimal():
        return float(retry_after[:9])
    with suppress(ValueError, TypeError):
        return max(parsedate_to_datetime(retry_after).timestamp() - time.time(), 0.0)
    return 0.0


def _trouble(host: str, error: Exception, *, is_late: bool) -> str:
    if is_late or isinstance(error, TimeoutError):
        return f"{host} did not answer in time."
    if isinstance(error, ConnectionRefusedError):
        return f"{host} refuses connections: nothing listens at this port."
    if isinstance(error, ssl.SSLError):
        return f"{host} does not speak TLS here, or not as we do."
    if isinstance(error, http.client.HTTPException):
        return f"{host} does not answer as a web server does."
    return f"{host} can't be reached: {error.strerror or type(error).__name__ if isinstance(error, OSError) else type(error).__name__}."

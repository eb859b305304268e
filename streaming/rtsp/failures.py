"""The door at which the network's and the camera's errors become StreamFailures with words for the camera's owner."""

from __future__ import annotations

import errno
import re
import socket
import ssl

from cameras.stream_url import StreamUrl
from streaming.rtsp.errors import FailureCode, StreamFailure
from streaming.rtsp.message import MessageError, Response

_UNREACHABLE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL}


def connecting(error: Exception, address: StreamUrl) -> StreamFailure:
    """For what goes wrong before the first byte of RTSP."""
    where = f"{address.host} on port {address.port}"
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return StreamFailure(FailureCode.NAME_NOT_FOUND, f"There is no device named {address.host}. Check the address.")
    if isinstance(error, ssl.SSLCertVerificationError):
        text = f"The camera's certificate can't be trusted: {error.verify_message}. If it is the camera's own, turn off the check."
        return StreamFailure(FailureCode.TLS, text)
    if isinstance(error, ssl.SSLError):
        return StreamFailure(FailureCode.TLS, f"No encrypted connection to {where}: {_reason(error)}.")
    if isinstance(error, ConnectionRefusedError):
        return StreamFailure(FailureCode.REFUSED, f"Nothing listens at {where}. Is RTSP switched on in the camera?")
    if isinstance(error, TimeoutError):
        return StreamFailure(FailureCode.TIMEOUT, f"The camera did not answer at {where} in time. Is it switched on?")
    if isinstance(error, ConnectionError):
        code = FailureCode.TLS if address.is_tls else FailureCode.CLOSED
        return StreamFailure(code, f"The camera closed the connection at {where} at once.")
    if isinstance(error, OSError) and error.errno in _UNREACHABLE:
        return StreamFailure(FailureCode.UNREACHABLE, f"There is no way to {address.host} from here. Check the network and the address.")
    return StreamFailure(FailureCode.UNREACHABLE, f"No connection to {where}: {error}.")


def lost(error: Exception | None) -> StreamFailure:
    """For a connection that ended by itself; None for an orderly end."""
    if isinstance(error, ssl.SSLError):
        return StreamFailure(FailureCode.TLS, f"The encrypted connection to the camera broke: {_reason(error)}.")
    if isinstance(error, TimeoutError):
        return StreamFailure(FailureCode.TIMEOUT, "The connection to the camera timed out.")
    return StreamFailure(FailureCode.CLOSED, "The camera closed the connection.")


def not_rtsp(error: MessageError) -> StreamFailure:
    """For bytes that are no RTSP, with a guess at what they are."""
    text = str(error)
    if "HTTP/" in text:
        return StreamFailure(FailureCode.PROTOCOL, "A web server answers at this port, not RTSP. RTSP is usually at port 554.")
    if r"b'\x15\x03" in text or r"b'\x16\x03" in text:
        return StreamFailure(FailureCode.PROTOCOL, "The camera expects an encrypted connection at this port: use rtsps://.")
    return StreamFailure(FailureCode.PROTOCOL, f"What the camera sends is not RTSP ({text}).")


def no_answer(method: str) -> StreamFailure:
    return StreamFailure(FailureCode.TIMEOUT, f"The camera accepted the connection but did not answer in time (to {method}).")


def refused(method: str, response: Response) -> StreamFailure:
    """For a status that ends the attempt; 401 has been dealt with by then, or is final."""
    status = response.status
    said = f"{status} {re.sub(r'[^ -~]', '?', response.reason)[:60]}".strip()
    if status in (401, 407):
        return bad_credentials()
    if status == 403:
        return StreamFailure(FailureCode.FORBIDDEN, "The camera knows the user, but does not let it see this stream.")
    if status in (404, 410):
        return StreamFailure(FailureCode.PATH_NOT_FOUND, "The camera has no stream at this path. Check the part behind the host name.")
    if status in (453, 503):
        return StreamFailure(FailureCode.SERVER_ERROR, f"The camera is busy: it answers {said}. It may have too many viewers already.")
    if status >= 500:
        return StreamFailure(FailureCode.SERVER_ERROR, f"The camera reports a fault of its own: it answers {said} to {method}.")
    return StreamFailure(FailureCode.PROTOCOL, f"The camera refuses: it answers {said} to {method}.")


def bad_credentials() -> StreamFailure:
    return StreamFailure(FailureCode.UNAUTHORIZED, "The camera refused the user name or password.")


def no_credentials() -> StreamFailure:
    return StreamFailure(FailureCode.UNAUTHORIZED, "The camera asks for a user name and a password.")


def unknown_login() -> StreamFailure:
    return StreamFailure(FailureCode.UNAUTHORIZED, "The camera asks for a kind of login that is neither Basic nor Digest.")


def redirect_refused(why: str) -> StreamFailure:
    return StreamFailure(FailureCode.REDIRECT_REFUSED, f"The camera sends us elsewhere, which is not followed: {why}.")


def _reason(error: ssl.SSLError) -> str:
    return str(error.reason or "unknown").replace("_", " ").lower()

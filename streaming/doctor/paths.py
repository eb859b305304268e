"""Tries stream addresses one after the other until the camera describes one: for devices that don't say where their streams are.

Bounded, and careful: a refused password ends it at once, since cameras lock accounts, and so does a camera that stops answering.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cameras.discovery.makers import Pattern
from cameras.stream_url import Credentials, StreamUrl
from streaming.rtsp.connection import connect
from streaming.rtsp.dialogue import Dialogue
from streaming.rtsp.errors import FailureCode, StreamFailure
from streaming.rtsp.negotiation import Redirected, describe
from streaming.rtsp.timeouts import Timeouts
from streaming.rtsp.witness import Witness

_TIMEOUTS = Timeouts(connect_s=3.0, response_s=3.0)
_FINAL = (FailureCode.UNAUTHORIZED, FailureCode.NAME_NOT_FOUND, FailureCode.UNREACHABLE, FailureCode.TLS)
_MOST_SILENCES = 2
_SILENT = (FailureCode.TIMEOUT, FailureCode.CLOSED, FailureCode.REFUSED)


@dataclass(frozen=True, slots=True)
class Door:
    """Where a camera's RTSP is, and the login for it."""

    host: str
    port: int
    credentials: Credentials
    is_tls: bool = False

    def address(self, path: str) -> StreamUrl:
        return StreamUrl("rtsps" if self.is_tls else "rtsp", self.host, self.port, path)


async def find_path(
    door: Door, patterns: Iterable[Pattern], told: Callable[[str], None], witness: Witness | None = None
) -> tuple[StreamUrl, Pattern] | None:
    """The first pattern whose main stream is described. `told` gets each path as it is tried.

    Raises StreamFailure when it is no use to go on.
    """
    silences = 0
    for pattern in patterns:
        told(pattern.main or "/")
        address = door.address(pattern.main)
        try:
            if await has_stream(address, door.credentials, witness):
                return address, pattern
        except StreamFailure as failure:
            silences += failure.code in _SILENT
            if failure.code in _FINAL or silences >= _MOST_SILENCES:
                raise
    return None


async def has_stream(address: StreamUrl, credentials: Credentials, witness: Witness | None = None) -> bool:
    """Whether the camera describes a stream with video there. Raises StreamFailure for anything but a path that is not there."""
    asked = address.with_login_filled_in(credentials.username, credentials.password)
    connection = await connect(asked, verify_tls=False, timeout_s=_TIMEOUTS.connect_s)
    try:
        await describe(Dialogue(connection, credentials, _TIMEOUTS.response_s, witness), asked)
    except Redirected:
        return True
    except StreamFailure as failure:
        if failure.code in (FailureCode.PATH_NOT_FOUND, FailureCode.FORBIDDEN, FailureCode.PROTOCOL, FailureCode.NO_VIDEO):
            return False
        if failure.code is FailureCode.SERVER_ERROR:  # some say "internal error" of a path they don't know
            return False
        raise
    finally:
        connection.close()
    return True

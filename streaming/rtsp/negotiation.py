"""What is agreed on before PLAY: OPTIONS, DESCRIBE, then SETUP for the video and for the audio (RFC 2326, 10.1, 10.2, 10.4).

What does not belong here: what happens from PLAY on (link.py), other attempts (client.py).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from cameras.stream_url import StreamUrl
from streaming.rtsp import failures
from streaming.rtsp.dialogue import Dialogue
from streaming.rtsp.errors import FailureCode, StreamFailure
from streaming.rtsp.headers import DEFAULT_SESSION_TIMEOUT_S, HeaderError, Transport, parse_public, parse_session, parse_transport
from streaming.rtsp.message import Response
from streaming.rtsp.sdp import MediaDescription, SdpError, parse_sdp, resolve_base, resolve_control
from streaming.rtsp.selection import select_media

_REDIRECTS = (301, 302, 303, 305, 307)
_ABOUT_THE_STREAM = (401, 403, 404)  # refusals in which another transport changes nothing


class Redirected(Exception):
    """The camera, at the numeric address `peer_host`, answers that the stream is elsewhere."""

    def __init__(self, location: str, peer_host: str) -> None:
        super().__init__("redirected")
        self.location = location
        self.peer_host = peer_host


class UdpRefused(Exception):
    """The camera won't send over UDP, or to us by UDP."""


@dataclass(frozen=True, slots=True)
class Description:
    """What DESCRIBE led to. `base_url` stands for the whole session; `knows_get_parameter` is true when the camera does not say."""

    media: tuple[MediaDescription, ...]
    notes: tuple[str, ...]
    base_url: str
    knows_get_parameter: bool


@dataclass(frozen=True, slots=True)
class Granted:
    """The answer to one SETUP."""

    transport: Transport
    session_timeout_s: int


async def describe(dialogue: Dialogue, address: StreamUrl) -> Description:
    """Raises StreamFailure, Redirected."""
    url = str(address)
    options = await dialogue.request("OPTIONS", url)
    # A status other than 200 is not worth giving up for: DESCRIBE will tell.
    public = parse_public(",".join(options.headers.get_all("Public"))) if options.status == 200 else frozenset()
    response = await dialogue.request("DESCRIBE", url, ("Accept", "application/sdp"))
    if response.status in _REDIRECTS:
        raise Redirected(response.headers.get("Location"), dialogue.peer_host)
    if response.status != 200:
        raise failures.refused("DESCRIBE", response)
    try:
        description = parse_sdp(response.body)
    except SdpError as error:
        raise StreamFailure(FailureCode.PROTOCOL, "The camera's description of its stream can't be read.") from error
    selection = select_media(description)
    headers = response.headers
    base_url = resolve_base(url, headers.get("Content-Base"), headers.get("Content-Location"), description.control)
    return Description(selection.media, selection.notes, base_url, not public or "GET_PARAMETER" in public)


async def set_up(dialogue: Dialogue, base_url: str, media: MediaDescription, wanted: Transport) -> Granted:
    """Notes the session's identifier in the dialogue. Raises StreamFailure, and UdpRefused when `wanted` is UDP."""
    response = await dialogue.request("SETUP", resolve_control(base_url, media.control), ("Transport", str(wanted)))
    if response.status != 200:
        if not wanted.is_tcp and response.status not in _ABOUT_THE_STREAM:
            raise UdpRefused
        raise failures.refused("SETUP", response)
    timeout_s = DEFAULT_SESSION_TIMEOUT_S
    with contextlib.suppress(HeaderError):
        dialogue.session_id, timeout_s = parse_session(response.headers.get("Session"))
    return Granted(_granted(response, wanted), timeout_s)


def _granted(response: Response, wanted: Transport) -> Transport:
    try:
        granted = parse_transport(response.headers.get("Transport"))
    except HeaderError:
        return wanted  # some cameras leave it out
    if not wanted.is_tcp and (granted.is_tcp or granted.is_multicast):
        raise UdpRefused
    if granted.is_multicast:
        raise StreamFailure(FailureCode.PROTOCOL, "The camera sends by multicast only. Switch it to unicast.")
    return granted

"""What a server answers to each request of one client (RFC 2326, 10 and A.2): methods, authentication, sessions.

What does not belong here: bytes and connections (server_connection.py), frames (server_session.py).
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote

from streaming.rtsp.auth import AuthError, Challenge, is_authorized, parse_authorization
from streaming.rtsp.headers import HeaderError, Transport, parse_session, parse_transports
from streaming.rtsp.message import Headers, Request, Response
from streaming.rtsp.packetize.sender import TrackName
from streaming.rtsp.sdp import build_sdp
from streaming.rtsp.server_feed import Feed
from streaming.rtsp.server_outlet import InterleavedOutlet, Outlet, UdpOutlet, UdpPorts
from streaming.rtsp.server_session import ClientSession
from streaming.rtsp.server_source import Mount, SourceError, SourceTracks, session_description

_REALM = "nvr"
_PATH = re.compile(r"^rtsps?://[^/]*(?P<path>/.*?)?(?:/trackID=(?P<track>\d{1,2}))?/?$", re.IGNORECASE)
_REASONS = {
    200: "OK",
    302: "Found",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    461: "Unsupported Transport",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}


def respond(status: int, *fields: tuple[str, str], body: bytes = b"") -> Response:
    return Response(status, _REASONS[status], Headers(*fields), body)


def split_url(url: str) -> tuple[str, int | None]:
    """The mount's path, query included and percent-decoded, and the track's number. ("", None) for what is no RTSP address."""
    match = _PATH.match(url)
    if match is None:
        return "", None
    return unquote(match["path"] or "/"), int(match["track"]) if match["track"] else None


@dataclass(frozen=True, slots=True)
class Client:
    host: str
    transport: asyncio.Transport


class Premises(Protocol):
    """What all clients of a server share."""

    session_timeout_s: float
    backlog_bytes: int

    def mount_at(self, path: str) -> Mount | None: ...

    def feed_of(self, mount: Mount) -> Feed: ...

    def udp_ports(self) -> UdpPorts: ...


class Responder:
    """One per connection; its sessions end with `close`."""

    def __init__(self, server: Premises, client: Client) -> None:
        self.server = server
        self.client = client
        self._nonce = secrets.token_hex(16)
        self._sessions: dict[str, ClientSession] = {}
        self._held: dict[Feed, SourceTracks] = {}
        self._is_closed = False
        self._methods: dict[str, Callable[[Request, Mount], Awaitable[Response]]] = {
            "DESCRIBE": self._describe,
            "SETUP": self._setup,
            "PLAY": self._play,
            "PAUSE": self._pause,
            "TEARDOWN": self._teardown,
            "GET_PARAMETER": self._keep_alive,
            "SET_PARAMETER": self._keep_alive,
        }

    @property
    def sessions(self) -> tuple[ClientSession, ...]:
        return tuple(self._sessions.values())

    @property
    def sent_at_s(self) -> float:
        """Monotonic time at which a frame last found room in the connection; 0 when none ever did."""
        return max((s.sent_at_s for s in self.sessions if s.is_interleaved), default=0.0)

    def close(self) -> tuple[Feed, ...]:
        """Ends all sessions; returns the feeds that the caller has to release."""
        self._is_closed = True
        for session in self.sessions:
            session.close()
        held = tuple(self._held)
        self._sessions, self._held = {}, {}
        return held

    async def answer(self, request: Request) -> Response | None:
        """None for no answer at all."""
        if request.method == "OPTIONS":
            return respond(200, ("Public", ", ".join(("OPTIONS", *self._methods))))
        method = self._methods.get(request.method)
        if method is None:
            return respond(501)
        mount = self.server.mount_at(split_url(request.url)[0])
        if mount is None:
            return respond(404)
        refusal = self._refusal(request, mount)
        return refusal if refusal is not None else await method(request, mount)

    def _refusal(self, request: Request, mount: Mount) -> Response | None:
        if not mount.username and not mount.password:
            return None
        challenge = Challenge(mount.auth, _REALM, self._nonce if mount.auth == "digest" else "", mount.algorithm, mount.has_qop)
        header = request.headers.get("Authorization")
        if header:
            try:
                claimed = parse_authorization(header)
            except AuthError:
                return respond(400)
            if is_authorized(claimed, method=request.method, uri=request.url, challenge=challenge, credentials=mount.credentials):
                return None
        return respond(401, ("WWW-Authenticate", str(challenge)))

    async def _describe(self, request: Request, mount: Mount) -> Response:
        try:
            tracks = await self._hold(self.server.feed_of(mount))
        except SourceError:
            return respond(503)
        base = request.url.rstrip("/") + "/"
        host = self.client.transport.get_extra_info("sockname")[0]
        body = build_sdp(session_description(tracks, mount.name), host=host, session_id=1)
        return respond(200, ("Content-Base", base), ("Content-Type", "application/sdp"), body=body)

    async def _setup(self, request: Request, mount: Mount) -> Response:
        feed = self.server.feed_of(mount)
        try:
            tracks = (await self._hold(feed)).named()
        except SourceError:
            return respond(503)
        number = split_url(request.url)[1]
        if number is None and len(tracks) == 1:
            number = 0
        if number is None or number >= len(tracks):
            return respond(404)
        session = self._joined(request, feed)
        if session is None:
            return respond(454)
        if session.is_playing:
            return respond(455)
        track = tracks[number][0]
        for wanted in parse_transports(request.headers.get("Transport")):
            opened = self._open(wanted, session, track)
            if opened is not None:
                self._sessions[session.identifier] = session
                timeout_s = max(1, round(self.server.session_timeout_s))
                return respond(200, ("Transport", str(opened)), ("Session", f"{session.identifier};timeout={timeout_s}"))
        return respond(461)

    def _open(self, wanted: Transport, session: ClientSession, track: TrackName) -> Transport | None:
        """None when this transport is not for us."""
        if wanted.is_multicast:
            return None
        ssrc = session.feed.ssrc(track)
        if wanted.is_tcp:
            channels = wanted.interleaved or (2 * len(session.outlets), 2 * len(session.outlets) + 1)
            session.outlets[track] = self.interleaved_outlet(channels[0])
            return Transport(is_tcp=True, interleaved=channels, ssrc=ssrc)
        if wanted.client_ports is None:
            return None
        outlet = self.udp_outlet(wanted.client_ports)
        if outlet is None:
            return None
        session.outlets[track] = outlet
        return Transport(is_tcp=False, client_ports=wanted.client_ports, server_ports=self.server.udp_ports().numbers, ssrc=ssrc)

    def interleaved_outlet(self, channel: int) -> Outlet:
        return InterleavedOutlet(self.client.transport, channel, self.server.backlog_bytes)

    def udp_outlet(self, client_ports: tuple[int, int]) -> Outlet | None:
        """Sends to nobody but the client itself, whatever destination it names. None: UDP is not on offer."""
        return UdpOutlet(self.server.udp_ports(), self.client.host, client_ports)

    async def _play(self, request: Request, _mount: Mount) -> Response:
        session = self._session(request)
        if session is None:
            return respond(454)
        session.play()
        return respond(200, ("Session", session.identifier), ("Range", "npt=now-"))

    async def _pause(self, request: Request, _mount: Mount) -> Response:
        session = self._session(request)
        if session is None:
            return respond(454)
        session.pause()
        return respond(200, ("Session", session.identifier))

    async def _teardown(self, request: Request, _mount: Mount) -> Response:
        session = self._session(request)
        if session is None:
            return respond(454)
        session.close()
        del self._sessions[session.identifier]
        if not any(other.feed is session.feed for other in self.sessions):
            del self._held[session.feed]
            await session.feed.release()
        return respond(200)

    async def _keep_alive(self, request: Request, _mount: Mount) -> Response:
        if "Session" not in request.headers:
            return respond(200)
        session = self._session(request)
        return respond(454) if session is None else respond(200, ("Session", session.identifier))

    async def _hold(self, feed: Feed) -> SourceTracks:
        """Keeps the source running until this client is gone. Raises SourceError."""
        if feed not in self._held:
            tracks = await feed.hold()
            if self._is_closed:
                await feed.release()
                raise SourceError("the client has left")
            self._held[feed] = tracks
        return self._held[feed]

    def _session(self, request: Request) -> ClientSession | None:
        try:
            return self._sessions.get(parse_session(request.headers.get("Session"))[0])
        except HeaderError:
            return None

    def _joined(self, request: Request, feed: Feed) -> ClientSession | None:
        """The session that a SETUP belongs to: a new one without a Session header; None for one we don't know."""
        if "Session" not in request.headers:
            return ClientSession(secrets.token_hex(8), feed, self.client.transport.close)
        session = self._session(request)
        return session if session is not None and session.feed is feed else None

"""Requests with what every one of them carries: session, user agent, and credentials once the camera has asked for them.

Credentials go out only in answer to a challenge on this very connection, so never to another host.
"""

from __future__ import annotations

import secrets

from cameras.stream_url import Credentials
from streaming.rtsp import failures
from streaming.rtsp.auth import Authenticator, Challenge, parse_challenges, strongest
from streaming.rtsp.connection import Connection
from streaming.rtsp.message import Headers, Request, Response
from streaming.rtsp.witness import Witness

_USER_AGENT = ("User-Agent", "nvr")


class Dialogue:
    """Assumes nothing about the order of requests; they may overlap."""

    def __init__(self, connection: Connection, credentials: Credentials, response_timeout_s: float, witness: Witness | None = None) -> None:
        self._connection = connection
        self._credentials = credentials
        self._timeout_s = response_timeout_s
        self._witness = witness
        self._challenge: Challenge | None = None
        self._authenticator: Authenticator | None = None
        self._is_login_proven = False
        self.peer_host = connection.peer_host
        self.session_id = ""

    async def request(self, method: str, url: str, *headers: tuple[str, str], timeout_s: float | None = None) -> Response:
        """Any answer but a refused login. Raises StreamFailure (timeout, closed, unauthorized).

        A 401 is answered once with credentials. A 401 to credentials is final, unless the camera says that its nonce was stale, or has
        changed it after having accepted the same credentials before.
        """
        may_refresh = True
        while True:
            used = self._authenticator
            response = await self._send(method, url, headers, used, timeout_s or self._timeout_s)
            if response.status != 401:
                self._is_login_proven = self._is_login_proven or used is not None
                return response
            challenge = strongest(parse_challenges(response.headers.get_all("WWW-Authenticate")))
            if self._credentials == Credentials():
                raise failures.no_credentials()
            if used is not None:
                is_renewed = challenge is not None and self._challenge is not None and challenge.nonce != self._challenge.nonce
                is_stale = challenge is not None and challenge.is_stale
                if not may_refresh or not (is_stale or (self._is_login_proven and is_renewed)):
                    raise failures.bad_credentials()
                may_refresh = False
            if challenge is None:
                raise failures.unknown_login()
            self._challenge = challenge
            self._authenticator = Authenticator(self._credentials, challenge)

    async def _send(
        self, method: str, url: str, headers: tuple[tuple[str, str], ...], authenticator: Authenticator | None, timeout_s: float
    ) -> Response:
        fields = [*headers, _USER_AGENT]
        if self.session_id:
            fields.append(("Session", self.session_id))
        if authenticator is not None:
            fields.append(("Authorization", authenticator.authorization(method, url, secrets.token_hex(8))))
        response = await self._connection.exchange(Request(method, url, Headers(*fields)), timeout_s)
        if self._witness is not None:
            self._witness.answered(method, response)
        return response

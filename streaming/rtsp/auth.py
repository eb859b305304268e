"""Basic and Digest authentication, for the side that answers a challenge and for the side that makes and verifies one.

RFC 7616 (Digest: MD5, SHA-256, their -sess forms, qop "auth"), RFC 2617 and 2069 (what most cameras speak: MD5, often without qop),
RFC 7617 (Basic). User names and passwords are hashed and sent in UTF-8, whatever characters they hold. Randomness comes in as an
argument.

What does not belong here: whether to try again after a 401 (client.py), who may see what (the server's mounts).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from cameras.stream_url import Credentials

Algorithm = Literal["MD5", "MD5-sess", "SHA-256", "SHA-256-sess"]

# MD5 is what RFC 2617 prescribes and nearly every camera asks for; SHA-256 is preferred whenever it is offered.
_HASHES: Mapping[str, tuple[Algorithm, Callable[[bytes], str]]] = {
    "MD5": ("MD5", lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest()),
    "MD5-SESS": ("MD5-sess", lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest()),
    "SHA-256": ("SHA-256", lambda data: hashlib.sha256(data).hexdigest()),
    "SHA-256-SESS": ("SHA-256-sess", lambda data: hashlib.sha256(data).hexdigest()),
}
_STRENGTH = {"SHA-256-sess": 4, "SHA-256": 3, "MD5-sess": 2, "MD5": 1}
# Possessive, and only from the start of a word, so that what doesn't match isn't tried again from each of its characters.
_PARAMETER = re.compile(r'(?<![\w-])([\w-]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"|([^\s,"]*+))')
_MAX_CHARACTERS = 2048  # of one header; a real one has about two hundred
_SCHEME = re.compile(r"(?:^|,)\s*(Basic|Digest|[A-Za-z][\w-]*)(?=\s+[\w-]+\s*=|\s*(?:,|$))", re.IGNORECASE)


class AuthError(ValueError):
    """An Authorization or WWW-Authenticate header that can't be read."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """`algorithm` and `nonce` are empty for Basic; `has_qop` says that the server offers qop "auth"."""

    scheme: Literal["basic", "digest"]
    realm: str = ""
    nonce: str = ""
    algorithm: Algorithm = "MD5"
    has_qop: bool = False
    opaque: str | None = None
    is_stale: bool = False

    def __str__(self) -> str:
        """The value of a WWW-Authenticate header."""
        if self.scheme == "basic":
            return f"Basic realm={_quoted(self.realm)}"
        parts = [f"realm={_quoted(self.realm)}", f"nonce={_quoted(self.nonce)}", f"algorithm={self.algorithm}"]
        if self.has_qop:
            parts.append('qop="auth"')
        if self.opaque is not None:
            parts.append(f"opaque={_quoted(self.opaque)}")
        if self.is_stale:
            parts.append("stale=TRUE")
        return "Digest " + ", ".join(parts)


def parse_challenges(values: Iterable[str]) -> tuple[Challenge, ...]:
    """Every challenge we can answer, from all WWW-Authenticate headers; a header may hold several. Never raises."""
    return tuple(challenge for value in values for challenge in _challenges_in(value[:_MAX_CHARACTERS]))


def strongest(challenges: Iterable[Challenge]) -> Challenge | None:
    """Digest before Basic, SHA-256 before MD5; the first of equals."""
    return max(challenges, key=lambda c: _STRENGTH[c.algorithm] if c.scheme == "digest" else 0, default=None)


class Authenticator:
    """Answers one challenge, request after request, with a growing nonce count."""

    def __init__(self, credentials: Credentials, challenge: Challenge) -> None:
        self._credentials = credentials
        self._challenge = challenge
        self._count = 0

    def authorization(self, method: str, uri: str, client_nonce: str) -> str:
        """The value of the Authorization header for one request; `uri` exactly as in its request line."""
        username, password, challenge = self._credentials.username, self._credentials.password, self._challenge
        if challenge.scheme == "basic":
            return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
        self._count += 1
        count = f"{self._count:08x}"
        response = digest_response(
            username=username,
            password=password,
            realm=challenge.realm,
            nonce=challenge.nonce,
            algorithm=challenge.algorithm,
            method=method,
            uri=uri,
            client_nonce=client_nonce,
            count=count if challenge.has_qop else "",
        )
        parts = [
            f"username={_quoted(username)}",
            f"realm={_quoted(challenge.realm)}",
            f"nonce={_quoted(challenge.nonce)}",
            f"uri={_quoted(uri)}",
            f"response={_quoted(response)}",
        ]
        if challenge.algorithm != "MD5":  # the default; old cameras choke on its mention
            parts.append(f"algorithm={challenge.algorithm}")
        if challenge.opaque is not None:
            parts.append(f"opaque={_quoted(challenge.opaque)}")
        if challenge.has_qop:
            parts += ["qop=auth", f"nc={count}"]
        if challenge.has_qop or challenge.algorithm.endswith("-sess"):
            parts.append(f"cnonce={_quoted(client_nonce)}")
        return "Digest " + ", ".join(parts)


def digest_response(
    *,
    username: str,
    password: str,
    realm: str,
    nonce: str,
    algorithm: Algorithm,
    method: str,
    uri: str,
    client_nonce: str = "",
    count: str = "",
) -> str:
    """RFC 7616, 3.4.1 with qop "auth" when `count` is given, else RFC 2069."""
    _, hashed = _HASHES[algorithm.upper()]
    secret = hashed(f"{username}:{realm}:{password}".encode())
    if algorithm.endswith("-sess"):
        secret = hashed(f"{secret}:{nonce}:{client_nonce}".encode())
    request = hashed(f"{method}:{uri}".encode())
    middle = f"{nonce}:{count}:{client_nonce}:auth" if count else nonce
    return hashed(f"{secret}:{middle}:{request}".encode())


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a request's Authorization header claims; nothing in it is checked yet."""

    scheme: Literal["basic", "digest"]
    username: str
    parameters: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Authorization({self.scheme})"


def parse_authorization(value: str) -> Authorization:
    """Raises AuthError."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() == "basic":
        try:
            text = base64.b64decode(rest.strip(), validate=True).decode()
        except ValueError as error:  # also binascii.Error and UnicodeDecodeError
            raise AuthError("Basic credentials that are no base64 of UTF-8") from error
        username, _, password = text.partition(":")
        return Authorization("basic", username, {"password": password})
    if scheme.lower() == "digest":
        parameters = _parameters(rest)
        return Authorization("digest", parameters.get("username", ""), parameters)
    raise AuthError(f"authorization scheme {scheme[:20]!r} is neither Basic nor Digest")


def is_authorized(authorization: Authorization, *, method: str, uri: str, challenge: Challenge, credentials: Credentials) -> bool:
    """Whether the request proves that its sender knows the credentials, in answer to this very challenge. Constant time."""
    claimed = authorization.parameters
    if authorization.scheme != challenge.scheme:
        return False
    if authorization.scheme == "basic":
        sent = f"{authorization.username}:{claimed['password']}"
        return hmac.compare_digest(sent.encode(), f"{credentials.username}:{credentials.password}".encode())
    if claimed.get("algorithm", "MD5").upper() != challenge.algorithm.upper() or (claimed.get("qop", "") == "auth") != challenge.has_qop:
        return False
    if claimed.get("uri", "") != uri or claimed.get("nonce") != challenge.nonce or claimed.get("realm") != challenge.realm:
        return False
    expected = digest_response(
        username=credentials.username,
        password=credentials.password,
        realm=challenge.realm,
        nonce=challenge.nonce,
        algorithm=challenge.algorithm,
        method=method,
        uri=uri,
        client_nonce=claimed.get("cnonce", ""),
        count=claimed.get("nc", "") if challenge.has_qop else "",
    )
    return authorization.username == credentials.username and hmac.compare_digest(
        claimed.get("response", "").lower().encode(), expected.encode()
    )


def _challenges_in(value: str) -> Iterator[Challenge]:
    schemes = list(_SCHEME.finditer(_blanked(value)))
    for index, match in enumerate(schemes):
        scheme = match[1].lower()
        end = schemes[index + 1].start() if index + 1 < len(schemes) else len(value)
        parameters = _parameters(value[match.end(1) : end])
        if scheme == "basic":
            yield Challenge("basic", parameters.get("realm", ""))
        elif scheme == "digest":
            hashed = _HASHES.get(parameters.get("algorithm", "MD5").upper())
            offers = {word.strip().lower() for word in parameters.get("qop", "").split(",")} - {""}
            if hashed is None or (offers and "auth" not in offers):  # only auth-int, or an algorithm of the future
                continue
            yield Challenge(
                "digest",
                parameters.get("realm", ""),
                parameters.get("nonce", ""),
                hashed[0],
                bool(offers),
                parameters.get("opaque"),
                parameters.get("stale", "").lower() == "true",
            )


def _blanked(value: str) -> str:
    """The value with every quoted string's content overwritten, so that scheme names in a realm are not taken for schemes."""
    return re.sub(r'"((?:[^"\\]|\\.)*)"', lambda m: '"' + "x" * (len(m[0]) - 2) + '"', value)


def _parameters(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, quoted, token in _PARAMETER.findall(text):
        found.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) if quoted else token)
    return found


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

"""RTSP addresses: taken apart from their credentials, put together again with percent-encoding, shown without secrets.

RFC 2326, 3.2 and RFC 3986, 3.2.1. Only rtsp and rtsps pass; nothing here resolves names or opens connections.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322}
_SHAPE = re.compile(r"^(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>[^\s\x00-\x1f\x7f]+)$")
_HOST_PORT = re.compile(r"^(?P<host>\[[0-9A-Fa-f:.%]+\]|[^\[\]:/@?#]+)(?::(?P<port>\d{1,5}))?$")
# Credentials in any text: greedy to the last @ before white space or a quote, because people paste passwords unescaped.
_CREDENTIALS = re.compile(r"(?P<scheme>\b[A-Za-z][A-Za-z0-9+.-]*://)[^\s'\"<>]*@")
# rtsp://host/user=admin&password=x&channel=1 and ?username=admin&pwd=x; "{password}" stands for one and is none
_SECRET_PARAMETERS = re.compile(r"(?P<name>(?:\b|_)(?:password|passwd|passwort|pass|pwd)=)(?!\{password\})[^&/\s'\"<>]*", re.IGNORECASE)


class StreamUrlError(ValueError):
    """The address can't be used. The message says why and never repeats a password."""


@dataclass(frozen=True, slots=True)
class StreamUrl:
    """`host` without brackets, `path` with the query and starting with "/" (or empty)."""

    scheme: str
    host: str
    port: int
    path: str

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    def with_login_filled_in(self, username: str, password: str) -> StreamUrl:
        """For makers who want the login inside the path: `{username}` and `{password}` stand for it where the address is kept and shown.

        Never log or show the result.
        """
        path = self.path.replace("{username}", quote(username, safe="")).replace("{password}", quote(password, safe=""))
        return self if path == self.path else StreamUrl(self.scheme, self.host, self.port, path)

    @property
    def is_tls(self) -> bool:
        return self.scheme == "rtsps"

    def with_credentials(self, username: str, password: str) -> str:
        """The address other programs take, with both parts percent-encoded. Never log it."""
        if not username and not password:
            return str(self)
        scheme, _, rest = str(self).partition("://")
        return f"{scheme}://{quote(username, safe='')}:{quote(password, safe='')}@{rest}"


@dataclass(frozen=True, slots=True)
class Credentials:
    username: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return "Credentials(…)"


def parse_stream_url(text: str) -> StreamUrl:
    """Refuses an address that still holds credentials; see split_credentials."""
    url, credentials = split_credentials(text)
    if credentials != Credentials():
        raise StreamUrlError("the address holds a user name or password; they are stored apart from it")
    return url


def split_credentials(text: str) -> tuple[StreamUrl, Credentials]:
    """Takes what a person pastes. User name and password may be percent-encoded or not.

    Everything up to the last "@" in front of the first path separator that follows it is taken for credentials, so an unescaped
    "@", ":" or "/" in a password still works whenever the address is unambiguous.

    Raises StreamUrlError for another scheme, a missing host or a bad port.
    """
    shape = _SHAPE.match(text.strip())
    if shape is None:
        raise StreamUrlError("the address must look like rtsp://host/path, without spaces")
    scheme = shape["scheme"].lower()
    if scheme not in DEFAULT_PORTS:
        raise StreamUrlError(f"{scheme}:// addresses are not cameras; use rtsp:// or rtsps://")
    userinfo, authority_path = _split_userinfo(shape["rest"])
    cut = min((i for i in (authority_path.find(c) for c in "/?#") if i >= 0), default=len(authority_path))
    authority, path = authority_path[:cut], authority_path[cut:]
    host_port = _HOST_PORT.match(authority)
    if host_port is None:
        raise StreamUrlError("the address has no valid host name")
    port = int(host_port["port"] or DEFAULT_PORTS[scheme])
    if not 1 <= port <= 65535:
        raise StreamUrlError(f"port {port} is not between 1 and 65535")
    if path and not path.startswith("/"):
        path = "/" + path
    username, _, password = userinfo.partition(":")
    return StreamUrl(scheme, host_port["host"].strip("[]"), port, path), Credentials(_unquote(username), _unquote(password))


def redact(text: str) -> str:
    """Replaces the credentials of every address in a text by "***", also those that some makers want in the path or query."""
    return _SECRET_PARAMETERS.sub(r"\g<name>***", _CREDENTIALS.sub(r"\g<scheme>***@", text))


def _split_userinfo(rest: str) -> tuple[str, str]:
    """An "@" after a "/" belongs to the credentials only if what follows it looks like a host and what precedes it has a ":"."""
    first_slash = rest.find("/")
    last_at = rest.rfind("@") if first_slash < 0 else rest.rfind("@", 0, first_slash)
    if last_at >= 0:
        return rest[:last_at], rest[last_at + 1 :]
    at = rest.rfind("@")
    if at >= 0 and ":" in rest[:first_slash] and not rest[:first_slash].rpartition(":")[2].isdigit():
        return rest[:at], rest[at + 1 :]
    return "", rest


def _unquote(text: str) -> str:
    return unquote(text) if re.search(r"%[0-9A-Fa-f]{2}", text) else text

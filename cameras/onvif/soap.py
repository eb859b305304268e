"""SOAP to one device: the only importer of onvif-zeep-async, zeep and aiohttp, and the place where their exceptions end.

Importing it costs half a second and 20 MB, so it is imported where a device is first asked. The description of a service is read once
per process (0.15 to 0.3 s, in a thread); a call then costs what the camera takes and two or three milliseconds.

Two ways of proving who we are travel together: WS-Security with the device's own time in every message, and HTTP Digest when the device
asks for it. The password itself is never sent.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import aiohttp
import lxml.etree
import onvif
import zeep.exceptions
from onvif.client import ONVIFService, UsernameDigestTokenDtDiff, ZeepAsyncClient
from onvif.definition import SERVICES
from onvif.wsa import WsAddressingIfMissingPlugin
from zeep import Settings
from zeep.transports import Transport

from cameras.onvif.envelope import read_answer
from cameras.onvif.errors import CameraRefuses, Malformed, NotAuthorized, NotOnvif, OnvifError, Unreachable
from cameras.stream_url import Credentials

_DESCRIPTIONS = Path(onvif.__file__).parent / "wsdl"
# name → namespace and binding; the file is named like the service
_OURS = {"media2": ("http://www.onvif.org/ver20/media/wsdl", "Media2Binding", Path(__file__).parent / "wsdl" / "media2.wsdl")}
# A profile list of a camera with many profiles has some 100 KB.
_MOST_BYTES = 4 * 2**20
_PARALLEL_CONNECTIONS = 4
_KEEP_ALIVE_S = 30.0
# Doing these once more would do more than was asked for.
_NOT_TWICE = ("RelativeMove", "SetPreset")
_CONNECT_FAILURES = {
    errno.ECONNREFUSED: "Something is there, but nothing accepts connections",
    errno.EHOSTUNREACH: "No device answers",
    errno.ENETUNREACH: "There is no way to the network of the device",
    errno.ETIMEDOUT: "No device answers",
}
_NO_LINGERING = struct.pack("ii", 1, 0)
_documents: dict[str, Any] = {}
_SETTINGS = Settings(strict=False, raw_response=True)


@dataclass(frozen=True, slots=True)
class Reply:
    """What zeep wants of a response."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    encoding: str = "utf-8"


@dataclass(slots=True)
class _Service:
    client: Any
    proxy: Any
    binding: Any


class SoapTransport(Transport):
    """aiohttp below zeep. One redirect would lead the password's digest elsewhere: none is followed."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        super().__init__(cache=None)  # type: ignore[no-untyped-call]  # zeep is typed in part
        self._http = session

    async def post_xml(self, address: str, envelope: Any, headers: dict[str, str]) -> Reply:
        body = lxml.etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        async with self._http.post(address, data=body, headers=headers, allow_redirects=False) as response:
            return Reply(response.status, response.headers, await _read(response, _MOST_BYTES))

    def load(self, url: str) -> bytes:
        raise Malformed("The camera's answer refers to another document; that is not followed.")


@dataclass(slots=True)
class Soap:
    """Belongs to one event loop. `timeout_s` bounds one call as a whole, the way there included."""

    credentials: Credentials
    timeout_s: float = 8.0
    _session: aiohttp.ClientSession | None = None
    _services: dict[tuple[str, str], _Service] = field(default_factory=dict)
    _skew: timedelta = timedelta()

    async def call(
        self, service: str, address: str, operation: str, params: Mapping[str, Any] | None = None, *, timeout_s: float | None = None
    ) -> Any:
        """The answer's element, which cameras/onvif/answers.py reads. Raises OnvifError."""
        known = await self._service(service, address)
        reply = await self._post(known, address, operation, params, timeout_s)
        return read_answer(reply.content, operation, reply.status_code)

    async def call_typed(
        self, service: str, address: str, operation: str, params: Mapping[str, Any] | None = None, *, timeout_s: float | None = None
    ) -> Any:
        """The answer as the library's own objects, for other libraries to read. Raises OnvifError."""
        known = await self._service(service, address)
        reply = await self._post(known, address, operation, params, timeout_s)
        read_answer(reply.content, operation, reply.status_code)
        try:
            return known.binding.process_reply(known.client, known.binding.get(operation), reply)
        # What the library raises for answers that are not as the schema says, apart from its own errors.
        except (zeep.exceptions.Error, lxml.etree.LxmlError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise Malformed(f"The camera's answer to {operation} is not what the standard asks for.") from error

    async def _post(
        self, known: _Service, address: str, operation: str, params: Mapping[str, Any] | None, timeout_s: float | None
    ) -> Reply:
        seconds = timeout_s or self.timeout_s
        try:
            async with asyncio.timeout(seconds):
                try:
                    return cast(Reply, await getattr(known.proxy, operation)(**(params or {})))
                except (aiohttp.ServerDisconnectedError, aiohttp.ClientConnectionResetError):
                    if operation in _NOT_TWICE:
                        raise
                    # A camera may end an idle connection just when we use it.
                    return cast(Reply, await getattr(known.proxy, operation)(**(params or {})))
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise _in_words(error, address, seconds) from error

    async def fetch(self, url: str, *, most_bytes: int) -> bytes:
        """A picture or the like by HTTP GET, with HTTP Digest where it is asked for. Raises OnvifError."""
        try:
            async with asyncio.timeout(self.timeout_s), self._open().get(url, allow_redirects=False) as response:
                if response.status in (401, 403):
                    raise NotAuthorized("The camera does not give its picture to this user.")
                if response.status != 200:
                    raise CameraRefuses(f"The camera answers {response.status} instead of a picture.")
                return await _read(response, most_bytes)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise _in_words(error, url, self.timeout_s) from error

    def set_skew(self, skew: timedelta) -> None:
        """How far the device's clock is ahead of ours: its time goes into every message."""
        self._skew = skew
        for service in self._services.values():
            if service.client.wsse is not None:
                service.client.wsse.dt_diff = skew

    def forget(self, address: str) -> None:
        """For a subscription that has ended."""
        for key in [key for key in self._services if key[1] == address]:
            del self._services[key]

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _service(self, name: str, address: str) -> _Service:
        namespace, binding_name, path = _description(name.removesuffix("-open"))
        known = self._services.get((name, address))
        if known is None:
            document = await _document(str(path), f"{{{namespace}}}{binding_name}")
            is_open = name.endswith("-open") or not self.credentials.username
            token = None if is_open else UsernameDigestTokenDtDiff(
                self.credentials.username, self.credentials.password, dt_diff=self._skew, use_digest=True
            )  # fmt: skip
            client = ZeepAsyncClient(
                wsdl=document,
                wsse=token,
                transport=SoapTransport(self._open()),
                settings=_SETTINGS,
                plugins=[WsAddressingIfMissingPlugin()],
            )
            proxy = client.create_service(f"{{{namespace}}}{binding_name}", address)
            known = self._services[name, address] = _Service(client, proxy, document.bindings[f"{{{namespace}}}{binding_name}"])
        return known

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            digest = aiohttp.DigestAuthMiddleware(self.credentials.username, self.credentials.password, preemptive=True)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    ssl=_any_certificate(), limit=_PARALLEL_CONNECTIONS, keepalive_timeout=_KEEP_ALIVE_S, socket_factory=_socket
                ),
                middlewares=(digest,) if self.credentials.username else (),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=True,
            )
        return self._session


def namespace_of(service: str) -> str:
    return _description(service)[0]


def _description(name: str) -> tuple[str, str, Path]:
    if name in _OURS:
        return _OURS[name]
    known = SERVICES[name]
    return known["ns"], known["binding"], _DESCRIPTIONS / known["wsdl"]


async def _document(path: str, binding_name: str) -> Any:
    """The library reads and caches it; what it opens for calls of its own is not needed."""
    if path not in _documents:
        loading = ONVIFService("http://localhost/", None, None, path, no_cache=True, binding_name=binding_name)
        try:
            await loading.setup()
        finally:
            await loading.close()
        _documents[path] = loading.document
    return _documents[path]


async def _read(response: aiohttp.ClientResponse, most_bytes: int) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > most_bytes:
            raise Malformed(f"The camera answers with more than {most_bytes // 1000} KB.")
    return bytes(content)


def _any_certificate() -> ssl.SSLContext:
    """Cameras sign their certificates themselves and speak what TLS was when they were made."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("DEFAULT")
    return context


def _socket(address: tuple[Any, ...]) -> socket.socket:
    """What was not delivered when it is closed goes with it. Otherwise the kernel goes on trying: a move that was given up when the network
    was cut would turn the camera when it is back, with nobody there.
    """
    family, kind, protocol = address[:3]
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
    return made


def _in_words(error: Exception, address: str, seconds: float) -> OnvifError:
    """The host is what the person typed; the rest of the address says little to people."""
    host = address.partition("://")[2].partition("/")[0]
    if isinstance(error, aiohttp.ConnectionTimeoutError | TimeoutError):
        return Unreachable(f"The camera at {host} did not answer within {seconds:g} s.", was_sent=True)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unreachable(f"The name in {host} is not known here.")
    if isinstance(error, aiohttp.ClientSSLError):
        return Unreachable(f"What answers at {host} does not speak TLS as we do.")
    if isinstance(error, aiohttp.ClientConnectorError):
        return Unreachable(f"{_CONNECT_FAILURES.get(error.os_error.errno or 0, 'Nothing can be reached')} at {host}.")
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError | ConnectionError):
        return Unreachable(f"The camera at {host} ended the connection.", was_sent=True)
    if isinstance(error, aiohttp.InvalidURL):
        return Malformed("The camera announces an address that can't be used.")
    return NotOnvif(f"What answers at {host} does not speak HTTP as it should.")

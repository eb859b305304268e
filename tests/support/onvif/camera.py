"""The device: an HTTP server in threads, who may ask, and which service answers what."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import lxml.etree

from cameras.onvif.address import DeviceAddress
from cameras.stream_url import Credentials
from tests.support.onvif import answers
from tests.support.onvif.head import Head, StoredPreset
from tests.support.onvif.pullpoint import PullPoints

USERNAME, PASSWORD = "operator", "pa ss:wörd/@"
ALL_SPACES = {
    f"{kind}{axis}{word}Space"
    for kind, word in (("Absolute", "Position"), ("Relative", "Translation"), ("Continuous", "Velocity"))
    for axis in ("PanTilt", "Zoom")
}
# Answers that people without a password get from every camera.
_OPEN = {"GetSystemDateAndTime", "GetServices", "GetCapabilities"}
JPEG = b"\xff\xd8\xff\xe0" + b"a picture" + b"\xff\xd9"


class Fault(Exception):
    def __init__(self, subcode: str, reason: str) -> None:
        super().__init__(reason)
        self.subcode = subcode
        self.reason = reason


@dataclass(slots=True)
class StubCamera:
    """The knobs are the fields; they may be turned while it runs."""

    services: set[str] = field(default_factory=lambda: {"media", "ptz", "imaging", "events", "deviceio"})
    has_get_services: bool = True
    clock_ahead: timedelta = timedelta()
    clock_tolerance: timedelta = timedelta(seconds=30)
    clock_needs_login: bool = False
    announced_host: str = ""
    wants_digest: bool = False
    digest: tuple[str, str] = ("MD5", "auth")
    is_chunked: bool = False
    content_type: str = "application/soap+xml"
    spaces: set[str] = field(default_factory=lambda: set(ALL_SPACES))
    has_home: bool = True
    most_presets: int = 8
    can_remove_presets: bool = True
    instead: dict[str, bytes] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    delays_s: dict[str, float] = field(default_factory=dict)
    head: Head = field(default_factory=Head)
    pullpoints: PullPoints = field(default_factory=PullPoints)
    relays: dict[str, bool] = field(default_factory=lambda: {"relay1": False})
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    host: str = "127.0.0.1"
    port: int = 0
    _nonce: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def address(self) -> DeviceAddress:
        return DeviceAddress(self.host, self.port)

    @property
    def credentials(self) -> Credentials:
        return Credentials(USERNAME, PASSWORD)

    @property
    def origin(self) -> str:
        return f"http://{self.announced_host or f'{self.host}:{self.port}'}"

    @property
    def challenge(self) -> str:
        algorithm, qop = self.digest
        return f'Digest realm="cam", qop="{qop}", nonce="{self._nonce}", algorithm={algorithm}'

    def respond(self, path: str, body: bytes, authorization: str) -> tuple[int, dict[str, str], bytes]:
        envelope = lxml.etree.fromstring(body)
        request = envelope.find("{*}Body")[0]
        operation = lxml.etree.QName(request).localname
        self.asked.append(operation)
        if operation in self.delays_s:
            time.sleep(self.delays_s[operation])
        refusal = self._refusal(envelope, operation, authorization, body)
        if refusal is not None:
            return refusal
        if operation in self.instead:
            return self.statuses.get(operation, 200), {}, self.instead[operation]
        try:
            answer = self._answers(path)[operation](request)
        except Fault as fault:
            return 400, {}, answers.fault(fault.subcode, fault.reason)
        except KeyError:
            return 500, {}, answers.fault("ActionNotSupported", f"Optional Action Not Implemented: {operation}")
        return 200, {}, answers.envelope(answer)

    def _refusal(self, envelope: Any, operation: str, authorization: str, body: bytes) -> tuple[int, dict[str, str], bytes] | None:
        if operation in _OPEN and not (operation == "GetSystemDateAndTime" and self.clock_needs_login):
            return None
        if self.wants_digest:
            if digest_is_right(authorization, self._nonce, self.digest, body):
                return None
            return 401, {"WWW-Authenticate": self.challenge}, b""
        if self._token_is_right(envelope):
            return None
        return 400, {}, answers.fault("NotAuthorized", "Sender not Authorized")

    def _token_is_right(self, envelope: Any) -> bool:
        """WS-Security UsernameToken Profile: SHA-1 of nonce, time and password, and the time close to our own."""
        found = {name: envelope.findtext(f".//{{*}}{name}") for name in ("Username", "Password", "Nonce", "Created")}
        if not all(found.values()):
            return False
        digest = hashlib.sha1(base64.b64decode(found["Nonce"]) + found["Created"].encode() + PASSWORD.encode()).digest()
        created = datetime.fromisoformat(found["Created"])
        self.tokens.append(found["Created"])
        is_timely = abs(created - (datetime.now(UTC) + self.clock_ahead)) <= self.clock_tolerance
        return found["Username"] == USERNAME and base64.b64encode(digest).decode() == found["Password"] and is_timely

    def _answers(self, path: str) -> dict[str, Callable[[Any], str]]:
        service = path.rpartition("/")[2]
        if path.startswith("/onvif/sub"):
            return self._subscription(service)
        known = {"device_service": self._device, "ptz": self._ptz, "imaging": self._imaging, "events": self._events}
        if service in ("media", "media2") and service in self.services:
            return self._media(service)
        if service == "device_service" or service in self.services:
            return known.get(service, dict)()
        return {}

    def _device(self) -> dict[str, Callable[[Any], str]]:
        found: dict[str, Callable[[Any], str]] = {
            "GetSystemDateAndTime": lambda _: answers.clock(self.clock_ahead),
            "GetDeviceInformation": lambda _: answers.information(),
            "GetCapabilities": lambda _: answers.capabilities(self.origin, self.services),
            "GetRelayOutputs": lambda _: answers.relays(self.relays),
            "SetRelayOutputState": self._switch,
        }
        if self.has_get_services:
            found["GetServices"] = lambda _: answers.services(self.origin, self.services)
        return found

    def _media(self, service: str) -> dict[str, Callable[[Any], str]]:
        def stream(request: Any) -> str:
            return answers.stream_uri(service, f"rtsp://{self.announced_host or '127.0.0.1'}:554/{request.findtext('{*}ProfileToken')}")

        return {
            "GetProfiles": lambda _: answers.profiles2() if service == "media2" else answers.profiles("ptz" in self.services),
            "GetStreamUri": stream,
            "GetSnapshotUri": lambda _: answers.snapshot_uri(service, f"{self.origin}/snapshot.jpg"),
        }

    def _ptz(self) -> dict[str, Callable[[Any], str]]:
        head = self.head
        found: dict[str, Callable[[Any], str]] = {
            "GetNodes": lambda _: answers.nodes(self.spaces, has_home=self.has_home, most_presets=self.most_presets),
            "GetStatus": lambda _: answers.status(head),
            "GetPresets": lambda _: answers.presets(head),
            "SetPreset": self._set_preset,
            "GotoPreset": self._goto_preset,
            "Stop": self._stop,
        }
        if "ContinuousPanTiltVelocitySpace" in self.spaces or "ContinuousZoomVelocitySpace" in self.spaces:
            found["ContinuousMove"] = self._turn
        if "AbsolutePanTiltPositionSpace" in self.spaces:
            found["AbsoluteMove"] = self._go
        if "RelativePanTiltTranslationSpace" in self.spaces:
            found["RelativeMove"] = self._shift
        if self.has_home:
            found["GotoHomePosition"] = self._go_home
            found["SetHomePosition"] = self._set_home
        if self.can_remove_presets:
            found["RemovePreset"] = self._remove_preset
        return found

    def _imaging(self) -> dict[str, Callable[[Any], str]]:
        def move(request: Any) -> str:
            self.head.focus_speed = float(request.findtext(".//{*}Speed") or 0)
            return "<timg:MoveResponse/>"

        def stop(_: Any) -> str:
            self.head.focus_speed = 0.0
            return "<timg:StopResponse/>"

        speed = "<tt:Continuous><tt:Speed><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:Speed></tt:Continuous>"
        options = f"<timg:GetMoveOptionsResponse><timg:MoveOptions>{speed}</timg:MoveOptions></timg:GetMoveOptionsResponse>"
        return {"GetMoveOptions": lambda _: options, "Move": move, "Stop": stop}

    def _events(self) -> dict[str, Callable[[Any], str]]:
        def create(request: Any) -> str:
            name, granted_s = self.pullpoints.create(self._seconds(request.findtext("{*}InitialTerminationTime")))
            return answers.subscription(f"{self.origin}/onvif/sub/{name}", granted_s, self.clock_ahead)

        return {"CreatePullPointSubscription": create}

    def _subscription(self, name: str) -> dict[str, Callable[[Any], str]]:
        def pull(request: Any) -> str:
            limit = int(request.findtext("{*}MessageLimit"))
            waiting = self.pullpoints.pull(name, _duration(request.findtext("{*}Timeout")), limit)
            if waiting is None:
                raise Fault("InvalidArgVal", "subscription is unknown")
            return answers.messages(waiting, self.clock_ahead)

        def renew(request: Any) -> str:
            granted_s = self.pullpoints.renew(name, self._seconds(request.findtext("{*}TerminationTime")))
            if granted_s is None:
                raise Fault("InvalidArgVal", "subscription is unknown")
            return answers.renewed(granted_s, self.clock_ahead)

        def unsubscribe(_: Any) -> str:
            self.pullpoints.remove(name)
            return "<wsnt:UnsubscribeResponse/>"

        return {"PullMessages": pull, "Renew": renew, "Unsubscribe": unsubscribe}

    def _seconds(self, text: str | None) -> float:
        if not text:
            return self.pullpoints.longest_s
        if text.startswith("P"):
            return 0.0 if self.pullpoints.refuses_relative_times else _duration(text)
        return (datetime.fromisoformat(text) - datetime.now(UTC) - self.clock_ahead).total_seconds()

    def _turn(self, request: Any) -> str:
        timeout = request.findtext("{*}Timeout")
        self.head.turn(_numbers(request, "Velocity"), None if timeout is None else _duration(timeout))
        return "<tptz:ContinuousMoveResponse/>"

    def _stop(self, _: Any) -> str:
        self.head.stop()
        return "<tptz:StopResponse/>"

    def _go(self, request: Any) -> str:
        self.head.go(_wish(request, "Position"), "AbsoluteMove")
        return "<tptz:AbsoluteMoveResponse/>"

    def _shift(self, request: Any) -> str:
        self.head.shift(_numbers(request, "Translation"))
        return "<tptz:RelativeMoveResponse/>"

    def _go_home(self, _: Any) -> str:
        self.head.go(self.head.home, "GotoHomePosition")
        return "<tptz:GotoHomePositionResponse/>"

    def _set_preset(self, request: Any) -> str:
        token = request.findtext("{*}PresetToken") or f"p{len(self.head.presets) + 1}-{secrets.token_hex(2)}"
        if token not in self.head.presets and len(self.head.presets) >= self.most_presets:
            raise Fault("TooManyPresets", "Maximum number of presets reached")
        known = self.head.presets.get(token)
        name = request.findtext("{*}PresetName") or (known.name if known else token)
        self.head.presets[token] = StoredPreset(name, self.head.position)
        return f"<tptz:SetPresetResponse><tptz:PresetToken>{token}</tptz:PresetToken></tptz:SetPresetResponse>"

    def _goto_preset(self, request: Any) -> str:
        preset = self.head.presets.get(request.findtext("{*}PresetToken"))
        if preset is None:
            raise Fault("NoToken", "The requested preset token does not exist")
        self.head.go(preset.position, "GotoPreset")
        return "<tptz:GotoPresetResponse/>"

    def _remove_preset(self, request: Any) -> str:
        if self.head.presets.pop(request.findtext("{*}PresetToken"), None) is None:
            raise Fault("NoToken", "The requested preset token does not exist")
        return "<tptz:RemovePresetResponse/>"

    def _set_home(self, _: Any) -> str:
        self.head.home = self.head.position
        return "<tptz:SetHomePositionResponse/>"

    def _switch(self, request: Any) -> str:
        token = request.findtext("{*}RelayOutputToken")
        if token not in self.relays:
            raise Fault("RelayToken", "Unknown relay token")
        self.relays[token] = request.findtext("{*}LogicalState") == "active"
        return "<tds:SetRelayOutputStateResponse/>"


def digest_is_right(authorization: str, nonce: str, scheme: tuple[str, str], body: bytes = b"") -> bool:
    """RFC 7616, 3.4, of an algorithm and a qop."""
    given = {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', authorization)}
    if not authorization.startswith("Digest") or given.get("nonce") != nonce or given.get("username") != USERNAME:
        return False
    algorithm, qop = scheme
    name = algorithm.removesuffix("-sess").replace("-", "").lower()

    def hashed(text: str | bytes) -> str:
        return hashlib.new(name, text if isinstance(text, bytes) else text.encode()).hexdigest()

    first = hashed(f"{USERNAME}:cam:{PASSWORD}")
    if algorithm.endswith("-sess"):
        first = hashed(f"{first}:{nonce}:{given['cnonce']}")
    rest = f":{hashed(body)}" if qop == "auth-int" else ""
    second = [hashed(f"{method}:{given['uri']}{rest}") for method in ("POST", "GET")]
    wanted = [hashed(f"{first}:{nonce}:{given['nc']}:{given['cnonce']}:{given['qop']}:{each}") for each in second]
    return given["qop"] == qop and given["response"] in wanted


def _numbers(request: Any, name: str) -> tuple[float, float, float]:
    pan, tilt, zoom = _wish(request, name)
    return pan or 0.0, tilt or 0.0, zoom or 0.0


def _wish(request: Any, name: str) -> tuple[float | None, float | None, float | None]:
    pan_tilt, zoom = request.find(f"{{*}}{name}/{{*}}PanTilt"), request.find(f"{{*}}{name}/{{*}}Zoom")
    pan, tilt = (None, None) if pan_tilt is None else (float(pan_tilt.get("x")), float(pan_tilt.get("y")))
    return pan, tilt, None if zoom is None else float(zoom.get("x"))


def _duration(text: str) -> float:
    """Of "PT0.5S" and "PT1M30S"."""
    found = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?", text)
    assert found, text
    return 3600 * int(found[1] or 0) + 60 * int(found[2] or 0) + float(found[3] or 0)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    camera: StubCamera

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.camera.respond(self.path, body, self.headers.get("Authorization", ""))
        self._send(*answer, self.camera.content_type)

    def do_GET(self) -> None:
        if self.camera.wants_digest and not digest_is_right(self.headers.get("Authorization", ""), self.camera._nonce, self.camera.digest):
            self._send(401, {"WWW-Authenticate": self.camera.challenge}, b"", "text/plain")
        else:
            self._send(200, {}, JPEG, "image/jpeg")

    def _send(self, status: int, headers: dict[str, str], content: bytes, kind: str) -> None:
        self.send_response(status)
        length = {"Transfer-Encoding": "chunked"} if self.camera.is_chunked else {"Content-Length": str(len(content))}
        for name, value in ({"Content-Type": kind} | length | headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.camera.is_chunked:  # pieces that end in the middle of names
            pieces = [content[at : at + 7] for at in range(0, len(content), 7)]
            content = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*pieces, b""])
        with suppress(ConnectionError):
            self.wfile.write(content)
            self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.connections: set[Any] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, *_: Any) -> None:
        """A client that went away is no news."""


@contextmanager
def onvif_camera(
    camera: StubCamera | None = None, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> Iterator[StubCamera]:
    """Serves it until the block ends, and then cuts its connections, as a camera that loses its power does."""
    camera = camera or StubCamera()
    server = _Server((host, port), type("Handler", (_Handler,), {"camera": camera}))
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    camera.host, camera.port = host, server.server_address[1]
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    serving.start()
    try:
        yield camera
    finally:
        camera.pullpoints.close()
        server.shutdown()
        server.server_close()
        for connection in list(server.connections):
            with suppress(OSError):
                connection.shutdown(2)
        serving.join()

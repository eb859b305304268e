"""An ONVIF camera of another make: ipycam, with its own SOAP, its own WS-Security check and a head that really turns.

As shipped, three of its PTZ answers are not well-formed XML: they use prefixes that nothing declares. That is mended here, unless a test
asks for the camera as it is. It ignores the timeout of a continuous move, as some real cameras do.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ipycam import CameraConfig, IPCamera
from ipycam.camera import ReusableThreadingTCPServer
from ipycam.http import IPCameraHTTPHandler

from cameras.onvif.address import DeviceAddress
from cameras.stream_url import Credentials

USERNAME, PASSWORD = "operator", "t0p secret/ä&<"
_PTZ = 'xmlns:ptz="http://www.onvif.org/ver20/ptz/wsdl" xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl"'


@dataclass(slots=True)
class Ipycam:
    camera: Any
    port: int

    @property
    def address(self) -> DeviceAddress:
        return DeviceAddress("127.0.0.1", self.port)

    @property
    def credentials(self) -> Credentials:
        return Credentials(USERNAME, PASSWORD)

    @property
    def position(self) -> tuple[float, float, float]:
        status = self.camera.ptz.get_status()
        return status["pan"], status["tilt"], status["zoom"]

    @property
    def is_moving(self) -> bool:
        return bool(self.camera.ptz.get_status()["moving"])


@contextmanager
def ipycam(*, is_mended: bool = True) -> Iterator[Ipycam]:
    """Its web server and its head, without its encoder: nothing here looks at its picture."""
    config = CameraConfig(local_ip="127.0.0.1", onvif_port=0, rtsp_port=8554, username=USERNAME, password=PASSWORD, hw_accel="cpu")
    camera = IPCamera(config)
    camera.ptz._save_presets = lambda *_: None  # would write into the working directory
    if is_mended:
        _mend(camera.onvif._templates)
    # A handler class of its own for each camera, so that two can run at once.
    handler = type("Handler", (_Quiet,), {"camera": camera})
    server = ReusableThreadingTCPServer(("127.0.0.1", 0), handler)
    config.onvif_port = server.server_address[1]
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    serving.start()
    try:
        yield Ipycam(camera, config.onvif_port)
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
        camera.ptz.stop()


class _Quiet(IPCameraHTTPHandler):  # type: ignore[misc]  # ipycam ships no types
    # As real cameras do; without it each command would open a connection of its own.
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def _mend(templates: dict[str, str]) -> None:
    templates["envelope"] = templates["envelope"].replace("xmlns:tds=", f"{_PTZ} xmlns:tds=", 1)
    status = templates["ptz_get_status"].replace("{{pan_tilt_status}}", "{{move_status}}").replace("{{zoom_status}}", "{{move_status}}")
    templates["ptz_get_status"] = status.replace("{{utc_time}}", datetime.now(UTC).isoformat(timespec="seconds"))
    templates["ptz_get_presets"] = templates["ptz_get_presets"].replace("<ptz:", "<tptz:").replace("</ptz:", "</tptz:")

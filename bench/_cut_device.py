"""A camera that turns, for ptz_cut: tells on its standard output when it begins and ends to turn, by the clock that all processes share."""

from __future__ import annotations

import json
import sys
import time

from tests.support.onvif.camera import StubCamera, onvif_camera


def main(host: str, port: int) -> None:
    with onvif_camera(StubCamera(), host=host, port=port) as camera:
        print(json.dumps({"username": camera.credentials.username, "password": camera.credentials.password}), flush=True)
        was_moving = False
        while True:
            is_moving = camera.head.is_moving
            if is_moving != was_moving:
                was_moving = is_moving
                print(json.dumps({"is_moving": is_moving, "at_s": time.monotonic()}), flush=True)
            time.sleep(0.002)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

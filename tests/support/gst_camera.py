"""Starts gst_server.py, a camera by other hands, and ends it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SCRIPT = Path(__file__).with_name("gst_server.py")


@contextmanager
def gst_camera(*options: str) -> Iterator[str]:
    """Gives the address in front of the path. Raises FileNotFoundError without a system Python, RuntimeError without its bindings."""
    process = subprocess.Popen(["/usr/bin/python3", _SCRIPT, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = process.stdout.readline().strip()
        if not port:
            raise RuntimeError("gst-rtsp-server did not start: apt install gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-{good,bad,ugly}")
        yield f"rtsp://127.0.0.1:{port}"
    finally:
        process.stdin.close()
        process.stdout.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

"""The demo cameras behind one RTSP server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from streaming.demo.camera import DrawnSource
from streaming.demo.catalogue import catalogue
from streaming.demo.studio import View
from streaming.rtsp.server import Mount, RtspServer

_MAIN = (1280, 720, 15)
_SUB = (640, 360, 10)


def demo_mounts(count: int, painter: ThreadPoolExecutor, *, has_strip: bool = False) -> list[Mount]:
    """The clock shows the process's local time. Scenes are built on the painter from now on."""
    utc_offset_ms = time.localtime().tm_gmtoff * 1000
    mounts = []
    for camera in catalogue(count):
        streams = [(camera.main_path, _MAIN, camera.has_audio)]
        if camera.sub_path is not None:
            streams.append((camera.sub_path, _SUB, False))
        for path, (width_px, height_px, fps), has_audio in streams:
            view = View(camera.name, camera.place, camera.light, width_px, height_px, fps, has_audio, has_strip, utc_offset_ms)
            mounts.append(Mount(path, DrawnSource(view, painter), camera.username, camera.password, name=camera.name))
    return mounts


async def serve(count: int, *, host: str, port: int, until: asyncio.Event, ready: Callable[[int], None], has_strip: bool = False) -> None:
    """Returns soon after `until` is set. `ready` is told the port, before anything is drawn. Raises OSError when the port is taken."""
    painter = ThreadPoolExecutor(1, thread_name_prefix="painter")
    try:
        async with RtspServer(demo_mounts(count, painter, has_strip=has_strip), host=host, port=port) as server:
            ready(server.port)
            await until.wait()
    finally:
        painter.shutdown(cancel_futures=True)

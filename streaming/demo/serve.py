"""The demo cameras behind one RTSP server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from streaming.demo.camera import DrawnSource
from streaming.demo.catalogue import DemoCamera, catalogue
from streaming.demo.studio import View
from streaming.rtsp.server import Mount, RtspServer

_MAIN = (1280, 720, 15)
_SUB = (640, 360, 10)


def demo_mounts(count: int, *, has_strip: bool = False) -> list[Mount]:
    """The clock shows the process's local time."""
    utc_offset_ms = time.localtime().tm_gmtoff * 1000
    mounts = []
    for camera in catalogue(count):
        mounts.append(_mount(camera, camera.main_path, _MAIN, utc_offset_ms, has_audio=camera.has_audio, has_strip=has_strip))
        if camera.sub_path is not None:
            mounts.append(_mount(camera, camera.sub_path, _SUB, utc_offset_ms, has_audio=False, has_strip=has_strip))
    return mounts


async def serve(count: int, *, host: str, port: int, until: asyncio.Event, ready: Callable[[int], None], has_strip: bool = False) -> None:
    """Returns soon after `until` is set. `ready` is told the port, before anything is drawn. Raises OSError when the port is taken."""
    mounts = demo_mounts(count, has_strip=has_strip)
    with ThreadPoolExecutor(1, thread_name_prefix="draw ahead") as painter:
        async with RtspServer(mounts, host=host, port=port) as server:
            ready(server.port)
            for mount in mounts:
                if isinstance(mount.source, DrawnSource):
                    painter.submit(mount.source.draw_ahead)
            await until.wait()
        painter.shutdown(wait=False, cancel_futures=True)


def _mount(camera: DemoCamera, path: str, shape: tuple[int, int, int], utc_offset_ms: int, *, has_audio: bool, has_strip: bool) -> Mount:
    width_px, height_px, fps = shape
    view = View(camera.name, camera.place, camera.light, width_px, height_px, fps, has_audio, has_strip, utc_offset_ms)
    return Mount(path, DrawnSource(view), camera.username, camera.password, name=camera.name)

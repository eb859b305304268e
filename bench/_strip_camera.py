"""A real RTSP camera of 1280x720 at 30 pictures a second whose picture carries the time it was drawn at, until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor

from streaming.demo.camera import DrawnSource
from streaming.demo.studio import View
from streaming.rtsp.server import Mount, RtspServer


async def serve(port: int, fps: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with ThreadPoolExecutor(1) as painter:
        view = View("Strip", "entrance", "day", 1280, 720, fps, has_strip=True)
        async with RtspServer([Mount("/main", DrawnSource(view, painter))], host="127.0.0.1", port=port):
            print("ready", flush=True)
            await stop.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--fps", type=int, default=30)
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, arguments.fps))

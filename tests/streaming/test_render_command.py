"""`manage.py render` as it is started: pictures come through the channel layer, SIGTERM ends it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from channels.layers import get_channel_layer
from django.conf import settings

from streaming.bus.redis import RedisPublisher
from streaming.media.wire import Kind, parse_header
from streaming.render.demand import DemandBoard, RenderJob, group_of
from tests.support.on_air import on_air
from tests.support.packets import new_stream

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"


async def test_wished_pictures_arrive_on_the_channel_layer_until_sigterm() -> None:
    url = settings.REDIS_URL  # where the channel layer is, too
    stream = new_stream()
    job = RenderJob(stream.camera_id, "jpeg", "180p")
    layer = get_channel_layer("frames")
    channel = await layer.new_channel("test.")
    await layer.group_add(group_of(job), channel)
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(MANAGE), "render", env={**os.environ, "REDIS_URL": url}, stderr=asyncio.subprocess.PIPE
    )
    publisher, board = RedisPublisher(url, 5_000), DemandBoard(url)
    await publisher.start()
    try:
        async with asyncio.timeout(25), on_air(publisher, stream, "h264"):
            waiting = asyncio.create_task(layer.receive(channel))
            while not waiting.done():
                await board.want(job)
                await asyncio.wait([waiting], timeout=0.5)
            message = waiting.result()
            process.terminate()
            _, log = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await board.aclose()
        await publisher.aclose()
        await layer.group_discard(group_of(job), channel)
    assert (message["type"], message["width"], message["height"], message["stream"]) == ("render.frame", 320, 180, "main")
    assert parse_header(message["message"]).kind is Kind.JPEG
    assert process.returncode == 0, log.decode()
    assert b"renderer is stopped" in log
    assert b"Traceback" not in log

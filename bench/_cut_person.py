"""Somebody who holds a key down, for ptz_cut: `hold` and `release` come on the standard input. Beats as the page sends them."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from cameras.control.deadman import BEAT_EVERY_S


async def main(url: str, token: str) -> None:
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    socket: ClientConnection | None = None
    beating: asyncio.Task[None] | None = None
    async for line in lines:
        if beating is not None:
            beating.cancel()
            beating = None
        if line.strip() == b"release":
            if socket is not None:
                await socket.send(json.dumps({"type": "stop"}))
            continue
        if socket is not None:
            socket.transport.abort()
        socket = await connect(url, additional_headers={"Authorization": f"Bearer {token}"})
        await socket.recv()
        await socket.send(json.dumps({"type": "move", "pan": 0.01}))
        beating = asyncio.create_task(_beat(socket))


async def _beat(socket: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        while True:
            await asyncio.sleep(BEAT_EVERY_S)
            await socket.send(json.dumps({"type": "beat"}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))

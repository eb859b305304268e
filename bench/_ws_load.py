"""Many WebSocket viewers in one cheap process: counts messages, skips payloads, acknowledges if asked to.

Reads a plan as JSON from its standard input and prints "ready" when every viewer has got something. Then each line on its standard
input is answered by a line of JSON: what came since the one before.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import sys
import time
from typing import Any

import uvloop


class LoadViewer(asyncio.Protocol):
    def __init__(self, plan: dict[str, Any], target: dict[str, Any]) -> None:
        self.plan = plan
        self.target = target
        self.messages = self.bytes = 0
        self.delays_ms: list[float] = []
        self.closed = False
        self._buffer = bytearray()
        self._skip = 0
        self._is_open = False
        self._newest: tuple[int, int] | None = None
        self._acknowledged_at = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # it is one
        self.transport = transport
        lines = [
            f"GET {self.target['path']} HTTP/1.1",
            f"Host: 127.0.0.1:{self.target['port']}",
            "Upgrade: websocket",
            "Connection: Upgrade",
        ]
        lines += [f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}", "Sec-WebSocket-Version: 13", *self.plan["headers"]]
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = True

    def data_received(self, data: bytes) -> None:
        if not self._is_open:
            self._buffer += data
            head, found, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not found:
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._is_open = True
            self._buffer.clear()
            if self.plan.get("hello"):
                self._send(self.plan["hello"].encode())
            data = rest
        self._frames(data)

    def _frames(self, data: bytes) -> None:
        if self._skip >= len(data):
            self._skip -= len(data)
            return
        if self._skip:
            data = data[self._skip :]
            self._skip = 0
        if self._buffer:
            data = bytes(self._buffer) + data
            self._buffer.clear()
        at, end = 0, len(data)
        while at < end:
            if end - at < 46 and not self._is_whole(data, at, end):
                self._buffer += data[at:]
                return
            opcode, length, head = data[at] & 15, data[at + 1], 2
            if length == 126:
                length, head = int.from_bytes(data[at + 2 : at + 4], "big"), 4
            elif length == 127:
                length, head = int.from_bytes(data[at + 2 : at + 10], "big"), 10
            if opcode == 2:
                self._count(data, at + head, length)
            at += head + length
        self._skip = at - end

    @staticmethod
    def _is_whole(data: bytes, at: int, end: int) -> bool:
        return end - at >= 2 and data[at + 1] < 126 and end - at >= 2 + data[at + 1]

    def _count(self, data: bytes, at: int, length: int) -> None:
        self.messages += 1
        self.bytes += length
        if not self.plan["has_header"] or length < 32:
            return
        flags, sequence = data[at + 2], int.from_bytes(data[at + 4 : at + 8], "little")
        now = time.time()
        if not flags & 4:
            self.delays_ms.append(now * 1000 - int.from_bytes(data[at + 16 : at + 24], "little") / 1000)
        if self.plan["acknowledges"] and now - self._acknowledged_at > 0.25:
            self._acknowledged_at = now
            generation = int.from_bytes(data[at + 28 : at + 30], "little")
            self._send(b'{"type":"ack","seq":%d,"generation":%d}' % (sequence, generation))

    def _send(self, text: bytes) -> None:
        """Masked with zeros: allowed, and free."""
        head = bytes((0x81, 0x80 | len(text))) if len(text) < 126 else struct.pack(">BBH", 0x81, 0x80 | 126, len(text))
        self.transport.write(head + bytes(4) + text)


async def main() -> None:
    plan = json.loads(sys.stdin.readline())
    loop = asyncio.get_running_loop()
    viewers = []
    for target in plan["targets"]:
        _, viewer = await loop.create_connection(lambda target=target: LoadViewer(plan, target), "127.0.0.1", target["port"])  # type: ignore[misc]
        viewers.append(viewer)
        if len(viewers) % 20 == 0:
            await asyncio.sleep(0.05)
    deadline = time.monotonic() + 30
    while not all(viewer.messages for viewer in viewers):
        assert time.monotonic() < deadline, f"{sum(not viewer.messages for viewer in viewers)} viewers got nothing"
        assert not any(viewer.closed for viewer in viewers), "a viewer was closed"
        await asyncio.sleep(0.1)
    print("ready", flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        delays = sorted(delay for viewer in viewers for delay in viewer.delays_ms)
        counts = sorted(viewer.messages for viewer in viewers)
        found = {
            "messages": sum(counts),
            "least": counts[0],
            "bytes": sum(viewer.bytes for viewer in viewers),
            "closed": sum(viewer.closed for viewer in viewers),
            "delay_p50_ms": delays[len(delays) // 2] if delays else None,
            "delay_p99_ms": delays[len(delays) * 99 // 100] if delays else None,
        }
        for viewer in viewers:
            viewer.messages = viewer.bytes = 0
            viewer.delays_ms.clear()
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    uvloop.run(main())

"""Whether RTSP is spoken at a port, and by which software: one OPTIONS request, which needs no login (RFC 2326, 10.1)."""

from __future__ import annotations

import asyncio
import contextlib
import re

RTSP_PORTS = (554, 8554)
_MOST_BYTES = 4096
_SERVER = re.compile(rb"^Server:[ \t]*([^\r\n]{1,200})", re.IGNORECASE | re.MULTILINE)


async def rtsp_server(host: str, port: int, limit_s: float) -> str | None:
    """What the server calls itself, "" if it doesn't say; None where no RTSP is spoken."""
    try:
        async with asyncio.timeout(limit_s):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(f"OPTIONS rtsp://{host}:{port}/ RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: nvr\r\n\r\n".encode())
                answer = await _head(reader)
            finally:
                writer.transport.abort()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
    except OSError:
        return None
    if not answer.startswith(b"RTSP/"):
        return None
    named = _SERVER.search(answer)
    text = named[1].decode("latin-1").strip() if named else ""
    return "".join(character if character.isprintable() else "?" for character in text)[:80]


async def _head(reader: asyncio.StreamReader) -> bytes:
    answer = b""
    while b"\r\n\r\n" not in answer and len(answer) < _MOST_BYTES:
        more = await reader.read(_MOST_BYTES)
        if not more:
            break
        answer += more
    return answer

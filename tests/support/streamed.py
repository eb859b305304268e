"""Answers that are sent in pieces, read as a server reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async


def body_of(answer: Any) -> bytes:
    return body_while(answer, lambda: None)


def body_while(answer: Any, then: Callable[[], Any]) -> bytes:
    """What arrives when something happens after the first piece."""

    async def read() -> bytes:
        pieces = aiter(answer)
        got: bytes = await anext(pieces)
        await sync_to_async(then)()
        async for piece in pieces:
            got += piece
        return got

    try:
        read_all: bytes = async_to_sync(read)()
        return read_all
    finally:
        answer.close()

"""How many streams may connect at the same time: so that a site that comes back after a power cut is not a stampede."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager


class ConnectGate:
    """First come, first served, with at most half of the places for streams that have failed again and again.

    Those wait for their time-outs inside; without the rule a hundred dead cameras would keep a healthy one from coming back.
    """

    def __init__(self, places: int) -> None:
        self._all = asyncio.Semaphore(places)
        self._doubtful = asyncio.Semaphore(max(1, places // 2))

    @asynccontextmanager
    async def place(self, *, is_doubtful: bool) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if is_doubtful:
                await stack.enter_async_context(self._doubtful)
            await stack.enter_async_context(self._all)
            yield

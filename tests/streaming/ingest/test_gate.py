from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from streaming.ingest.gate import ConnectGate


async def enters(gate: ConnectGate, stack: AsyncExitStack, *, is_doubtful: bool) -> bool:
    """Whether there is a place now."""
    try:
        async with asyncio.timeout(0.01):
            await stack.enter_async_context(gate.place(is_doubtful=is_doubtful))
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize(("places", "for_doubtful"), [(8, 4), (2, 1), (1, 1)])
async def test_streams_that_fail_again_and_again_get_half_of_the_places(places: int, for_doubtful: int) -> None:
    gate = ConnectGate(places)
    async with AsyncExitStack() as stack:
        assert [await enters(gate, stack, is_doubtful=True) for _ in range(places)].count(True) == for_doubtful
        rest = [await enters(gate, stack, is_doubtful=False) for _ in range(places)]
        assert rest.count(True) == places - for_doubtful
    async with AsyncExitStack() as stack:
        assert all([await enters(gate, stack, is_doubtful=False) for _ in range(places)])

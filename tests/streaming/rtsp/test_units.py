from __future__ import annotations

import asyncio
from typing import NoReturn

import pytest

from streaming.rtsp.receiver import Unit
from streaming.rtsp.units import UnitQueue


def unit(number: int, *, is_key: bool = False, media_index: int = 0) -> Unit:
    return Unit(media_index, number, b"0123456789", is_key, 0, 0)


async def test_a_slow_reader_goes_on_at_the_next_keyframe_and_is_told_what_it_missed() -> None:
    queue = UnitQueue(max_bytes=20)
    seen: list[Unit] = []

    async def source() -> NoReturn:
        for number in range(4):
            queue.put(unit(number, is_key=number == 0))
        while len(seen) < 2:
            await asyncio.sleep(0)
        queue.put(unit(4))
        queue.put(unit(5, is_key=True))
        raise ConnectionError("over")

    with pytest.raises(ConnectionError):
        async for one in queue.drain(source()):
            seen.append(one)
    assert [(one.rtp_timestamp, one.lost_packets) for one in seen] == [(0, 0), (1, 0), (5, 3)]


async def test_who_stops_reading_stops_the_source() -> None:
    queue = UnitQueue()
    is_cancelled = False

    async def source() -> None:
        nonlocal is_cancelled
        queue.put(unit(0))
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            is_cancelled = True
            raise

    units = queue.drain(source())
    assert (await anext(units)).rtp_timestamp == 0
    await units.aclose()
    assert is_cancelled

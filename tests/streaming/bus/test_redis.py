"""What only the bus on Redis can meet: a server that dies, has no memory left, keeps what an earlier run wrote."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis.asyncio

from streaming.bus.base import BusAwayError
from streaming.bus.keys import KEEP_NEWEST_GOP_MS, bus_keys
from streaming.bus.redis import RedisPublisher, RedisReader
from streaming.media.packet import MediaPacket
from tests.streaming.bus.conftest import WINDOW_MS
from tests.support.bus_viewer import watching
from tests.support.packets import START_MS, gops, new_stream, some_tracks, video
from tests.support.stoppable_redis import StoppableRedis, stoppable_redis


@contextlib.asynccontextmanager
async def publishing(url: str) -> AsyncIterator[RedisPublisher]:
    publisher = RedisPublisher(url, WINDOW_MS)
    await publisher.start()
    yield publisher
    await publisher.aclose()


@contextlib.asynccontextmanager
async def looking_into(url: str) -> AsyncIterator[Any]:
    client = redis.asyncio.Redis.from_url(url, protocol=2)
    yield client
    await client.aclose()


async def reading_connections(url: str) -> int:
    async with looking_into(url) as client:
        return sum(entry["cmd"] == "xread" for entry in await client.client_list())


async def test_reader_and_publisher_go_on_when_redis_was_killed_and_is_back(redis_server: StoppableRedis) -> None:
    stream = new_stream()
    async with publishing(redis_server.url) as publisher, watching(RedisReader(redis_server.url), stream) as viewer:
        publisher.announce(stream, some_tracks())
        for packet in gops(10, 5):
            publisher.write(stream, packet)
        await viewer.until_number(14)
        redis_server.kill()
        await until_disconnected(publisher)
        for packet in gops(15, 30):
            publisher.write(stream, packet)
        redis_server.start()
        await viewer.until_number(44)
        publisher.write(stream, video(45))
        await viewer.until_number(45)
    assert viewer.numbers == [*range(10, 15), *range(40, 46)]
    assert viewer.tracks == [some_tracks()]
    assert [gap.packets for gap in viewer.gaps] == [25]
    assert publisher.counters.dropped == 25
    assert publisher.counters.connects == 2


async def test_what_is_held_back_while_redis_is_away_is_bounded(redis_server: StoppableRedis) -> None:
    stream = new_stream()
    redis_server.kill()
    publisher = RedisPublisher(redis_server.url, WINDOW_MS)
    async with asyncio.timeout(5):
        await publisher.start()
    publisher.announce(stream, some_tracks())
    for packet in gops(0, 100, gop=1_000, size=50_000):
        publisher.write(stream, packet)
    assert publisher.counters.dropped == 100
    publisher.write(stream, video(1_000, key=True))
    redis_server.start()
    async with watching(RedisReader(redis_server.url), stream) as viewer:
        await viewer.until_number(1_000)
    await publisher.aclose()
    assert viewer.numbers == [1_000]


async def test_redis_that_hangs_costs_packets_but_not_memory(redis_server: StoppableRedis) -> None:
    stream = new_stream()
    async with publishing(redis_server.url) as publisher, watching(RedisReader(redis_server.url), stream) as viewer:
        publisher.announce(stream, some_tracks())
        publisher.write(stream, video(0, key=True))
        await viewer.until_number(0)
        with redis_server.hanging():
            for packet in gops(1, 999, gop=100, size=20_000):  # 20 MB
                publisher.write(stream, packet)
                await asyncio.sleep(0)
        while viewer.numbers[-1] < 1_000:
            publisher.write(stream, video(1_000, key=True))
            await asyncio.sleep(0.01)
    assert publisher.counters.sent_bytes < 8_000_000
    assert publisher.counters.dropped > 600
    assert publisher.counters.connects == 1
    assert viewer.gaps


async def test_asking_an_absent_redis_says_so(redis_server: StoppableRedis) -> None:
    redis_server.kill()
    with pytest.raises(BusAwayError, match="cannot connect to Redis"):
        await RedisReader(redis_server.url).newest_keyframe(new_stream())


async def test_full_redis_keeps_the_last_gop_and_goes_on() -> None:
    stream = new_stream()
    with stoppable_redis(maxmemory_mb=16) as server:
        async with publishing(server.url) as publisher, watching(RedisReader(server.url), stream) as viewer:
            publisher.announce(stream, some_tracks())
            for number in range(150):
                at_ms = START_MS + number  # so close together that nothing is trimmed by age
                publisher.write(stream, video(number, key=number % 10 == 0, at_ms=at_ms, size=200_000))
                await asyncio.sleep(0.002)
            await viewer.until(lambda seen: bool(seen.numbers) and seen.numbers[-1] > 140)
        async with looking_into(server.url) as client:
            assert (await client.info("memory"))["used_memory"] < 17_000_000
    assert publisher.counters.out_of_memory > 0
    assert publisher.counters.dropped < 75
    assert sum(gap.packets for gap in viewer.gaps) + len(viewer.numbers) == viewer.numbers[-1] + 1 - viewer.numbers[0]


async def test_restarted_publisher_is_followed_with_a_gap(redis_url: str) -> None:
    stream = new_stream()
    async with watching(RedisReader(redis_url), stream) as viewer:
        async with publishing(redis_url) as first:
            first.announce(stream, some_tracks(1))
            for packet in gops(0, 5):
                first.write(stream, packet)
            await viewer.until_number(4)
        async with publishing(redis_url) as second:
            second.announce(stream, some_tracks(1))
            for packet in gops(10, 5):
                second.write(stream, packet)
            await viewer.until_number(14)
        async with publishing(redis_url) as third:
            third.announce(stream, some_tracks(2))
            third.write(stream, video(20, key=True, generation=2))
            await viewer.until_number(20)
    assert viewer.numbers == [*range(5), *range(10, 15), 20]
    assert len(viewer.gaps) == 1
    assert viewer.tracks == [some_tracks(1), some_tracks(2)]


async def test_clock_set_back_between_two_runs_does_not_stop_the_stream(redis_url: str) -> None:
    stream, hour_ms = new_stream(), 3_600_000
    async with watching(RedisReader(redis_url), stream) as viewer:
        async with publishing(redis_url) as first:
            first.announce(stream, some_tracks(1))
            first.write(stream, video(0, key=True))
            await viewer.until_number(0)
        async with publishing(redis_url) as second:
            second.announce(stream, some_tracks(2))
            number = 0
            while 900 not in viewer.numbers and number < 900:
                number += 10
                second.write(stream, video(number, key=True, generation=2, at_ms=START_MS - hour_ms + number))
                await asyncio.sleep(0.001)
            await viewer.until_number(900)
    assert second.counters.dropped < 50
    assert viewer.tracks == [some_tracks(1), some_tracks(2)]


async def test_clock_set_back_while_running_does_not_stop_the_stream_or_its_trimming(redis_url: str) -> None:
    stream, hour_ms = new_stream(), 3_600_000
    async with publishing(redis_url) as publisher, watching(RedisReader(redis_url), stream) as viewer:
        publisher.announce(stream, some_tracks())
        publisher.write(stream, video(0, key=True))
        await viewer.until_number(0)
        packets = [packet_at(packet, packet.captured_at_ms - hour_ms) for packet in gops(10, 10 * WINDOW_MS // 40)]
        for packet in packets:
            publisher.write(stream, packet)
            if packet.is_key:
                await viewer.until_number(int(packet.data.split(b" ")[0]))
        async with looking_into(redis_url) as client:
            length = await client.xlen(bus_keys(stream).packets)
    assert [packet for packet in viewer.items if packet in packets] == packets
    assert length < 3 * WINDOW_MS // 40


async def test_stream_of_a_removed_camera_expires(redis_url: str) -> None:
    stream = new_stream()
    async with publishing(redis_url) as publisher:
        publisher.announce(stream, some_tracks())
        publisher.write(stream, video(0, key=True))
    keys = bus_keys(stream)
    async with looking_into(redis_url) as client:
        assert 0 < await client.pttl(keys.packets) <= KEEP_NEWEST_GOP_MS
        assert 0 < await client.pttl(keys.newest_key) <= KEEP_NEWEST_GOP_MS
        assert 0 < await client.pttl(keys.tracks) <= WINDOW_MS


async def test_cancelled_read_closes_its_connection_at_once(redis_server: StoppableRedis) -> None:
    reader = RedisReader(redis_server.url)
    async with watching(reader, new_stream()), watching(reader, new_stream()):
        async with asyncio.timeout(5):
            while await reading_connections(redis_server.url) != 2:
                await asyncio.sleep(0.005)
    async with asyncio.timeout(1):
        while await reading_connections(redis_server.url):
            await asyncio.sleep(0.001)


async def until_disconnected(publisher: RedisPublisher) -> None:
    async with asyncio.timeout(5):
        while publisher.is_connected:
            await asyncio.sleep(0.001)


def packet_at(packet: MediaPacket, captured_at_ms: int) -> MediaPacket:
    return MediaPacket(
        packet.track, packet.generation, packet.pts_90k, packet.dts_90k, packet.duration_90k, packet.is_key, captured_at_ms, packet.data
    )

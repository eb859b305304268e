"""What every media bus promises (streaming/bus/base.py)."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from streaming.bus.base import MediaReader
from streaming.media.packet import Gap, MediaPacket, PacketSink, StreamKey, Tracks
from tests.streaming.bus.conftest import WINDOW_MS
from tests.support.bus_viewer import watching
from tests.support.packets import audio, gops, new_stream, some_tracks, video

Bus = tuple[PacketSink, MediaReader]


async def test_reader_gets_tracks_then_starts_at_the_newest_keyframe(bus: Bus) -> None:
    sink, reader = bus
    stream, tracks = new_stream(), some_tracks(with_audio=True)
    sink.announce(stream, tracks)
    for packet in gops(0, 25):
        sink.write(stream, packet)
    sink.write(stream, audio(25))
    await until_stored(reader, stream, audio(25))
    async with watching(reader, stream) as viewer:
        await viewer.until(lambda seen: len(seen.items) == 7)
    assert viewer.items[0] == tracks
    assert viewer.items[1:6] == gops(20, 5)
    assert viewer.items[6] == audio(25)


async def test_packets_arrive_in_order_and_unchanged(bus: Bus) -> None:
    sink, reader = bus
    stream = new_stream()
    packets = gops(0, 200, size=20_000)
    async with watching(reader, stream) as viewer:
        sink.announce(stream, some_tracks())
        for packet in packets:
            sink.write(stream, packet)
            if packet.is_key:
                await viewer.until_number(number_of(packet))
        await viewer.until_number(199)
    assert viewer.items == [some_tracks(), *packets]


async def test_stream_nobody_published_is_waited_for(bus: Bus) -> None:
    sink, reader = bus
    stream = new_stream()
    assert await reader.tracks(stream) is None
    assert await reader.newest_keyframe(stream) is None
    async with watching(reader, stream) as viewer:
        await asyncio.sleep(0.05)
        assert viewer.items == []
        sink.announce(stream, some_tracks())
        sink.write(stream, video(0, key=True))
        await viewer.until_number(0)
    assert viewer.items == [some_tracks(), video(0, key=True)]


async def test_new_tracks_come_before_the_first_packet_of_their_generation(bus: Bus) -> None:
    sink, reader = bus
    stream = new_stream()
    async with watching(reader, stream) as viewer:
        sink.announce(stream, some_tracks(1))
        for packet in gops(0, 5):
            sink.write(stream, packet)
        await viewer.until_number(4)
        sink.announce(stream, some_tracks(2))
        for packet in gops(10, 5, generation=2):
            sink.write(stream, packet)
        await viewer.until_number(14)
    assert viewer.items == [some_tracks(1), *gops(0, 5), some_tracks(2), *gops(10, 5, generation=2)]


async def test_slow_reader_gets_a_gap_and_goes_on_at_the_newest_keyframe(bus: Bus) -> None:
    sink, reader = bus
    stream = new_stream()
    sink.announce(stream, some_tracks())
    for packet in gops(0, 10):
        sink.write(stream, packet)
    await until_stored(reader, stream, video(9))
    async with aclosing(reader.read(stream)) as items:  # type: ignore[type-var]  # every implementation is a generator
        assert await anext(items) == some_tracks()
        seen = [await anext(items)]
        for packet in gops(10, 20 * WINDOW_MS // 40):
            sink.write(stream, packet)
        await until_stored(reader, stream, video(9 + 20 * WINDOW_MS // 40))
        while not isinstance(item := await asyncio.wait_for(anext(items), 5), Gap):
            seen.append(item)
        resumed = await anext(items)
    last_before, newest = number_of(seen[-1]), number_of(resumed)
    assert seen == gops(0, last_before + 1)
    assert newest == 10 + 20 * WINDOW_MS // 40 - 10
    assert isinstance(resumed, MediaPacket)
    assert item == Gap(newest - last_before - 1, resumed.captured_at_ms)


async def test_window_is_trimmed_by_age_but_the_newest_gop_is_kept(bus: Bus) -> None:
    sink, reader = bus
    stream = new_stream()
    sink.announce(stream, some_tracks())
    count = 6 * WINDOW_MS // 40
    for packet in gops(0, count, gop=10_000):
        sink.write(stream, packet)
    await until_stored(reader, stream, video(count - 1))
    found = await reader.newest_gop(stream)
    assert found is not None
    assert list(found[1]) == gops(0, count, gop=10_000)


async def test_newest_keyframe_gop_and_tracks_are_found_without_reading_on(bus: Bus) -> None:
    sink, reader = bus
    stream = new_stream()
    sink.announce(stream, some_tracks())
    for packet in gops(0, 137, gop=20):
        sink.write(stream, packet)
    await until_stored(reader, stream, video(136))
    assert await reader.tracks(stream) == some_tracks()
    assert await reader.newest_keyframe(stream) == (some_tracks(), video(120, key=True))
    gop = await reader.newest_gop(stream)
    assert gop is not None
    assert (gop[0], list(gop[1])) == (some_tracks(), gops(120, 17, gop=20))


async def test_two_readers_of_one_stream_do_not_disturb_each_other(bus: Bus) -> None:
    sink, reader = bus
    stream = new_stream()
    async with watching(reader, stream) as first:
        sink.announce(stream, some_tracks())
        for packet in gops(0, 10):
            sink.write(stream, packet)
        await first.until_number(9)
        async with watching(reader, stream) as second:
            await second.until_number(9)
        for packet in gops(10, 10):
            sink.write(stream, packet)
        await first.until_number(19)
    assert first.numbers == list(range(20))
    assert second.numbers == list(range(10))


def number_of(item: Tracks | MediaPacket | Gap) -> int:
    assert isinstance(item, MediaPacket)
    return int(item.data.split(b" ")[0])


async def until_stored(reader: MediaReader, stream: StreamKey, last: MediaPacket) -> None:
    """Publishing returns at once; this waits until the packet is on the bus."""
    async with asyncio.timeout(5):
        while (gop := await reader.newest_gop(stream)) is None or gop[1][-1] != last:
            await asyncio.sleep(0.005)

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from cameras.stream_url import Credentials
from streaming.ingest.supervisor import IngestSupervisor, ListAway
from streaming.ingest.worker import WantedStream
from streaming.media.packet import Role, StreamKey
from tests.support.ingest_run import Witness, wanted, world_of
from tests.support.rtsp_camera import TestCamera


class ChangingList:
    """The database of cameras, with a knob for its absence."""

    def __init__(self, *streams: WantedStream) -> None:
        self.streams = list(streams)
        self.is_away = False
        self.reads = 0

    async def load(self) -> list[WantedStream]:
        self.reads += 1
        if self.is_away:
            raise ListAway("database is locked")
        return list(self.streams)


@asynccontextmanager
async def supervised(streams: ChangingList, witness: Witness) -> AsyncIterator[IngestSupervisor]:
    supervisor = IngestSupervisor(streams.load, world_of(witness), look_every_s=0.02)
    stopping = asyncio.Event()
    task = asyncio.create_task(supervisor.run(stopping))
    try:
        yield supervisor
    finally:
        stopping.set()
        await task


async def eventually(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_streams_start_and_stop_with_the_list() -> None:
    witness = Witness()
    with TestCamera({"/main": "h264", "/sub": "h264_sub"}) as camera:
        main = wanted(camera, "/main")
        sub = replace(wanted(camera, "/sub"), key=StreamKey(1, Role.SUB))
        streams = ChangingList(main)
        async with supervised(streams, witness):
            await eventually(lambda: camera.watching("/main") == 1)
            streams.streams.append(sub)
            await eventually(lambda: camera.watching("/sub") == 1)
            streams.streams.remove(main)
            await witness.until(lambda: witness.states[-1] == ("off", "switched off"))
            assert camera.watching("/main") == 0
            assert camera.watching("/sub") == 1
        await eventually(lambda: camera.connections == 0)
        assert camera.counters.requests["TEARDOWN"] == 2
        assert camera.connections_total == 2
    assert witness.states[-1] == ("off", "the ingest process is stopped")


async def test_a_changed_stream_is_opened_anew_with_a_new_generation() -> None:
    witness = Witness()
    with TestCamera("h264", username="u", password="new") as camera:
        before = wanted(camera, user="u", password="old")
        streams = ChangingList(before)
        async with supervised(streams, witness):
            await witness.until(lambda: witness.state == "down")
            streams.streams[:] = [replace(before, credentials=Credentials("u", "new"))]
            await witness.until(lambda: witness.state == "live")
            await witness.until(lambda: witness.video)
            streams.streams[:] = [replace(before, credentials=Credentials("u", "new"), name="Back door")]
            await witness.until(lambda: len(witness.tracks) == 2)
            await eventually(lambda: camera.watching() == 1)
    assert witness.tracks[0].generation != witness.tracks[1].generation
    assert ("off", "switched off") not in witness.states


async def test_streams_go_on_while_the_list_is_away(caplog: pytest.LogCaptureFixture) -> None:
    witness = Witness()
    with TestCamera("h264") as camera:
        streams = ChangingList(wanted(camera))
        async with supervised(streams, witness):
            await witness.until(lambda: witness.video)
            streams.is_away = True
            reads, packets = streams.reads, len(witness.packets)
            await witness.until(lambda: streams.reads > reads + 5 and len(witness.packets) > packets + 10)
            streams.is_away = False
            streams.streams.clear()
            await witness.until(lambda: witness.state == "off")
        assert camera.connections_total == 1
    assert len([record for record in caplog.records if "can't be read" in record.getMessage()]) == 1


@pytest.mark.alone
async def test_a_camera_that_ignores_the_goodbye_does_not_hold_up_the_stop() -> None:
    witness = Witness()
    with TestCamera("h264") as camera:
        async with supervised(ChangingList(wanted(camera)), witness):
            await witness.until(lambda: witness.video)
            camera.mute()
            began_s = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began_s < 2.5
    assert witness.state == "off"


async def test_a_list_that_never_answers_does_not_hold_up_the_stop() -> None:
    async def load() -> list[WantedStream]:
        await asyncio.Event().wait()
        return []

    stopping = asyncio.Event()
    task = asyncio.create_task(IngestSupervisor(load, world_of(Witness())).run(stopping))
    await asyncio.sleep(0)
    stopping.set()
    async with asyncio.timeout(2):
        await task


async def test_connects_at_the_same_time_are_capped() -> None:
    witness = Witness()
    with TestCamera({f"/{n}": "h264" for n in range(12)}) as camera:
        camera.mute()
        streams = [replace(wanted(camera, f"/{n}"), key=StreamKey(n, Role.MAIN)) for n in range(12)]
        async with supervised(ChangingList(*streams), witness):
            await eventually(lambda: camera.connections == 4)
            await eventually(lambda: witness.state == "down")
            assert camera.connections <= 4
            camera.heal()
            await eventually(lambda: camera.watching() == 12)

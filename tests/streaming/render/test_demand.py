from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from streaming.bus.base import BusAwayError
from streaming.render.claims import JobClaims
from streaming.render.demand import DemandBoard, RenderJob, group_of
from tests.support.stoppable_redis import StoppableRedis

JOB = RenderJob(7, "jpeg", "720p")
OTHER = RenderJob(7, "raw", "360p")


@asynccontextmanager
async def board(url: str) -> AsyncIterator[DemandBoard]:
    asking = DemandBoard(url)
    yield asking
    await asking.aclose()


@asynccontextmanager
async def renderer(url: str, name: str) -> AsyncIterator[JobClaims]:
    claims = JobClaims(url, name)
    yield claims
    await claims.aclose()


@pytest.mark.alone
async def test_a_wish_reaches_a_waiting_renderer_within_milliseconds(redis_server: StoppableRedis) -> None:
    async with board(redis_server.url) as asking, renderer(redis_server.url, "a") as claims:
        assert await claims.take() == frozenset()
        waiting = asyncio.create_task(claims.wait(10))
        await asyncio.sleep(0.01)
        started = time.monotonic()
        assert await asking.want(JOB)
        await waiting
        assert await claims.take() == {JOB}
        assert time.monotonic() - started < 0.1


async def test_a_dropped_wish_is_gone_at_once_but_not_that_of_another_asker(redis_server: StoppableRedis) -> None:
    url = redis_server.url
    async with board(url) as one, board(url) as two, renderer(url, "a") as claims:
        await one.want(JOB)
        await two.want(JOB)
        await one.want(OTHER)
        assert await claims.take() == {JOB, OTHER}
        await one.drop(JOB)
        await one.drop(OTHER)
        assert await claims.take() == {JOB}
        await two.drop(JOB)
        assert await claims.take() == frozenset()


async def test_a_wish_nobody_renews_expires_within_three_seconds(redis_server: StoppableRedis) -> None:
    async with board(redis_server.url) as asking, renderer(redis_server.url, "a") as claims:
        await asking.want(JOB)
        assert await claims.take() == {JOB}
        await until(lambda jobs: not jobs, claims, deadline_s=3.5)


async def test_renderers_share_cameras_and_all_jobs_of_a_camera_go_to_one(redis_server: StoppableRedis) -> None:
    url = redis_server.url
    async with board(url) as asking, renderer(url, "a") as first, renderer(url, "b") as second:
        await first.take()
        await second.take()
        wanted = [RenderJob(camera, kind, "360p") for camera in range(1, 7) for kind in ("jpeg", "raw")]
        shares: list[set[RenderJob]] = [set(), set()]
        for job in wanted:
            await asking.want(job)
            shares = [set(await first.take()), set(await second.take())]
        assert shares[0] | shares[1] == set(wanted)
        assert [len({job.camera_id for job in share}) for share in shares] == [3, 3]
        assert not shares[0] & shares[1]


async def test_jobs_of_a_dead_renderer_are_taken_over_within_three_seconds(redis_server: StoppableRedis) -> None:
    url = redis_server.url
    dead = JobClaims(url, "dead")
    async with board(url) as asking, renderer(url, "alive") as alive:
        await asking.want(JOB)
        assert await dead.take() == {JOB}
        assert await alive.take() == frozenset()
        keeper = asyncio.create_task(keep_wanting(asking, JOB))
        await until(lambda jobs: jobs == {JOB}, alive, deadline_s=3)
        keeper.cancel()
        await dead.aclose()


async def test_jobs_of_a_renderer_that_stops_are_free_at_once(redis_server: StoppableRedis) -> None:
    url = redis_server.url
    stopping = JobClaims(url, "stopping")
    async with board(url) as asking, renderer(url, "alive") as alive:
        await asking.want(JOB)
        assert await stopping.take() == {JOB}
        await stopping.aclose()
        assert await alive.take() == {JOB}


async def test_both_sides_go_on_when_redis_is_back(redis_server: StoppableRedis) -> None:
    async with board(redis_server.url) as asking, renderer(redis_server.url, "a") as claims:
        assert await asking.want(JOB)
        assert await claims.take() == {JOB}
        redis_server.kill()
        assert not await asking.want(JOB)
        with pytest.raises(BusAwayError):
            await claims.take()
        redis_server.start()
        assert await asking.want(JOB)
        assert await claims.take() == {JOB}


def test_job_survives_its_text_form_and_names_a_group_channels_accepts() -> None:
    assert RenderJob.parse(str(JOB)) == JOB
    assert group_of(JOB) == "render.7.jpeg.720p"
    with pytest.raises(ValueError, match="no rung"):
        RenderJob(7, "jpeg", "4k")


async def keep_wanting(asking: DemandBoard, job: RenderJob) -> None:
    while True:
        await asking.want(job)
        await asyncio.sleep(0.5)


async def until(condition: Callable[[frozenset[RenderJob]], bool], claims: JobClaims, *, deadline_s: float) -> None:
    async with asyncio.timeout(deadline_s):
        while not condition(await claims.take()):
            await claims.wait(0.1)

"""Runs a bridge to each broker that somebody has entered: starts, stops and renews them as channels come, go and change.

Without a broker it reads one small table every few seconds, and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from cameras.events import LIST_GROUP, NewsAway, group_of, news
from cameras.models import Camera
from recordings.models import NotifyChannel
from recordings.notify.letter import Outcome
from recordings.notify.mqtt_bridge import Bridge, Story, WorldAway, end
from recordings.notify.topics import CameraTruth, Command
from recordings.services.notices.broker_world import BrokerView
from recordings.services.notices.outcomes import note_outcome
from recordings.services.notices.senders import broker_of

logger = logging.getLogger(__name__)
_LOOK_EVERY_S = 3.0
_REDIS_AGAIN_S = 5.0
_GOODBYE_S = 3.0
_T = TypeVar("_T")


class Alarm:
    """Wakes everybody who waits when something happens to a camera, as far as the channel layer tells."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def ring(self) -> None:
        for event in self._waiting:
            event.set()

    async def wait(self, within_s: float) -> None:
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await event.wait()
        finally:
            self._waiting.discard(event)


@dataclass(frozen=True, slots=True)
class _Running:
    """`since` is which version of the channel's settings it runs with."""

    since: datetime
    stopping: asyncio.Event
    task: asyncio.Task[None]


class BrokerDesk:
    """All its database work is done on one thread of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="brokers")
        self._alarm = Alarm()
        self._running: dict[int, _Running] = {}

    async def run(self, stopping: asyncio.Event) -> None:
        listening: asyncio.Task[None] | None = None
        try:
            while not stopping.is_set():
                await self._look()
                if self._running and listening is None:
                    listening = asyncio.create_task(self._listen())
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_EVERY_S):
                        await stopping.wait()
        finally:
            await _stop(list(self._running.values()))
            await end([listening] if listening else [])
            self._thread.submit(connections.close_all)
            self._thread.shutdown(wait=True)

    async def in_thread(self, work: Callable[[], _T]) -> _T:
        """Raises WorldAway."""

        def run() -> _T:
            close_old_connections()
            return work()

        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, run)
        except (DatabaseError, InterfaceError) as error:
            raise WorldAway(str(error)) from error

    async def _look(self) -> None:
        try:
            wanted = {channel.pk: channel for channel in await self.in_thread(_channels)}
        except WorldAway as error:
            logger.warning("which brokers there are is unknown now: %s", error)
            return
        stale = [pk for pk, one in self._running.items() if pk not in wanted or wanted[pk].updated_at != one.since]
        await _stop([self._running.pop(pk) for pk in stale])
        for pk, channel in wanted.items():
            if pk not in self._running:
                stopping = asyncio.Event()
                task = asyncio.create_task(self._bridge(channel).run(stopping), name=f"broker {pk}")
                self._running[pk] = _Running(channel.updated_at, stopping, task)

    def _bridge(self, channel: NotifyChannel) -> Bridge:
        said: list[Outcome] = []

        def report(outcome: Outcome) -> None:
            if said[-1:] != [outcome]:
                said[:] = [outcome]
                self._thread.submit(_note, channel.pk, outcome)

        world = _World(self, BrokerView(channel.pk), self._alarm)
        broker = broker_of(channel.settings)
        return Bridge(broker, world, report=report, chance=random.random, version=settings.VERSION, url=settings.PUBLIC_URL)

    async def _listen(self) -> None:
        """Joins the groups of all cameras, and again when the list changes. Without Redis the bridges look by themselves."""
        while True:
            try:
                groups = [LIST_GROUP, *(group_of(pk) for pk in await self.in_thread(_camera_ids))]
                async with aclosing(news(groups)) as heard:
                    async for message in heard:
                        self._alarm.ring()
                        if message["type"] == "cameras.changed":
                            break
            except (NewsAway, WorldAway) as error:
                logger.debug("no news for brokers: %s", error)
                await asyncio.sleep(_REDIS_AGAIN_S)


class _World:
    """recordings.notify.mqtt_bridge.World"""

    def __init__(self, desk: BrokerDesk, view: BrokerView, alarm: Alarm) -> None:
        self._desk, self._view, self._alarm = desk, view, alarm

    async def truths(self) -> Sequence[CameraTruth]:
        return await self._desk.in_thread(self._view.truths)

    async def stories(self) -> Iterable[Story]:
        return await self._desk.in_thread(lambda: self._view.stories(now_ms=time.time_ns() // 1_000_000))

    async def obey(self, command: Command) -> None:
        await self._desk.in_thread(lambda: self._view.obey(command))

    async def woken(self, within_s: float) -> None:
        await self._alarm.wait(within_s)


async def _stop(running: Sequence[_Running]) -> None:
    """Lets them say goodbye; whoever is just connecting to something that hangs is not waited for."""
    for one in running:
        one.stopping.set()
    tasks = [one.task for one in running]
    if tasks:
        await asyncio.wait(tasks, timeout=_GOODBYE_S)
    await end(tasks)


def _channels() -> list[NotifyChannel]:
    found = NotifyChannel.objects.filter(kind=NotifyChannel.Kind.MQTT, is_enabled=True, owner__is_active=True)
    return [channel for channel in found if channel.settings]


def _camera_ids() -> list[int]:
    return list(Camera.objects.values_list("pk", flat=True))


def _note(channel_id: int, outcome: Outcome) -> None:
    channel = NotifyChannel.objects.filter(pk=channel_id).first()
    if channel is not None:
        with suppress(DatabaseError, InterfaceError):
            note_outcome(channel, None, outcome, now_ms=time.time_ns() // 1_000_000)

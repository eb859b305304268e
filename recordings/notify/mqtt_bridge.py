"""Keeps a broker up to date for as long as it is wanted: connects, tells what is so, hears commands, and comes back when it was lost.

What is told is compared with what the broker has been told; so it does not matter which piece of news was missed, only what is so now.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiomqtt

from recordings.notify import home_assistant, topics
from recordings.notify.broker import Broker, refusal, trouble
from recordings.notify.letter import SENT, Outcome, Result
from recordings.notify.topics import CameraTruth, Command, CommandError

logger = logging.getLogger(__name__)
LOOK_EVERY_S = 2.0
_KEEPALIVE_S, _TIMEOUT_S = 30, 10.0
_FIRST_DELAY_S, _LONGEST_DELAY_S, _JITTER = 1.0, 60.0, 0.25
_MOST_CONFIG_BYTES = 200_000
_CANCEL_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Story:
    """An event as it begins or ends, or (without `message`) a picture of it that has come since."""

    slug: str
    message: dict[str, Any] | None = None
    picture: bytes | None = field(default=None, repr=False)


class World(Protocol):
    """What there is to tell, and who does what is asked. Every one may raise WorldAway: it is asked again later."""

    async def truths(self) -> Sequence[CameraTruth]: ...
    async def stories(self) -> Iterable[Story]: ...
    async def obey(self, command: Command) -> None:
        """Raises CommandError."""

    async def woken(self, within_s: float) -> None:
        """Returns when there may be news, or after that time."""


class WorldAway(Exception):
    """The database does not answer."""


class Bridge:
    """`report` hears how it goes with the connection. `chance` spreads retries, from 0 to 1. `url` is where people find this NVR."""

    def __init__(
        self,
        broker: Broker,
        world: World,
        *,
        report: Callable[[Outcome], None],
        chance: Callable[[], float],
        version: str,
        url: str,
    ) -> None:
        self._broker = broker
        self._world = world
        self._report = report
        self._chance = chance
        self._version, self._url = version, url
        self._told: dict[str, bytes] = {}
        self._slugs: set[str] = set()
        self._one_look = asyncio.Lock()

    async def run(self, stopping: asyncio.Event) -> None:
        """Until it is asked to stop, which says goodbye; or until cancelled, which doesn't."""
        delay_s = _FIRST_DELAY_S
        while not stopping.is_set():
            try:
                async with self._client() as client:
                    delay_s = _FIRST_DELAY_S
                    self._report(SENT)
                    await self._serve(client, stopping)
            except aiomqtt.MqttError as error:
                self._report(_judged(self._broker.host, error))
            except (OSError, ValueError) as error:
                self._report(Outcome(Result.AGAIN, trouble(self._broker.host, error)))
            with suppress(TimeoutError):
                async with asyncio.timeout(delay_s * (1 + _JITTER * (2 * self._chance() - 1))):
                    await stopping.wait()
            delay_s = min(delay_s * 2, _LONGEST_DELAY_S)

    def _client(self) -> aiomqtt.Client:
        broker = self._broker
        will = aiomqtt.Will(topics.available_topic(broker.prefix), topics.OFFLINE, qos=1, retain=True)
        return aiomqtt.Client(
            broker.host,
            broker.port,
            username=broker.username or None,
            password=broker.password or None,
            tls_context=broker.tls(),
            keepalive=_KEEPALIVE_S,
            timeout=_TIMEOUT_S,
            will=will,
        )

    async def _serve(self, client: aiomqtt.Client, stopping: asyncio.Event) -> None:
        """Returns when it is to stop; raises MqttError when the connection is lost."""
        self._told, self._slugs = {}, set()
        prefix, discovery = self._broker.prefix, self._broker.discovery
        for topic in topics.subscriptions(prefix):
            await client.subscribe(topic, qos=1)
        # What we, or an earlier run of us, have left there of cameras that are gone.
        await client.subscribe(f"{prefix}/+/state", qos=1)
        if discovery:
            await client.subscribe(f"{discovery}/device/+/config", qos=1)
            await client.subscribe(f"{discovery}/status", qos=1)
        await self._look(client)
        await client.publish(topics.available_topic(prefix), topics.ONLINE, qos=1, retain=True)
        tasks = [asyncio.create_task(work) for work in (self._hear(client), self._keep_looking(client), _wait(stopping))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end(tasks)
        for task in done:
            task.result()
        await client.publish(topics.available_topic(prefix), topics.OFFLINE, qos=1, retain=True)

    async def _keep_looking(self, client: aiomqtt.Client) -> None:
        while True:
            await self._world.woken(LOOK_EVERY_S)
            await self._look(client)

    async def _look(self, client: aiomqtt.Client) -> None:
        async with self._one_look:
            try:
                truths = await self._world.truths()
                stories = await self._world.stories()
            except WorldAway as error:
                logger.debug("nothing new for %s: %s", self._broker.host, error)
                return
            await self._tell(client, truths)
            for story in stories:
                await self._recount(client, story)

    async def _tell(self, client: aiomqtt.Client, truths: Sequence[CameraTruth]) -> None:
        prefix = self._broker.prefix
        wanted: dict[str, bytes] = {}
        for truth in truths:
            if self._broker.discovery:
                config = home_assistant.device_config(prefix, truth, version=self._version, url=self._url)
                wanted[home_assistant.config_topic(self._broker.discovery, prefix, truth.slug)] = json.dumps(config).encode()
            wanted |= topics.topics_of(prefix, truth)
        slugs = {truth.slug for truth in truths}
        for slug in self._slugs - slugs:
            await self._forget(client, slug)
        self._slugs = slugs
        for topic in self._told.keys() - wanted.keys():
            await client.publish(topic, b"", qos=1, retain=True)
        for topic, payload in wanted.items():
            if self._told.get(topic) != payload:
                await client.publish(topic, payload, qos=1, retain=True)
        self._told = wanted

    async def _recount(self, client: aiomqtt.Client, story: Story) -> None:
        prefix = self._broker.prefix
        if story.message is not None:
            await client.publish(topics.event_topic(prefix, story.slug), json.dumps(story.message, ensure_ascii=False).encode(), qos=1)
        if story.picture is not None:
            await client.publish(topics.snapshot_topic(prefix, story.slug), story.picture, qos=1, retain=True)

    async def _forget(self, client: aiomqtt.Client, slug: str) -> None:
        """A camera that is gone, or that the broker's owner may not see any more."""
        prefix = self._broker.prefix
        gone = list(topics.all_topics(prefix, slug))
        if self._broker.discovery:
            gone.append(home_assistant.config_topic(self._broker.discovery, prefix, slug))
        for topic in gone:
            self._told.pop(topic, None)
            await client.publish(topic, b"", qos=1, retain=True)

    async def _hear(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            topic, payload = str(message.topic), _bytes(message.payload)
            if message.retain:
                await self._tidy(client, topic, payload)
            elif topic == f"{self._broker.discovery}/status":
                if payload == topics.ONLINE:  # Home Assistant has started anew and may know nothing
                    self._told = {}
                    await self._look(client)
            elif topic.endswith("/set"):
                await self._obey(client, topic, payload)

    async def _obey(self, client: aiomqtt.Client, topic: str, payload: bytes) -> None:
        """A command that is retained would come again with each connection, so none of those is obeyed."""
        try:
            await self._world.obey(topics.parse_command(self._broker.prefix, topic, payload))
        except (CommandError, WorldAway) as error:
            logger.warning("a command by MQTT (%s) is not obeyed: %s", topic, error)
            # A switch that was moved over there is to go back to where it is.
            self._told.pop(f"{topic.removesuffix('/set')}/state", None)
        await self._look(client)

    async def _tidy(self, client: aiomqtt.Client, topic: str, payload: bytes) -> None:
        slug = topics.slug_of_state(self._broker.prefix, topic)
        if slug is not None and slug not in self._slugs and payload:
            await self._forget(client, slug)
        is_config = bool(self._broker.discovery) and topic.startswith(f"{self._broker.discovery}/device/") and topic.endswith("/config")
        if is_config and topic not in self._told and 0 < len(payload) <= _MOST_CONFIG_BYTES and self._is_ours(payload):
            await client.publish(topic, b"", qos=1, retain=True)

    def _is_ours(self, payload: bytes) -> bool:
        try:
            return home_assistant.is_ours(json.loads(payload), self._broker.prefix)
        except ValueError:
            return False


async def end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancels until it is heeded: asyncio.wait_for() of Python 3.11, in the library, may swallow it (fixed in 3.12)."""
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        over, waiting = await asyncio.wait(waiting, timeout=_CANCEL_EVERY_S)
        for task in over:
            if not task.cancelled():
                task.exception()  # looked at, or asyncio complains that nobody has


async def _wait(stopping: asyncio.Event) -> None:
    await stopping.wait()


def _bytes(payload: object) -> bytes:
    """What comes from a broker is bytes; the library's type allows for more."""
    return bytes(payload) if isinstance(payload, bytes | bytearray) else b""


def _judged(host: str, error: aiomqtt.MqttError) -> Outcome:
    if isinstance(error, aiomqtt.MqttCodeError) and error.rc is not None and not isinstance(error.rc, int):
        return refusal(str(error.rc))
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError):
            return Outcome(Result.AGAIN, trouble(host, cause))
        cause = cause.__cause__ or cause.__context__
    return Outcome(Result.AGAIN, f"The connection to {host} is lost.")

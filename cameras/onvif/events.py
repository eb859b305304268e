"""What a device notices, pulled from it: one subscription, renewed before it ends (ONVIF Core, 9.1; WS-BaseNotification).

A device that restarts forgets its subscriptions; whoever pulls then gets an error and opens a new one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from cameras.onvif.answers import dig, text
from cameras.onvif.client import OnvifClient
from cameras.onvif.errors import Malformed, NotSupported, OnvifError

LIFETIME_S = 60.0
_PULL_S = 20.0
_MOST_MESSAGES = 100
_CALL_S = 8.0
_SHORTEST_S = 2.0


@dataclass(slots=True)
class PullPoint:
    """Made by open(). `ends_s` is when it ends, by time.monotonic()."""

    client: OnvifClient
    address: str
    ends_s: float
    lifetime_s: float
    _is_absolute: bool = False

    @classmethod
    async def open(cls, client: OnvifClient) -> Self:
        """Raises NotSupported for a device without an event service, and other OnvifErrors."""
        await client.connect()
        if "events" not in client.services:
            raise NotSupported("The camera tells of no events by ONVIF.")
        opened = await cls._create(client, is_absolute=False)
        # Some take "so many seconds from now" for a moment long past. They get moments, by their own clock.
        return opened if opened.lifetime_s >= _SHORTEST_S else await cls._create(client, is_absolute=True)

    @classmethod
    async def _create(cls, client: OnvifClient, *, is_absolute: bool) -> Self:
        termination = _termination(client, is_absolute=is_absolute)
        answer = await client.call("events", "CreatePullPointSubscription", {"InitialTerminationTime": termination})
        announced = text(answer, "SubscriptionReference", "Address")
        if not announced:
            raise Malformed("The camera takes the subscription and does not say where its events are.")
        created = cls(client, client.reachable(announced), 0.0, LIFETIME_S, is_absolute)
        created._note(answer)
        return created

    async def pull(self, *, at_most_s: float = _PULL_S) -> list[Any]:
        """Waits for messages, a third of what the device grants at most; NotificationMessages as the library makes them."""
        seconds = max(1.0, min(at_most_s, self.lifetime_s / 3))
        request = {"Timeout": timedelta(seconds=round(seconds)), "MessageLimit": _MOST_MESSAGES}
        answer = await self.client.call_typed("pullpoint", "PullMessages", request, address=self.address, timeout_s=seconds + _CALL_S)
        return list(getattr(answer, "NotificationMessage", None) or [])

    async def renew_if_due(self) -> None:
        """A device that knows no renewing prolongs with each pull, or says in the next one that the subscription is over."""
        if self.ends_s - time.monotonic() > self.lifetime_s / 2:
            return
        try:
            await self.renew()
        except NotSupported:
            self.ends_s = time.monotonic() + self.lifetime_s

    async def renew(self) -> None:
        termination = _termination(self.client, is_absolute=self._is_absolute)
        answer = await self.client.call("subscription", "Renew", {"TerminationTime": termination}, address=self.address)
        self._note(answer)

    async def close(self) -> None:
        """Says farewell if the device listens."""
        try:
            await self.client.call("subscription", "Unsubscribe", address=self.address, timeout_s=2.0)
        except OnvifError:
            return  # it ends by itself
        finally:
            self.client.forget(self.address)

    def _note(self, answer: Any) -> None:
        """What the device grants; by the difference of its own two times, for its clock may be anywhere."""
        now, end = _moment(dig(answer, "CurrentTime")), _moment(dig(answer, "TerminationTime"))
        granted_s = LIFETIME_S if now is None or end is None else (end - now).total_seconds()
        self.lifetime_s = max(0.0, min(granted_s, LIFETIME_S))
        self.ends_s = time.monotonic() + self.lifetime_s


def _termination(client: OnvifClient, *, is_absolute: bool) -> str:
    if not is_absolute:
        return f"PT{LIFETIME_S:.0f}S"
    ahead_s = 0.0 if client.clock is None else client.clock.ahead_s
    return (datetime.now(UTC) + timedelta(seconds=ahead_s + LIFETIME_S)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(element: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat((element.text or "").strip())
    except (AttributeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

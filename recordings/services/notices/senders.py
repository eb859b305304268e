"""Each kind of channel, from its stored settings to what sends by it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings

from recordings.models import NotifyChannel, PushDevice
from recordings.notify import broker, web_push, webhook
from recordings.notify.broker import Broker
from recordings.notify.http_post import Door
from recordings.notify.letter import Letter, Outcome, Result
from recordings.notify.push_crypto import derived_key
from recordings.notify.web_push import Browser, Vapid
from recordings.services.notices import mail

_UNREADABLE = Outcome(Result.REFUSED, "The stored settings can't be read: enter them again.")


def send(letter: Letter, channel: NotifyChannel) -> Outcome:
    """By any kind but push, which has devices."""
    if not channel.settings:
        return _UNREADABLE
    return _SENDERS[channel.kind](letter, channel.settings)


def push(letter: Letter, device: PushDevice) -> Outcome:
    if not device.subscription:
        return _UNREADABLE
    return web_push.send(letter, browser_of(device), vapid(), door())


def browser_of(device: PushDevice) -> Browser:
    given = device.subscription
    return Browser(str(given["endpoint"]), str(given["p256dh"]), str(given["auth"]))


def broker_of(stored: dict[str, Any]) -> Broker:
    return Broker(**stored)


def vapid() -> Vapid:
    return _vapid(settings.PUSH_KEY, settings.PUSH_CONTACT)


@lru_cache(maxsize=1)
def _vapid(secret: str, subject: str) -> Vapid:
    return Vapid(derived_key(secret.encode()), subject)


def door() -> Door:
    return Door(allowed=settings.NOTIFY_PRIVATE)


def _webhook(letter: Letter, stored: dict[str, Any]) -> Outcome:
    return webhook.send(letter, stored["url"], stored["secret"], door(), has_picture=bool(stored.get("has_picture", True)))


def _apprise(letter: Letter, stored: dict[str, Any]) -> Outcome:
    # It loads its hundred services: only where one is used.
    from recordings.notify import apprise_door

    return apprise_door.send(letter, stored["url"], settings.NOTIFY_PRIVATE)


def _mqtt(letter: Letter, stored: dict[str, Any]) -> Outcome:
    return broker.send(letter, broker_of(stored))


def _email(letter: Letter, stored: dict[str, Any]) -> Outcome:
    return mail.send(letter, stored["to"])


_SENDERS: dict[str, Callable[[Letter, dict[str, Any]], Outcome]] = {
    NotifyChannel.Kind.EMAIL: _email,
    NotifyChannel.Kind.WEBHOOK: _webhook,
    NotifyChannel.Kind.MQTT: _mqtt,
    NotifyChannel.Kind.APPRISE: _apprise,
}

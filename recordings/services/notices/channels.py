"""Channels as their owners see them: who may have which, what of their settings may be shown, and whether they work.

Shown is only what describe() says: never a password, a secret, or an address that may hold one.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings as site
from django.contrib.auth.models import AbstractBaseUser

from recordings.models import NotifyChannel, PushDevice
from recordings.notify.http_post import AddressError, parse_address
from recordings.notify.letter import Letter, Outcome, Result
from recordings.services.notices import senders
from recordings.services.notices.letters import absolute
from recordings.services.notices.outcomes import note_outcome

Kind = NotifyChannel.Kind
MOST_CHANNELS = 30
# These let the server talk to an address that somebody typed in.
_FOR_STAFF = {Kind.WEBHOOK, Kind.MQTT, Kind.APPRISE}


def may_have(user: AbstractBaseUser, kind: str) -> bool:
    return kind not in _FOR_STAFF or bool(getattr(user, "is_staff", False))


def may_use(channel: NotifyChannel) -> bool:
    """Whether its owner might make it now: rights may have changed since it was made."""
    owner = channel.owner
    if not may_have(owner, channel.kind):
        return False
    is_own = channel.settings.get("to", "").lower() == owner.email.lower()
    return channel.kind != Kind.EMAIL or owner.is_staff or is_own


def kinds_for(user: AbstractBaseUser) -> list[str]:
    return [kind for kind in Kind.values if may_have(user, kind)]


def describe(channel: NotifyChannel) -> dict[str, Any]:
    """What may be shown of its settings: no secret, and of an address the host only."""
    stored = channel.settings
    if channel.kind == Kind.EMAIL:
        return {"to": stored.get("to", "")}
    if channel.kind == Kind.WEBHOOK:
        return {"host": _host(stored.get("url", "")), "has_url": bool(stored.get("url")), "has_secret": bool(stored.get("secret"))} | {
            "has_picture": bool(stored.get("has_picture", True))
        }
    if channel.kind == Kind.MQTT:
        shown = {name: stored.get(name) for name in ("host", "port", "has_tls", "verifies", "username", "prefix", "discovery")}
        return shown | {"has_password": bool(stored.get("password"))}
    if channel.kind == Kind.APPRISE:
        return {"service": stored.get("service", ""), "has_url": bool(stored.get("url"))}
    return {"devices": PushDevice.objects.filter(owner_id=channel.owner_id).count()}


def ensure_push_channel(user: AbstractBaseUser) -> NotifyChannel:
    """The one channel to all of somebody's devices, made with the first of them."""
    found = NotifyChannel.objects.filter(owner_id=user.pk, kind=Kind.PUSH).first()
    if found is not None:
        return found
    names = set(NotifyChannel.objects.filter(owner_id=user.pk).values_list("name", flat=True))
    name = next(name for name in ("My devices", *(f"My devices {n}" for n in range(2, MOST_CHANNELS + 3))) if name not in names)
    made, _ = NotifyChannel.objects.get_or_create(owner_id=user.pk, kind=Kind.PUSH, defaults={"name": name, "settings": {"is_push": True}})
    return made


def test(channel: NotifyChannel, *, now_ms: int) -> Outcome:
    """Sends a message at once, whatever rules and mutes say. Blocks as deliver() does."""
    letter = _test_letter(channel, now_ms)
    if channel.kind != Kind.PUSH:
        outcome = senders.send(letter, channel)
        note_outcome(channel, None, outcome, now_ms=now_ms)
        return outcome
    devices = list(PushDevice.objects.filter(owner_id=channel.owner_id))
    if not devices:
        return Outcome(Result.REFUSED, "None of your devices takes messages yet: switch it on there, on this page.")
    outcomes = []
    for device in devices:
        outcome = senders.push(letter, device)
        note_outcome(channel, device, outcome, now_ms=now_ms)
        outcomes.append((device.name, outcome))
    failed = [f"{name}: {outcome.reason}" for name, outcome in outcomes if outcome.result is not Result.SENT]
    if not failed:
        return outcomes[0][1]
    return Outcome(Result.REFUSED if len(failed) == len(outcomes) else Result.AGAIN, " ".join(failed))


def _test_letter(channel: NotifyChannel, now_ms: int) -> Letter:
    path = "/notifications/"
    text = f"This is how messages by “{channel.name}” arrive."
    return Letter(
        id=f"test-{secrets.token_hex(8)}",
        title="A test of the NVR",
        body=text,
        sort="test",
        at_ms=now_ms,
        path=path,
        url=absolute(path),
        is_test=True,
    )


def _host(url: str) -> str:
    try:
        return parse_address(url).hostname or ""
    except AddressError:
        return ""


def mail_works() -> bool:
    return bool(site.EMAIL_HOST)

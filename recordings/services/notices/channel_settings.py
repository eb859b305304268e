"""Which settings each kind of channel has, and what may be typed in. They are stored encrypted and as a whole."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from recordings.models import NotifyChannel
from recordings.notify.broker import PORT, TLS_PORT
from recordings.notify.http_post import AddressError, parse_address
from recordings.notify.signature import SecretError, parse_secret, to_secret

Kind = NotifyChannel.Kind
_TOPIC_FORBIDDEN = set("+#\x00 ")
FIELDS: dict[Kind, set[str]] = {
    Kind.PUSH: set(),
    Kind.EMAIL: {"to"},
    Kind.WEBHOOK: {"url", "secret", "has_picture"},
    Kind.MQTT: {"host", "port", "has_tls", "verifies", "username", "password", "prefix", "discovery"},
    Kind.APPRISE: {"url"},
}


def checked_settings(user: AbstractBaseUser, kind: str, given: dict[str, Any], stored: dict[str, Any] | None = None) -> dict[str, Any]:
    """What to store of what was typed in; what was not typed in stays as it is stored. Raises ValidationError by field."""
    checks = {Kind.EMAIL: _email, Kind.WEBHOOK: _webhook, Kind.MQTT: _mqtt, Kind.APPRISE: _apprise}
    unknown = set(given) - FIELDS[Kind(kind)]
    if unknown:
        raise ValidationError(dict.fromkeys(unknown, f"a channel of the kind {kind} has no such setting"))
    if kind == Kind.PUSH:
        return {"is_push": True}
    return checks[Kind(kind)](user, given, stored or {})


def _email(user: AbstractBaseUser, given: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    to = _text(given, stored, "to")
    try:
        validate_email(to)
    except ValidationError as error:
        raise ValidationError({"to": "this is no e-mail address"}) from error
    own = str(getattr(user, "email", ""))
    if not getattr(user, "is_staff", False) and to.lower() != own.lower():
        hint = f"only to your own address, {own}" if own else "your account has no address yet: ask the administrator to enter it"
        raise ValidationError({"to": hint})
    return {"to": to}


def _webhook(_user: AbstractBaseUser, given: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    url = _text(given, stored, "url")
    try:
        parse_address(url)
    except AddressError as error:
        raise ValidationError({"url": str(error)}) from error
    secret = _text(given, stored, "secret") or to_secret(secrets.token_bytes(32))
    try:
        parse_secret(secret)
    except SecretError as error:
        raise ValidationError({"secret": str(error)}) from error
    return {"url": url, "secret": secret, "has_picture": bool(given.get("has_picture", stored.get("has_picture", True)))}


def _mqtt(_user: AbstractBaseUser, given: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    host = _text(given, stored, "host")
    if not host or any(char.isspace() or char in "/@" for char in host) or len(host) > 253:
        raise ValidationError({"host": "a host name or an address is wanted, as in 192.168.1.5"})
    if "password" not in given and stored.get("password") and host != stored.get("host"):
        raise ValidationError({"password": "the address is another one: enter the password again"})
    has_tls = bool(given.get("has_tls", stored.get("has_tls", False)))
    found = {"host": host, "port": _port(given, stored, TLS_PORT if has_tls else PORT), "has_tls": has_tls}
    found |= {"verifies": bool(given.get("verifies", stored.get("verifies", True)))}
    found |= {name: _text(given, stored, name) for name in ("username", "password")}
    for name, default in (("prefix", "nvr"), ("discovery", "homeassistant")):
        topic = str(given.get(name, stored.get(name, default))).strip().strip("/")
        if _TOPIC_FORBIDDEN & set(topic) or len(topic) > 100 or (name == "prefix" and not topic) or topic.startswith("$"):
            raise ValidationError({name: "the beginning of a topic, without “+”, “#” and spaces"})
        found[name] = topic
    return found


def _apprise(_user: AbstractBaseUser, given: dict[str, Any], stored: dict[str, Any]) -> dict[str, Any]:
    from recordings.notify.apprise_door import AppriseAddressError  # loads a hundred services
    from recordings.notify.apprise_door import describe as service_of

    url = _text(given, stored, "url")
    try:
        return {"url": url, "service": service_of(url)}
    except AppriseAddressError as error:
        raise ValidationError({"url": str(error)}) from error


def _text(given: dict[str, Any], stored: dict[str, Any], name: str) -> str:
    return str(given.get(name, stored.get(name, "")) or "").strip()


def _port(given: dict[str, Any], stored: dict[str, Any], default: int) -> int:
    value = given.get("port") if "port" in given else stored.get("port")
    try:
        port = int(value or default)
    except (TypeError, ValueError):
        port = 0
    if not 1 <= port <= 65535:
        raise ValidationError({"port": "a number from 1 to 65535"})
    return port

"""Being quiet for a while: all of somebody's rules, or one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser

from recordings.models import NotifyMute, NotifyRule


def mute_all(user: AbstractBaseUser, until_ms: int) -> None:
    """0 ends it."""
    NotifyMute.objects.update_or_create(user_id=user.pk, defaults={"until_ms": until_ms})


def muted_until_ms(user: AbstractBaseUser, *, now_ms: int) -> int | None:
    """None when not muted now."""
    until_ms = NotifyMute.objects.filter(user_id=user.pk, until_ms__gt=now_ms).values_list("until_ms", flat=True).first()
    return until_ms


def mute_rule(rule: NotifyRule, until_ms: int) -> None:
    NotifyRule.objects.filter(pk=rule.pk).update(muted_until_ms=until_ms)
    rule.muted_until_ms = until_ms


def zone_named(name: str, default: str) -> ZoneInfo:
    """Raises ValueError for a zone there isn't."""
    try:
        return ZoneInfo(name or default)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone “{name}”: write it as Europe/Berlin") from error

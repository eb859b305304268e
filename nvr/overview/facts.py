"""What is told of the system's state: a level, a sentence, and where to go on; and the words that such sentences are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

_Row = TypeVar("_Row", bound=Model)
Person = AbstractBaseUser | AnonymousUser
GOOD, LOOK, BAD = "good", "look", "bad"
# Of what is wrong, so many are told by name; the rest is a number.
MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Fact:
    """`level` is good, look or bad; `links` are names and addresses."""

    level: str
    text: str
    links: tuple[tuple[str, str], ...] = ()


def owned(rows: QuerySet[_Row], person: Person) -> QuerySet[_Row]:
    """Superusers are told of everybody's."""
    return rows if getattr(person, "is_superuser", False) else rows.filter(owner_id=person.pk or 0)


def list_of(model: str, query: str = "") -> str:
    return reverse(f"admin:{model}_changelist") + (f"?{query}" if query else "")


def moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return local.strftime("%H:%M" if local.date() == timezone.localdate() else "%-d %B, %H:%M")


def for_how_long(since: datetime) -> str:
    is_just_now = (timezone.now() - since).total_seconds() < 60
    return "just now" if is_just_now else f"for {timesince(since, depth=1)}"


def count(number: int, one: str, many: str = "") -> str:
    return f"{number or 'no'} {one if number == 1 else many or one + 's'}"


def are(number: int, one: str) -> str:
    return f"{count(number, one)} {'is' if number == 1 else 'are'}"


def all_or(number: int, of: int, one: str) -> str:
    if number == of:
        return f"The {one} is" if of == 1 else f"All {of} {one}s are"
    return f"{number} of {of} {one}s {'is' if number == 1 else 'are'}"

"""What came of an action on many rows, told row by row: one that fails hinders no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest

_Row = TypeVar("_Row", bound=models.Model)


class Refused(Exception):
    """This row was not done; the message says why."""


def do_each(
    request: HttpRequest,
    rows: Iterable[_Row],
    work: Callable[[_Row], str],
    *,
    failures: tuple[type[Exception], ...] = (),
) -> None:
    """`work` does it and says what came of it, as in "enabled"; it raises Refused, ValidationError or one of `failures` when it can't."""
    done: dict[str, list[str]] = {}
    expected: tuple[type[Exception], ...] = (Refused, *failures)
    for row in rows:
        name = str(row)
        try:
            done.setdefault(work(row), []).append(name)
        except ValidationError as error:
            messages.error(request, f"{name}: {sentence(' '.join(error.messages))}")
        except expected as error:
            messages.error(request, f"{name}: {sentence(str(error))}")
    for outcome, names in done.items():
        messages.success(request, f"{outcome[:1].upper()}{outcome[1:]}: {', '.join(names)}.")


def sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."

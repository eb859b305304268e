"""What goes wrong every half a minute is said now and then, not every half a minute."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError

_AGAIN_AFTER_S = 600.0
_LONGEST_MEMORY = 1000
_said_at_s: dict[str, float] = {}


def complain(logger: logging.Logger, message: str) -> None:
    now_s = time.monotonic()
    if now_s - _said_at_s.get(message, -_AGAIN_AFTER_S) < _AGAIN_AFTER_S:
        return
    if len(_said_at_s) >= _LONGEST_MEMORY:
        _said_at_s.clear()
    _said_at_s[message] = now_s
    logger.error("%s", message)


@contextmanager
def while_the_database_answers(logger: logging.Logger, who: str) -> Iterator[None]:
    """For what nothing is lost by when it doesn't: the next sweep finds it all."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        complain(logger, f"{who} waits for the database: {error}")

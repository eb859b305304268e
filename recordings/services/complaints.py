"""What goes wrong every half a minute is said now and then, not every half a minute."""

from __future__ import annotations

import logging
import time

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

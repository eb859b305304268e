"""Says once that Redis is away, and once that it is back, in the processes that Celery runs. Its own words are a line or a traceback for
each attempt, each second, of each process; what else it has to say is left alone.
"""

from __future__ import annotations

import logging

_CONSUMER = "celery.worker.consumer.consumer"
# How celery.worker.consumer begins what it says of a broker that is away, and of one that is there (at INFO).
_AWAY = ("consumer: Cannot connect to", "consumer: Connection to broker lost")
_BACK = "Connected to"


class Weather:
    """`what`: what does not work while Redis is away. One per process, or per thing that talks to Redis."""

    def __init__(self, logger: logging.Logger, what: str) -> None:
        self._logger = logger
        self._what = what
        self.is_away = False

    def broke(self, error: BaseException) -> None:
        if not self.is_away:
            self._logger.warning("Redis is away, %s until it is back: %s", self._what, error)
        self.is_away = True

    def cleared(self) -> None:
        if self.is_away:
            self._logger.warning("Redis is back")
        self.is_away = False


class WorkerWeather(logging.Filter):
    """On the loggers of a worker's consumer: lets the first of many lines through, in our words, and the one that tells of the end."""

    def __init__(self) -> None:
        super().__init__()
        self._is_away = False

    def filter(self, record: logging.LogRecord) -> bool:
        words = record.getMessage()
        if words.startswith(_AWAY):
            was_away, self._is_away = self._is_away, True
            reason = record.args[1] if isinstance(record.args, tuple) and len(record.args) > 1 else ""
            return not was_away and _said(record, f"Redis is away, no task is worked on until it is back: {reason}")
        if words.startswith(_BACK):
            was_away, self._is_away = self._is_away, False
            return was_away and _said(record, "Redis is back, tasks go on")
        return record.name == _CONSUMER or record.levelno >= logging.WARNING


def _said(record: logging.LogRecord, words: str) -> bool:
    record.msg, record.args, record.exc_info, record.exc_text = words, (), None, None
    record.levelno, record.levelname = logging.WARNING, "WARNING"
    return True

"""The scheduler of periodic tasks: what Celery's own lacks for a machine whose clock may be set, and whose Redis may be away.

Celery notes by the wall clock when each task was sent last, also across restarts. Set back by an hour, it would send nothing for an hour;
here it starts afresh. While Redis is away it says so once, and once when it is back, instead of a traceback for each task of each second.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from celery.beat import PersistentScheduler, ScheduleEntry, SchedulingError
from kombu.exceptions import OperationalError

from nvr.redis_weather import Weather

logger = logging.getLogger(__name__)
# A clock that is slowed down to be right is not set.
_SET_BACK_S = 1.0


class SteadyScheduler(PersistentScheduler):
    """As `-S nvr.beat.SteadyScheduler`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._weather = Weather(logger, "no task can be sent")
        self._wall_s, self._steady_s = time.time(), time.monotonic()
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        super().setup_schedule()
        self._forget_the_future()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        wall_s, steady_s = time.time(), time.monotonic()
        if wall_s - self._wall_s < steady_s - self._steady_s - _SET_BACK_S:
            logger.warning("the clock was set back; periodic tasks go on from now")
            self._forget_the_future()
            self._heap = None
        self._wall_s, self._steady_s = wall_s, steady_s
        pause_s: float = super().tick(*args, **kwargs)
        return pause_s

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except SchedulingError as error:
            reason = error.__context__
            if not isinstance(reason, (OperationalError, OSError, *self.connection.recoverable_connection_errors)):
                logger.exception("the task %s can't be sent", entry.name)
                return
            self._weather.broke(reason or error)
        else:
            self._weather.cleared()

    def _forget_the_future(self) -> None:
        for entry in self.schedule.values():
            now = entry.default_now()
            if entry.last_run_at is not None and entry.last_run_at > now:
                entry.last_run_at = now

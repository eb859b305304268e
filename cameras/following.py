"""A coroutine followed from a thread that may wait: the database and the network don't hold each other up.

following = Following(lambda tell: examine(patient, tell), look_every_s=0.4)
for step in following:      # what it tells, None while it tells nothing
    ...
following.result
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Told = TypeVar("Told")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _End(Generic[Result]):
    result: Result | None
    error: BaseException | None


class Following(Generic[Told, Result]):
    """The coroutine gets a thread and an event loop of its own, which end with it, and with the process."""

    def __init__(self, work: Callable[[Callable[[Told], None]], Coroutine[Any, Any, Result]], *, look_every_s: float) -> None:
        self._work = work
        self._look_every_s = look_every_s
        self._told: queue.SimpleQueue[Told | _End[Result]] = queue.SimpleQueue()
        self._end: _End[Result] | None = None

    def __iter__(self) -> Iterator[Told | None]:
        """To be run to its end, once. Raises what the coroutine raised."""
        threading.Thread(target=self._run, name="followed", daemon=True).start()
        while self._end is None:
            try:
                told = self._told.get(timeout=self._look_every_s)
            except queue.Empty:
                yield None
                continue
            if isinstance(told, _End):
                self._end = told
            else:
                yield told
        if self._end.error is not None:
            raise self._end.error

    @property
    def result(self) -> Result:
        """After the last step."""
        assert self._end is not None, "it has not been followed to its end"
        assert self._end.error is None, "it ended in an error"
        return self._end.result  # type: ignore[return-value]  # there is one where there is no error

    def _run(self) -> None:
        try:
            self._told.put(_End(asyncio.run(self._work(self._told.put)), None))
        except BaseException as error:  # it is raised again where the steps are read
            self._told.put(_End(None, error))

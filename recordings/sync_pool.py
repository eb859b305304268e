"""Threads that wait for a disk, so that nobody else does. Several at a time: a journaling file system makes them durable in one go."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable


class SyncPool:
    """Daemon threads: one that a dead disk never lets go of can't keep the process from ending."""

    def __init__(self, threads: int, name: str) -> None:
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._since_s: dict[int, float] = {}
        self._threads = [threading.Thread(target=self._run, name=f"{name}-{number}", daemon=True) for number in range(threads)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def submit(self, work: Callable[[], None]) -> None:
        """`work` must not raise."""
        self._work.put(work)

    def longest_wait_s(self, now_s: float) -> float:
        """How long the oldest piece of work has been at it."""
        return max((now_s - since_s for since_s in list(self._since_s.values())), default=0.0)

    def close(self) -> None:
        """Does what was submitted, for as long as the disk needs."""
        for _ in self._threads:
            self._work.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        me = threading.get_ident()
        while (work := self._work.get()) is not None:
            self._since_s[me] = time.monotonic()
            try:
                work()
            finally:
                del self._since_s[me]

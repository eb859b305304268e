"""Everything that is written to one recording directory: its backlog, the thread that writes, and the threads that sync.

A lane makes nobody wait. What its disk can't take is dropped in the backlog and told; one that stands still leaves the others alone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from recordings.backlog import Backlog, Item
from recordings.directory import RecordingDirectory
from recordings.durability import Durability
from recordings.health import Condition, Health, State
from recordings.lane_writer import Figures, LaneWriter, SegmentNews
from recordings.notebook import Notebook
from recordings.sync_pool import SyncPool
from streaming.media.packet import StreamKey

logger = logging.getLogger(__name__)
SYNC_THREADS = 8
STANDS_STILL_AFTER_S = 5.0
# No sync of a disk that works takes so long.
SYNC_HANGS_AFTER_S = 15.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the writer thread looks, and how soon one file is synced again."""

    poll_s: float = 0.05
    between_syncs_s: float = 0.3


class Lane:
    """put(), state() and close() return at once, whatever the disk does."""

    def __init__(
        self, directory: RecordingDirectory, *, backlog: Backlog, notebook: Notebook, tell: Callable[[SegmentNews], None], pace: Pace
    ) -> None:
        """`margin_bytes`: with less room than this beyond the reserve, footage rather goes to a directory that has more."""
        self.backlog = backlog
        self.margin_bytes = 0
        self._poll_s = pace.poll_s
        self._pool = SyncPool(SYNC_THREADS, f"recorder-{directory.path.name}-sync")
        self._health = Health()
        durability = Durability(self._pool, pace.between_syncs_s)
        self._writer = LaneWriter(directory, durability=durability, health=self._health, notebook=notebook, tell=tell)
        self._alive_at_s = time.monotonic()
        self._closing = threading.Event()
        self._is_tidy = False
        self._thread = threading.Thread(target=self._run, name=f"recorder-{directory.path.name}", daemon=True)

    @property
    def directory(self) -> RecordingDirectory:
        return self._writer.directory

    @directory.setter
    def directory(self, directory: RecordingDirectory) -> None:
        """The same one, with another reserve."""
        self._writer.directory = directory

    @property
    def figures(self) -> Figures:
        return self._writer.figures

    @property
    def streams(self) -> list[StreamKey]:
        """Those that are recorded here."""
        return self._writer.streams

    @property
    def is_roomy(self) -> bool:
        return self._health.is_roomy

    @property
    def is_idle(self) -> bool:
        return not self._writer.streams and not self.backlog.size_bytes

    def start(self) -> None:
        self._pool.start()
        self._thread.start()

    def put(self, stream: StreamKey, item: Item) -> None:
        self.backlog.put(stream, item)

    def state(self, now_s: float) -> State:
        if now_s - self._alive_at_s > STANDS_STILL_AFTER_S or self._pool.longest_wait_s(now_s) > SYNC_HANGS_AFTER_S:
            return State(Condition.HANGING, f"{self.directory.path}: the disk does not answer")
        return self._health.state

    def close(self) -> None:
        """Ends all segments with what waits; see join()."""
        self._closing.set()

    def join(self, deadline_s: float) -> bool:
        """False when the disk did not let it until the (monotonic) deadline."""
        if self._thread.ident is None:
            return True  # never started
        self._thread.join(max(deadline_s - time.monotonic(), 0))
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._pass()
            except Exception:
                logger.exception("recording to %s goes on after a mistake", self.directory.path)
            self._closing.wait(self._poll_s)
        self._pass()
        self._writer.end_all(time.monotonic())
        self._pool.close()
        self._writer.tick(time.monotonic())

    def _pass(self) -> None:
        now_s = self._alive_at_s = time.monotonic()
        self._health.look(self.directory, self.margin_bytes, now_s)
        if not self._is_tidy and self._health.state.is_well:
            self._is_tidy = True
            self._writer.tidy()
        while (taken := self.backlog.take()) is not None:
            self._writer.handle(*taken, now_s)
            now_s = self._alive_at_s = time.monotonic()
        self._writer.tick(now_s)

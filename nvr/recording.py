"""The recorder as the ingest process runs it: its plans read from the database, its news told to the catalogue, its troubles to people.

Each of these has a thread of its own, so that none makes another wait, and none ever makes ingest wait.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from nvr.catalogue_teller import CatalogueTeller
from recordings.health import WELL, State
from recordings.journal import Journal
from recordings.plans import Facts, Planner, read_facts
from recordings.recorder import NOT_RUNNING, OFF, Recorder
from recordings.services.volumes import note_state
from streaming.ingest.supervisor import STOPPED
from streaming.media.packet import StreamKey

logger = logging.getLogger(__name__)
LOOK_EVERY_S = 2.0
_CLOSE_WITHIN_S = 5.0
_CONNECTING = "connecting to the camera"


class Recording:
    """start() and close() belong to the command, report() to the ingest loop. `recorder` is the packet sink."""

    def __init__(self) -> None:
        self._journal = Journal(settings.RECORDINGS_JOURNAL_DIR)
        self._teller = CatalogueTeller()
        self.recorder = Recorder(journal=self._journal, tell=self._teller.tell, backlog_bytes=settings.RECORDER_MEMORY_BYTES)
        self._stopping = threading.Event()
        self._planner = Planner()
        self._facts: Facts | None = None
        self._is_database_away = False
        self._told: dict[UUID, State] = {}
        self._written: dict[UUID, State] = {}
        self._threads = [
            threading.Thread(target=self._repeat, args=(work,), name=name, daemon=True)
            for work, name in ((self._plan, "recording plans"), (self._watch, "recording directories"))
        ]

    def start(self) -> None:
        self._journal.start()
        self._teller.start()
        self.recorder.start()
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Ends all segments; waits for what the disks need, a few seconds at most."""
        self._stopping.set()
        self.recorder.close(_CLOSE_WITHIN_S)
        self._teller.close(1)
        self._journal.close()

    def report(self, stream: StreamKey, state: str, reason: str) -> None:
        """The state of a camera's stream, as people see it."""
        if state == "live":
            self.recorder.resume(stream)
        elif state == "off":
            self.recorder.interrupt(stream, NOT_RUNNING if reason == STOPPED else OFF, reason)
        else:
            self.recorder.interrupt(stream, "camera_down", reason or _CONNECTING)

    def _repeat(self, work: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                close_old_connections()
                work()
            except Exception:
                logger.exception("%s failed, tried again", threading.current_thread().name)
            self._stopping.wait(LOOK_EVERY_S)
        connections.close_all()

    def _plan(self) -> None:
        try:
            self._facts = read_facts()
        except (DatabaseError, InterfaceError) as error:
            if not self._is_database_away:
                logger.warning("what to record can't be read, the last plans go on: %s", error)
            self._is_database_away = True
        else:
            self._is_database_away = False
        if self._facts is not None:
            self.recorder.set_plans(self._planner.plans(self._facts, time.time_ns() // 1_000_000))

    def _watch(self) -> None:
        for report in self.recorder.reports():
            key, state = report.directory.id, report.state
            if self._told.get(key, WELL) != state:
                level = logging.WARNING if state.is_well else logging.ERROR
                logger.log(level, "recording directory %s is %s. %s", report.directory.path, state.condition, state.reason)
            self._told[key] = state
            if self._written.get(key) != state:
                try:
                    note_state(key, state.condition, state.reason)
                except (DatabaseError, InterfaceError) as error:
                    logger.debug("the state of %s waits for the database: %s", report.directory.path, error)
                else:
                    self._written[key] = state

"""Starts processes in order, starts again what ends, stops all in reverse order."""

from __future__ import annotations

import logging
import os
import selectors
import signal
import time
from collections.abc import Callable, Sequence
from types import FrameType

from nvr.supervisor.child import Child, ProcessSpec
from nvr.supervisor.restart import next_delay_s

logger = logging.getLogger(__name__)
READY_WITHIN_S = 60.0


class StartError(RuntimeError):
    """A process could not be started or did not become ready."""


class Supervisor:
    """Runs in the main thread; run() returns after SIGINT or SIGTERM, when every process has ended."""

    def __init__(self, specs: Sequence[ProcessSpec], *, on_ready: Callable[[], None]) -> None:
        self._children = [Child(spec) for spec in specs]
        self._on_ready = on_ready
        self._delays_s = dict.fromkeys((child.spec.name for child in self._children), 0.0)
        self._due_s: dict[str, float] = {}
        self._is_stopping = False
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Raises StartError when a process is not ready in time; what was started is stopped first."""
        wake_up, wake_up_writer = os.pipe()
        os.set_blocking(wake_up_writer, False)
        self._selector.register(wake_up, selectors.EVENT_READ)
        previous_fd = signal.set_wakeup_fd(wake_up_writer)
        previous = {number: signal.signal(number, self._ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._start_in_order()
            if not self._is_stopping:
                self._on_ready()
            while not self._is_stopping:
                self._step()
        finally:
            self._stop_in_reverse()
            for number, handler in previous.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(previous_fd)
            self._selector.close()
            os.close(wake_up)
            os.close(wake_up_writer)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._is_stopping = True

    def _start_in_order(self) -> None:
        for child in self._children:
            if self._is_stopping:
                return
            self._start(child)
            self._wait_until_ready(child)

    def _start(self, child: Child) -> None:
        try:
            child.start(time.monotonic())
        except OSError as error:
            raise StartError(f"{child.spec.name}: {error}") from error
        self._selector.register(child.pidfd, selectors.EVENT_READ, child)

    def _wait_until_ready(self, child: Child) -> None:
        deadline_s = time.monotonic() + READY_WITHIN_S
        while child.spec.is_ready is not None and not self._is_stopping and not child.spec.is_ready():
            if not child.is_running:
                raise StartError(f"{child.spec.name} ended while starting, exit code {child.reap()}")
            if time.monotonic() > deadline_s:
                raise StartError(f"{child.spec.name} was not ready within {READY_WITHIN_S:.0f} s")
            self._step(0.02, starting=child)

    def _step(self, longest_s: float = 60, *, starting: Child | None = None) -> None:
        """What has ended meanwhile is started again, but for the one whose end is the start's failure."""
        now_s = time.monotonic()
        wait_s = min(self._due_s.values(), default=now_s + longest_s) - now_s
        for key, _ in self._selector.select(min(max(wait_s, 0), longest_s)):
            if isinstance(key.data, Child):
                if key.data is not starting:
                    self._note_end(key.data)
            else:
                os.read(key.fd, 512)
        now_s = time.monotonic()
        for child in self._children:
            if self._due_s.get(child.spec.name, now_s + 1) <= now_s and not self._is_stopping:
                del self._due_s[child.spec.name]
                self._restart(child)

    def _note_end(self, child: Child) -> None:
        self._selector.unregister(child.pidfd)
        code, now_s = child.reap(), time.monotonic()
        if self._is_stopping:
            return
        name = child.spec.name
        self._delays_s[name] = next_delay_s(self._delays_s[name], now_s - child.started_at_s)
        self._due_s[name] = now_s + self._delays_s[name]
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        logger.warning("%s ended (%s); starting it again in %.1f s", name, how, self._delays_s[name])

    def _restart(self, child: Child) -> None:
        child.restarts += 1
        try:
            self._start(child)
        except StartError as error:
            name = child.spec.name
            self._delays_s[name] = next_delay_s(self._delays_s[name], 0)
            self._due_s[name] = time.monotonic() + self._delays_s[name]
            logger.error("cannot start %s; next try in %.1f s", error, self._delays_s[name])

    def _stop_in_reverse(self) -> None:
        """Each gets its time to stop cleanly; the first process (Redis) goes last, so that the others can say goodbye to it."""
        first, others = self._children[:1], self._children[1:]
        for group in (others[::-1], first):
            for child in group:
                child.terminate()
            deadline_s = time.monotonic() + max((child.spec.stop_seconds for child in group), default=0)
            for child in group:
                if not child.wait(deadline_s - time.monotonic()):
                    logger.warning("%s did not stop in time and is ended by force", child.spec.name)
                    child.kill()
                child.kill()
                child.wait(1)

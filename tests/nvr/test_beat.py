"""Celery's beat as we run it: with a clock that is set, and with Redis away."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from nvr.beat import SteadyScheduler

OURS = {"sweep", "retention"}  # Celery adds a task of its own


class Clock:
    """The wall clock of beat."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.off_s = 0.0
        self._time = time.time
        monkeypatch.setattr("nvr.beat.time.time", lambda: self._time() + self.off_s)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.off_s)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def app(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Celery]:
    app = Celery("beat-test", broker="memory://", set_as_current=False)
    app.conf.beat_schedule = {name: {"task": f"test.{name}", "schedule": 0.05} for name in OURS}
    monkeypatch.setattr(app, "now", clock.now)
    yield app
    app.close()


def wait_for(scheduler: SteadyScheduler) -> None:
    time.sleep(min(max(scheduler.tick(), 0), 0.02))


def sent_within(scheduler: SteadyScheduler, seconds: float) -> set[str]:
    sent: set[str] = set()
    scheduler.apply_async = lambda entry, **_: sent.add(entry.name)  # type: ignore[method-assign]
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s and not sent >= OURS:
        wait_for(scheduler)
    return sent & OURS


def test_tasks_go_on_when_the_clock_is_set_back_also_across_a_restart(app: Celery, clock: Clock, tmp_path: Path) -> None:
    scheduler = SteadyScheduler(app, schedule_filename=str(tmp_path / "schedule"))
    assert sent_within(scheduler, 5) == OURS
    clock.off_s = -3600.0
    assert sent_within(scheduler, 5) == OURS
    scheduler.close()
    clock.off_s = -2 * 365 * 86_400.0
    again = SteadyScheduler(app, schedule_filename=str(tmp_path / "schedule"))
    assert sent_within(again, 5) == OURS
    again.close()


def test_redis_that_goes_and_comes_is_a_line_each(app: Celery, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    scheduler = SteadyScheduler(app, schedule_filename=str(tmp_path / "schedule"))
    refused, sent = [ConnectionRefusedError("nobody listens") for _ in range(5)], list[str]()

    def send(name: str, *_: Any, **__: Any) -> None:
        if refused:
            raise refused.pop()
        sent.append(name)

    scheduler.send_task = send  # type: ignore[method-assign]
    until_s = time.monotonic() + 10
    with caplog.at_level(logging.INFO, "nvr.beat"):
        while len(sent) < 5 and time.monotonic() < until_s:
            wait_for(scheduler)
    scheduler.close()
    said = [(record.levelname, record.getMessage(), record.exc_info) for record in caplog.records if record.name == "nvr.beat"]
    assert said == [
        ("WARNING", "Redis is away, no task can be sent until it is back: nobody listens", None),
        ("WARNING", "Redis is back", None),
    ]

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

import pytest

from nvr.redis_weather import WorkerWeather

connection: Any = import_module("celery.worker.consumer.connection")  # its stubs leave out what it says
consumer: Any = import_module("celery.worker.consumer.consumer")
REFUSED = ConnectionRefusedError("nobody listens")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    weather = WorkerWeather()
    for logger in (consumer.logger, connection.logger):
        monkeypatch.setattr(logger, "filters", [weather])
        caplog.set_level(logging.INFO, logger.name)
    return caplog


def away(attempts: int) -> None:
    """As Celery words it."""
    consumer.logger.warning("%s (%r)", consumer.CONNECTION_RETRY, REFUSED)
    for number in range(attempts):
        consumer.logger.error(consumer.CONNECTION_ERROR, "redis://", REFUSED, f"Trying again in 2.00 seconds... ({number}/100)")


def test_a_worker_says_once_that_redis_is_away_and_once_that_it_is_back(told: pytest.LogCaptureFixture) -> None:
    connection.logger.info("Connected to %s", "redis://")
    for _ in range(2):
        away(12)
        connection.logger.info("Connected to %s", "redis://")
    lines = [(record.levelname, record.getMessage().partition(":")[0]) for record in told.records]
    once = [("WARNING", "Redis is away, no task is worked on until it is back"), ("WARNING", "Redis is back, tasks go on")]
    assert lines == once * 2
    assert "nobody listens" in told.text


def test_what_else_it_says_stays(told: pytest.LogCaptureFixture) -> None:
    away(3)
    consumer.logger.error("Received unregistered task of type %s", "nonsense", exc_info=(ValueError, ValueError("no"), None))
    consumer.logger.critical("Too many open files. Aborting...")
    assert [record.levelname for record in told.records] == ["WARNING", "ERROR", "CRITICAL"]
    assert told.records[1].exc_info

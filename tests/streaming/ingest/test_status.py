from __future__ import annotations

import asyncio

from streaming.ingest.status import StatusAway, StatusReporter
from streaming.media.packet import Role, StreamKey

FRONT, BACK = StreamKey(1, Role.MAIN), StreamKey(2, Role.MAIN)


class Ledger:
    """Where states are kept, with a knob for its absence."""

    def __init__(self) -> None:
        self.rows: list[tuple[StreamKey, str, str]] = []
        self.is_away = False
        self.refusals = 0

    async def write(self, stream: StreamKey, state: str, reason: str) -> None:
        if self.is_away:
            self.refusals += 1
            raise StatusAway("locked")
        self.rows.append((stream, state, reason))


async def test_only_the_newest_state_survives_an_absence() -> None:
    ledger = Ledger()
    reporter = StatusReporter(ledger.write, retry_s=0.01)
    task = asyncio.create_task(reporter.run())
    ledger.is_away = True
    reporter.report(FRONT, "connecting", "")
    reporter.report(BACK, "live", "")
    async with asyncio.timeout(5):
        while ledger.refusals < 2:
            await asyncio.sleep(0)
    reporter.report(FRONT, "live", "")
    ledger.is_away = False
    async with asyncio.timeout(5):
        while len(ledger.rows) < 2:
            await asyncio.sleep(0)
    task.cancel()
    assert sorted(ledger.rows, key=str) == sorted([(FRONT, "live", ""), (BACK, "live", "")], key=str)
    assert await reporter.flush()
    assert len(ledger.rows) == 2


async def test_a_state_reported_while_its_forerunner_is_written_is_written_too() -> None:
    rows: list[str] = []

    async def write(stream: StreamKey, state: str, reason: str) -> None:
        rows.append(state)
        if state == "connecting":
            reporter.report(stream, "live", "")

    reporter = StatusReporter(write)
    reporter.report(FRONT, "connecting", "")
    await reporter.flush()
    await reporter.flush()
    assert rows == ["connecting", "live"]

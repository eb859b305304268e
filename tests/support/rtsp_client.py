"""Running the RTSP client in a test: until enough units came, or until it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from cameras.stream_url import Credentials, StreamUrl, parse_stream_url
from streaming.rtsp.client import Session, Timeouts, TransportChoice, Unit, open_session
from streaming.rtsp.errors import StreamFailure

QUICK = Timeouts(connect_s=2, response_s=1, no_packet_s=0.6, first_udp_packet_s=0.4, report_every_s=0.2)
PATIENT = Timeouts(first_udp_packet_s=1)


class EnoughError(Exception):
    """Raised by the callback itself: whatever `on_unit` raises has to come out of `run`."""


@dataclass
class Received:
    units: list[Unit] = field(default_factory=list)
    transport: str = ""
    notes: tuple[str, ...] = ()
    session: Session | None = None

    def of(self, media_index: int) -> list[Unit]:
        return [unit for unit in self.units if unit.media_index == media_index]


async def receive(
    address: StreamUrl | str,
    credentials: Credentials = Credentials(),  # noqa: B008 - immutable
    *,
    count: int = 3,
    media: int = 1,
    transport: TransportChoice = "tcp",
    verify_tls: bool = True,
    timeouts: Timeouts = PATIENT,
    until: Callable[[Received], bool] | None = None,
) -> Received:
    """At least `count` units of each of the first `media` media, or as told. Raises StreamFailure, TimeoutError after 20 s."""
    received = Received()
    is_enough = until or (lambda got: all(len(got.of(index)) >= count for index in range(media)))

    def take(unit: Unit) -> None:
        received.units.append(unit)
        if is_enough(received):
            raise EnoughError

    url = parse_stream_url(address) if isinstance(address, str) else address
    async with (
        asyncio.timeout(20),
        open_session(url, credentials, transport=transport, verify_tls=verify_tls, timeouts=timeouts) as session,
    ):
        received.session = session
        try:
            await session.run(take)
        except EnoughError:
            received.transport, received.notes = session.transport_in_use, session.notes
    return received


async def failure_of(
    address: StreamUrl | str,
    credentials: Credentials = Credentials(),  # noqa: B008 - immutable
    *,
    transport: TransportChoice = "tcp",
    verify_tls: bool = True,
) -> StreamFailure:
    """The StreamFailure that opening or running ends with, within 20 s."""
    try:
        await receive(address, credentials, count=10_000, transport=transport, verify_tls=verify_tls, timeouts=QUICK)
    except StreamFailure as failure:
        return failure
    raise AssertionError("no failure")

"""The RTSP client: opens a camera's stream and hands out its units.

    async with open_session(address, credentials, transport="auto", verify_tls=True, timeouts=Timeouts()) as session:
        await session.run(on_unit)

Transport "auto" tries UDP and takes TCP when the camera refuses UDP or nothing arrives; rtsps always goes over TCP, since RTP over
UDP would leave the encryption. Redirects are followed twice at most, on the same host, never from rtsps to rtsp.

What does not belong here: retries after a failure, repair of timestamps (streaming/ingest).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Literal, NoReturn

from cameras.stream_url import Credentials, StreamUrl, StreamUrlError, split_credentials
from streaming.rtsp import failures
from streaming.rtsp.errors import FailureCode, StreamFailure
from streaming.rtsp.link import Link, Means, open_link
from streaming.rtsp.negotiation import Redirected, UdpRefused
from streaming.rtsp.receiver import OnUnit, Unit
from streaming.rtsp.sdp import MediaDescription
from streaming.rtsp.timeouts import Timeouts
from streaming.rtsp.units import UnitQueue
from streaming.rtsp.witness import Witness

__all__ = ["MediaDescription", "Session", "Timeouts", "TransportChoice", "Unit", "open_session"]

TransportChoice = Literal["auto", "tcp", "udp"]
_MAX_REDIRECTS = 2


@dataclass(frozen=True, slots=True)
class _Door:
    """Where the camera is and how to get in."""

    address: StreamUrl
    credentials: Credentials
    verify_tls: bool
    timeouts: Timeouts
    witness: Witness | None = None

    async def open(self, means: Means) -> Link:
        """Follows redirects. Raises StreamFailure, UdpRefused."""
        address = self.address
        for _ in range(_MAX_REDIRECTS + 1):
            try:
                return await open_link(
                    address, self.credentials, means, verify_tls=self.verify_tls, timeouts=self.timeouts, witness=self.witness
                )
            except Redirected as redirect:
                address = _redirect_target(address, redirect)
        raise failures.redirect_refused("it has done so three times")


class Session:
    """Made by `open_session`; used by one task, once."""

    def __init__(self, door: _Door, link: Link, notes: tuple[str, ...], *, may_change_means: bool) -> None:
        self._door = door
        self._link = link
        self._notes = notes
        self._may_change_means = may_change_means

    @property
    def media(self) -> tuple[MediaDescription, ...]:
        """Those set up, the video first; Unit.media_index counts them."""
        return self._link.media

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the camera's owner about what is left out or done differently."""
        return self._notes + self._link.notes

    @property
    def transport_in_use(self) -> Means:
        """What to ask for next time to get there at once; final with the first unit."""
        return self._link.means

    def sender_clock(self, media_index: int) -> tuple[int, int] | None:
        """(rtp_timestamp, ntp_ms) of the camera's last sender report; None before the first. The camera's clock may be wrong."""
        return self._link.sender_clock(media_index)

    async def run(self, on_unit: OnUnit) -> NoReturn:
        """Starts the stream and calls `on_unit` for every unit, from the event loop's read callback: it must not block.

        Ends only by an exception: StreamFailure, whatever `on_unit` raised, or cancellation.
        """
        timeouts = self._door.timeouts
        if self._may_change_means and self._link.means == "udp":
            try:
                await self._link.play(on_unit, timeouts.first_udp_packet_s)
            except StreamFailure as failure:
                if failure.code is not FailureCode.NO_PACKETS or self._link.packets():
                    raise
            await self._link.close()
            self._link = await self._door.open("tcp")
            self._notes += ("Over TCP: the camera accepted UDP, but nothing arrived.",)
        await self._link.play(on_unit, timeouts.no_packet_s)

    async def units(self) -> AsyncIterator[Unit]:
        """The same as an iterator, through a bounded queue: who is too slow misses units up to a keyframe, counted as lost packets."""
        queue = UnitQueue()
        async with aclosing(queue.drain(self.run(queue.put))) as units:
            async for unit in units:
                yield unit

    async def close(self) -> None:
        await self._link.close()


@asynccontextmanager
async def open_session(
    address: StreamUrl,
    credentials: Credentials,
    *,
    transport: TransportChoice = "auto",
    verify_tls: bool = True,
    timeouts: Timeouts = Timeouts(),  # noqa: B008 - immutable
    witness: Witness | None = None,
) -> AsyncIterator[Session]:
    """Connects and sets up, but does not start the stream yet. Raises StreamFailure; leaving takes at most Timeouts.close_s."""
    notes: tuple[str, ...] = ()
    if address.is_tls:
        if transport == "udp":
            notes = ("Over TCP, since over UDP the video would not be encrypted.",)
        transport = "tcp"
    address = address.with_login_filled_in(credentials.username, credentials.password)
    door = _Door(address, credentials, verify_tls, timeouts, witness)
    session = Session(door, await _first_link(door, transport), notes, may_change_means=transport == "auto")
    try:
        yield session
    finally:
        await session.close()


async def _first_link(door: _Door, transport: TransportChoice) -> Link:
    if transport == "tcp":
        return await door.open("tcp")
    try:
        return await door.open("udp")
    except UdpRefused as refusal:
        if transport == "udp":
            raise StreamFailure(FailureCode.PROTOCOL, "The camera does not send over UDP. Choose TCP or automatic.") from refusal
        return await door.open("tcp")


def _redirect_target(address: StreamUrl, redirect: Redirected) -> StreamUrl:
    """The camera may name itself by the numeric address it has been reached at. Raises StreamFailure (redirect_refused)."""
    try:
        target, _ = split_credentials(redirect.location)
    except StreamUrlError as error:
        raise failures.redirect_refused("not to an address of a stream") from error
    if target.host.lower() not in (address.host.lower(), redirect.peer_host):
        raise failures.redirect_refused(f"to another device, {target.host}")
    if address.is_tls and not target.is_tls:
        raise failures.redirect_refused("from an encrypted connection to an open one")
    return target

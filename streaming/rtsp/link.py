"""One attempt at one stream: an RTSP connection from its first request over PLAY to its end, over TCP or over UDP.

    open_link   connects and negotiates
    play        PLAY, then units by callback until something ends the stream
    close       TEARDOWN, within Timeouts.close_s

A ticker of two turns a second does all that time asks for: it notices silence, keeps the session alive, sends receiver reports.

What does not belong here: a second attempt by other means (client.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from typing import Literal, NoReturn

from cameras.stream_url import Credentials, StreamUrl
from streaming.rtsp import failures
from streaming.rtsp.connection import Connection, OnFrame, connect
from streaming.rtsp.dialogue import Dialogue
from streaming.rtsp.errors import FailureCode, StreamFailure
from streaming.rtsp.headers import Transport
from streaming.rtsp.negotiation import Description, UdpRefused, describe, set_up
from streaming.rtsp.receiver import MediaReceiver, OnUnit, Unit
from streaming.rtsp.rtcp import receiver_report
from streaming.rtsp.sdp import MediaDescription
from streaming.rtsp.timeouts import Timeouts
from streaming.rtsp.udp import UdpPair
from streaming.rtsp.witness import Witness

Means = Literal["tcp", "udp"]

_TICK_S = 0.5
_LONGEST_KEEPALIVE_S = 30.0  # some cameras promise an hour and forget us earlier
_UNSUPPORTED_METHOD = (400, 405, 451, 501, 551)
_INVALID_RANGE = 457
_SESSION_NOT_FOUND = 454
_PLAY_FROM_NOW = ("Range", "npt=0.000-")
_CNAME = "nvr"


class Link:
    """Made by `open_link`. `media` are those set up, the video first."""

    def __init__(
        self,
        connection: Connection,
        dialogue: Dialogue,
        description: Description,
        means: Means,
        timeouts: Timeouts,
        witness: Witness | None = None,
    ) -> None:
        self._connection = connection
        self._dialogue = dialogue
        self._base_url = description.base_url
        self._timeouts = timeouts
        self._witness = witness
        self._receivers: list[MediaReceiver] = []
        self._pairs: list[UdpPair] = []
        self._report_channels: list[int] = []
        self._on_unit: OnUnit | None = None
        self._interruption: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()  # what on_unit raised
        self._keepalive_method = "GET_PARAMETER" if description.knows_get_parameter else "OPTIONS"
        self._keepalive_every_s = _LONGEST_KEEPALIVE_S
        self._keepalive: asyncio.Task[None] | None = None
        self._ssrc = secrets.randbits(32)
        self.means: Means = means
        self.media: tuple[MediaDescription, ...] = ()
        self.notes = description.notes

    def packets(self) -> int:
        return sum(receiver.packets for receiver in self._receivers)

    def sender_clock(self, media_index: int) -> tuple[int, int] | None:
        return self._receivers[media_index].sender_clock

    async def set_up_all(self, wanted: tuple[MediaDescription, ...]) -> None:
        """The first must succeed, the audio behind it may fail. Raises StreamFailure, UdpRefused."""
        for media in wanted:
            try:
                await (self._set_up_udp(media) if self.means == "udp" else self._set_up_tcp(media))
            except StreamFailure as failure:
                if not self.media or self._connection.failure is not None:
                    raise
                self.notes += (f"Sound is left out. {failure.text}",)
            else:
                self.media += (media,)

    async def play(self, on_unit: OnUnit, first_packet_s: float) -> NoReturn:
        """Raises StreamFailure, or what `on_unit` raised."""
        self._on_unit = on_unit
        response = await self._dialogue.request("PLAY", self._base_url, _PLAY_FROM_NOW)
        if response.status == _INVALID_RANGE:
            response = await self._dialogue.request("PLAY", self._base_url)
        if response.status != 200:
            raise failures.refused("PLAY", response)
        ticker = asyncio.create_task(self._tick(first_packet_s))
        try:
            await asyncio.wait((self._connection.ended, self._interruption, ticker), return_when=asyncio.FIRST_COMPLETED)
        finally:
            ticker.cancel()
        timed = ticker.exception() if ticker.done() and not ticker.cancelled() else None
        raise (self._interruption.result() if self._interruption.done() else timed or self._connection.failure or failures.lost(None))

    async def close(self) -> None:
        """Never raises and takes at most `close_s`, whatever the camera does."""
        self._on_unit = None
        self._connection.channels.clear()
        for pair in self._pairs:
            pair.close()
        if self._keepalive is not None:
            self._keepalive.cancel()
        try:
            if self._dialogue.session_id and self._connection.failure is None:
                with contextlib.suppress(StreamFailure):
                    await self._dialogue.request("TEARDOWN", self._base_url, timeout_s=self._timeouts.close_s)
        finally:
            self._connection.close()

    async def _set_up_tcp(self, media: MediaDescription) -> None:
        index = len(self._receivers)
        wanted = (2 * index, 2 * index + 1)
        granted = await set_up(self._dialogue, self._base_url, media, Transport(is_tcp=True, interleaved=wanted))
        receiver = self._add_receiver(media, granted.session_timeout_s)
        rtp, rtcp = granted.transport.interleaved or wanted  # the server may number them anew
        self._connection.channels[rtp] = self._overheard(index, receiver.receive, is_rtcp=False)
        self._connection.channels[rtcp] = self._overheard(index, receiver.receive_rtcp, is_rtcp=True)
        self._report_channels.append(rtcp)

    async def _set_up_udp(self, media: MediaDescription) -> None:
        try:
            pair = UdpPair(self._connection.local_host, self._connection.peer_host)
        except OSError as error:
            raise UdpRefused from error
        try:
            granted = await set_up(self._dialogue, self._base_url, media, Transport(is_tcp=False, client_ports=pair.ports))
        except BaseException:
            pair.close()
            raise
        index = len(self._receivers)
        receiver = self._add_receiver(media, granted.session_timeout_s)
        on_rtp = self._overheard(index, receiver.receive, is_rtcp=False)
        pair.start(on_rtp, self._overheard(index, receiver.receive_rtcp, is_rtcp=True), self._connection.fail)
        pair.open_path(granted.transport.server_ports, receiver_report(self._ssrc, (), _CNAME))
        self._pairs.append(pair)

    def _add_receiver(self, media: MediaDescription, session_timeout_s: int) -> MediaReceiver:
        self._keepalive_every_s = min(session_timeout_s / 2, _LONGEST_KEEPALIVE_S)
        receiver = MediaReceiver(len(self._receivers), media, self._take, may_reorder=self.means == "udp")
        self._receivers.append(receiver)
        return receiver

    def _overheard(self, index: int, receive: OnFrame, *, is_rtcp: bool) -> OnFrame:
        witness = self._witness
        if witness is None:
            return receive

        def receive_and_tell(data: bytes, now_ms: int) -> None:
            witness.arrived(index, data, now_ms, is_rtcp=is_rtcp)
            receive(data, now_ms)

        return receive_and_tell

    def _take(self, unit: Unit) -> None:
        if self._on_unit is None:
            return
        try:
            self._on_unit(unit)
        except Exception as error:  # theirs, not the camera's: it surfaces in `play`, and the camera is still left politely
            self._on_unit = None
            self._interruption.set_result(error)

    async def _tick(self, first_packet_s: float) -> None:
        """Ends with the StreamFailure that time brings."""
        loop = asyncio.get_running_loop()
        video = self._receivers[0]
        seen, seen_at = 0, loop.time()
        report_every_s, keepalive_every_s = self._timeouts.report_every_s, self._keepalive_every_s
        report_at, keepalive_at = seen_at + report_every_s, seen_at + keepalive_every_s
        while True:
            await asyncio.sleep(min(_TICK_S, first_packet_s / 4, keepalive_every_s / 2, report_every_s / 2))
            now, now_ms = loop.time(), time.time_ns() // 1_000_000
            for receiver in self._receivers:
                receiver.expire(now_ms)
            if video.packets != seen:
                seen, seen_at = video.packets, now
            elif now - seen_at >= (self._timeouts.no_packet_s if seen else first_packet_s):
                raise StreamFailure(FailureCode.NO_PACKETS, _silence(now - seen_at, has_started=seen > 0))
            if video.is_over:
                raise StreamFailure(FailureCode.CLOSED, "The camera ended the stream.")
            if now >= report_at:
                report_at = now + report_every_s
                self._send_reports(now_ms)
            if now >= keepalive_at and (self._keepalive is None or self._keepalive.done()):
                keepalive_at = now + keepalive_every_s
                self._keepalive = asyncio.create_task(self._keep_alive())

    def _send_reports(self, now_ms: int) -> None:
        for index, receiver in enumerate(self._receivers):
            block = receiver.report_block(now_ms)
            if block is None:
                continue
            report = receiver_report(self._ssrc, (block,), _CNAME)
            if self.means == "udp":
                self._pairs[index].send_rtcp(report)
            else:
                self._connection.send_frame(self._report_channels[index], report)

    async def _keep_alive(self) -> None:
        """A camera that does not answer is no failure as long as it sends: silence is what the ticker looks for."""
        try:
            response = await self._dialogue.request(self._keepalive_method, self._base_url)
        except StreamFailure as failure:
            if failure.code is FailureCode.UNAUTHORIZED:
                self._connection.fail(failure)
            return
        if response.status == _SESSION_NOT_FOUND:
            self._connection.fail(StreamFailure(FailureCode.CLOSED, "The camera ended the session."))
        elif response.status in _UNSUPPORTED_METHOD:
            self._keepalive_method = "OPTIONS"


async def open_link(
    address: StreamUrl, credentials: Credentials, means: Means, *, verify_tls: bool, timeouts: Timeouts, witness: Witness | None = None
) -> Link:
    """Raises StreamFailure, Redirected, UdpRefused; nothing stays open then."""
    connection = await connect(address, verify_tls=verify_tls, timeout_s=timeouts.connect_s)
    try:
        dialogue = Dialogue(connection, credentials, timeouts.response_s, witness)
        description = await describe(dialogue, address)
        link = Link(connection, dialogue, description, means, timeouts, witness)
    except BaseException:
        connection.close()
        raise
    try:
        await link.set_up_all(description.media)
    except BaseException:
        await link.close()
        raise
    return link


def _silence(seconds: float, *, has_started: bool) -> str:
    if has_started:
        return f"The camera stays connected but has sent no picture for {seconds:.0f} seconds."
    return f"The camera accepted the stream but sent no picture within {seconds:.0f} seconds."

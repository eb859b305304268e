"""What can be wrong with a camera: knobs, and the parts of the server that obey them.

The knobs are plain values, set by a test's thread and read by the camera's loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from streaming.rtsp.message import Headers, Request, Response, frame_header
from streaming.rtsp.packetize.sender import NumberedFrame, RtpFrame
from streaming.rtsp.server import RtspServer
from streaming.rtsp.server_outlet import Address, InterleavedOutlet, Outlet, UdpPorts
from streaming.rtsp.server_responder import Responder, split_url
from streaming.rtsp.server_source import Mount, SourceTracks
from tests.support.clips import CLIP_MS, ClipFrame, clip


@dataclass(slots=True)
class Faults:
    """All off. `loss` is the probability that a UDP packet is lost; `jump_ms` is added to every time stamp from then on.

    Of the keyframes only every `keyframe_every`-th is sent, or with `keyframe_growth` the 1st, 2nd, 4th, 8th, as a smart codec does in a
    quiet scene. `pace` is how fast time stamps go, `link_bytes_per_s` what a TCP link carries (0: everything).
    """

    is_hung: bool = False
    is_mute: bool = False
    status: int = 0
    location: str = ""
    refuses_udp: bool = False
    blocks_udp: bool = False
    loss: float = 0.0
    jump_ms: int = 0
    drops_keyframes: bool = False
    drops_audio: bool = False
    keyframe_every: int = 1
    keyframe_growth: bool = False
    drops_parameter_sets: bool = False
    pace: float = 1.0
    link_bytes_per_s: int = 0


@dataclass(slots=True)
class Counters:
    """`connections` counts TCP connections of the whole camera, the others by mount path."""

    connections: int = 0
    described: Counter[str] = field(default_factory=Counter)
    played: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    source_starts: int = 0


class ClipSource:
    """Sends a clip in a loop, in real time, with time stamps that go on; all mounts may share one clip, which is packetized once."""

    def __init__(self, name: str, faults: Faults, counters: Counters) -> None:
        self.name = name
        self._faults = faults
        self._counters = counters
        self._task: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self._keyframes = 0

    async def start(self, publish: Callable[[RtpFrame], None], ended: Callable[[], None]) -> SourceTracks:
        first = await asyncio.to_thread(clip, self.name)
        self._counters.source_starts += 1
        self._wanted.clear()
        self._keyframes = 0
        self._task = asyncio.get_running_loop().create_task(self._run(publish))
        return first.tracks

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def want_keyframe(self) -> None:
        """The clip begins with the first client's PLAY, so that tests need not wait for it; later ones wait for the next keyframe."""
        self._wanted.set()

    async def _run(self, publish: Callable[[RtpFrame], None]) -> None:
        await self._wanted.wait()
        loop = asyncio.get_running_loop()
        began_at_s, offset_ms = loop.time(), 0
        while True:
            name = self.name
            for frame in clip(name).frames:
                wait_s = began_at_s + (offset_ms + frame.sent_at_ms) / 1000 - loop.time()
                if wait_s > 0:
                    await asyncio.sleep(wait_s)
                if self.name != name:
                    break
                self._send(frame_at(frame, offset_ms + self._faults.jump_ms), publish)
            offset_ms = offset_ms + CLIP_MS if self.name == name else math.ceil((loop.time() - began_at_s) * 1000)

    def _send(self, frame: RtpFrame, publish: Callable[[RtpFrame], None]) -> None:
        faults = self._faults
        if faults.is_hung or (faults.drops_audio and frame.track == "audio"):
            return
        if faults.drops_keyframes and frame.track == "video":
            if frame.is_key:
                return
            frame = replace(frame, is_key=True)  # else the server would wait for a keyframe before it sends anything
        if frame.track == "video" and frame.is_key and not self._is_keyframe_due():
            return
        if faults.drops_parameter_sets and frame.track == "video":
            frame = replace(frame, payloads=[payload for payload in frame.payloads if payload[0] & 0x1F not in (7, 8)])
        publish(replace(frame, rtp_timestamp=round(frame.rtp_timestamp * faults.pace)))

    def _is_keyframe_due(self) -> bool:
        self._keyframes += 1
        if self._faults.keyframe_growth:
            return self._keyframes & (self._keyframes - 1) == 0
        return (self._keyframes - 1) % self._faults.keyframe_every == 0


def frame_at(frame: ClipFrame, offset_ms: int) -> RtpFrame:
    """The clip's frame when the clip began `offset_ms` after the source did."""
    shift = offset_ms * frame.clock_rate_hz // 1000
    return RtpFrame(frame.track, frame.rtp_timestamp + shift, frame.payloads, frame.is_key, int(time.time() * 1000))


class FaultyPorts(UdpPorts):
    def __init__(self, host: str, heard: Callable[[Address], None], faults: Faults) -> None:
        super().__init__(host, heard)
        self._faults = faults

    def send_rtp(self, packet: bytes, address: Address) -> None:
        if not self._faults.blocks_udp and random.random() >= self._faults.loss:
            super().send_rtp(packet, address)

    def send_rtcp(self, packet: bytes, address: Address) -> None:
        if not self._faults.blocks_udp:
            super().send_rtcp(packet, address)


class NarrowLink(InterleavedOutlet):
    """Sends no faster than the link carries; what comes on top waits."""

    def __init__(self, transport: asyncio.WriteTransport, channel: int, bytes_per_s: int) -> None:
        super().__init__(transport, channel, 1 << 30)
        self._bytes_per_s = bytes_per_s
        self._free_at_s = 0.0

    def send(self, frame: NumberedFrame) -> None:
        loop, packets = asyncio.get_running_loop(), frame.datagrams()
        for packet in packets:
            self._free_at_s = max(self._free_at_s, loop.time()) + len(packet) / self._bytes_per_s
            loop.call_at(self._free_at_s, self._write, packet)

    def _write(self, packet: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(frame_header(self._channel, len(packet)) + packet)


class FaultyResponder(Responder):
    server: FaultyServer

    async def answer(self, request: Request) -> Response | None:
        faults, counters = self.server.faults, self.server.counters
        counters.requests[request.method] += 1
        if faults.is_mute:
            return None
        if faults.status and request.method != "OPTIONS":
            return Response(faults.status, "Fault")
        if faults.location and request.method == "DESCRIBE":
            return Response(302, "Found", Headers(("Location", faults.location)))
        response = await super().answer(request)
        if response is not None and response.status == 200:
            path = split_url(request.url)[0].rstrip("/")
            counters.described[path] += request.method == "DESCRIBE"
            counters.played[path] += request.method == "PLAY"
        return response

    def interleaved_outlet(self, channel: int) -> Outlet:
        speed = self.server.faults.link_bytes_per_s
        return NarrowLink(self.client.transport, channel, speed) if speed else super().interleaved_outlet(channel)

    def udp_outlet(self, client_ports: tuple[int, int]) -> Outlet | None:
        return None if self.server.faults.refuses_udp else super().udp_outlet(client_ports)


class FaultyServer(RtspServer):
    responder_class = FaultyResponder

    def __init__(self, mounts: dict[str, Mount], faults: Faults, counters: Counters, **options: Any) -> None:
        super().__init__(mounts.values(), **options)
        self.faults = faults
        self.counters = counters
        self._live_mounts = mounts

    def mount_at(self, path: str) -> Mount | None:
        """The test may have changed the mount since the server started."""
        known = super().mount_at(path)
        return None if known is None else self._live_mounts.get(known.path)

    def adopt(self, connection: Any) -> bool:
        self.counters.connections += 1
        return super().adopt(connection)

    def udp_ports(self) -> UdpPorts:
        if self._udp is None:
            self._udp = FaultyPorts(self._host, self._heard, self.faults)
        return self._udp

    def watching(self, path: str) -> int:
        sessions = (session for connection in self.connections for session in connection.responder.sessions)
        return sum(session.is_playing and session.feed is self._feeds.get(path) for session in sessions)

"""A real RTSP camera for tests and benchmarks, on a loop and thread of its own, with knobs for what goes wrong with cameras.

    with TestCamera({"/main": "h264_aac", "/sub": "h264_sub"}, username="u", password="p") as camera:
        camera.url("/main")        # rtsp://127.0.0.1:…/main
        camera.hang()              # the connection stays, no packets
        camera.heal()

By hand: python -m tests.support.rtsp_camera --port 8554 --clip h264_1080p30 --mounts 32
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import fields, replace
from typing import Any, Literal, Self, TypeVar

from streaming.rtsp.auth import Algorithm
from streaming.rtsp.server import Mount
from tests.support.clips import SPECS, clip
from tests.support.rtsp_faults import ClipSource, Counters, Faults, FaultyServer

_T = TypeVar("_T")
_LIMIT_S = 10.0


class TestCamera:
    """Every method may be called from any thread. Paths begin with a slash; a clip's name alone is served as /cam."""

    __test__ = False  # pytest: no test class

    def __init__(
        self,
        clips: str | Mapping[str, str] = "h264",
        *,
        username: str = "",
        password: str = "",
        auth: Literal["digest", "basic"] = "digest",
        algorithm: Algorithm = "MD5",
        has_qop: bool = False,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        session_timeout_s: float = 60.0,
        backlog_bytes: int = 1 << 20,
    ) -> None:
        named = {"/cam": clips} if isinstance(clips, str) else dict(clips)
        for name in named.values():
            clip(name)  # encoded now, not while a client waits
        self.faults = Faults()
        self.counters = Counters()
        self.port = port
        self._sources = {path: ClipSource(name, self.faults, self.counters) for path, name in named.items()}
        self._mounts = {path: Mount(path, source, username, password, auth, algorithm, has_qop) for path, source in self._sources.items()}
        self._host, self._tls = host, tls
        self._options: dict[str, Any] = {"host": host, "tls": tls, "session_timeout_s": session_timeout_s, "backlog_bytes": backlog_bytes}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="test camera", daemon=True)
        self._server: FaultyServer | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_LIMIT_S)
        self._loop.close()

    def url(self, path: str | None = None) -> str:
        """Without credentials. No path: the first mount."""
        scheme = "rtsps" if self._tls else "rtsp"
        return f"{scheme}://{self._host}:{self.port}{path if path is not None else next(iter(self._mounts))}"

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self._mounts)

    # Being there

    def start(self) -> None:
        """On the same port as before. Raises OSError when somebody else has taken it."""
        server = FaultyServer(self._mounts, self.faults, self.counters, port=self.port, **self._options)
        self._run(server.start())
        self._server, self.port = server, server.port

    def stop(self) -> None:
        """Unplugs the camera: all connections are reset, new ones refused."""
        server, self._server = self._server, None
        if server is not None:
            self._run(server.stop())

    def restart(self) -> None:
        self.stop()
        self.start()

    # Faults; heal() ends all of them

    def hang(self) -> None:
        """Connections stay and requests are answered, but no frame is sent."""
        self.faults.is_hung = True

    def mute(self) -> None:
        """Connections are accepted and never answered."""
        self.faults.is_mute = True

    def refuse(self, status: int = 503) -> None:
        self.faults.status = status

    def redirect(self, location: str) -> None:
        """DESCRIBE is answered by 302."""
        self.faults.location = location

    def no_udp(self) -> None:
        """SETUP over UDP is answered by 461."""
        self.faults.refuses_udp = True

    def block_udp(self) -> None:
        """SETUP over UDP succeeds, and nothing ever arrives, as behind a firewall."""
        self.faults.blocks_udp = True

    def lose(self, probability: float) -> None:
        """Of each UDP packet."""
        self.faults.loss = probability

    def jump(self, seconds: float) -> None:
        """From now on all time stamps are off by so much (more); negative goes back."""
        self.faults.jump_ms += round(seconds * 1000)

    def drop_keyframes(self) -> None:
        self.faults.drops_keyframes = True

    def drop_audio(self) -> None:
        self.faults.drops_audio = True

    def save_keyframes(self, *, every: int = 1, growing: bool = False) -> None:
        """Only every so many-th of the clip's is sent, or ever fewer, as a "smart codec" does."""
        self.faults.keyframe_every, self.faults.keyframe_growth = every, growing

    def drop_parameter_sets(self) -> None:
        """Those of H.264 in the stream; the session description still has them."""
        self.faults.drops_parameter_sets = True

    def pace(self, factor: float) -> None:
        """Time stamps go so much too fast."""
        self.faults.pace = factor

    def narrow(self, bytes_per_s: int) -> None:
        """The link of sessions set up from now on over TCP; what it does not carry waits."""
        self.faults.link_bytes_per_s = bytes_per_s

    def heal(self) -> None:
        """The time stamps' jump stays, or it would be another one."""
        for fault in fields(Faults):
            if fault.name != "jump_ms":
                setattr(self.faults, fault.name, fault.default)

    def drop(self, how: Literal["fin", "rst"] = "rst") -> None:
        """Ends all connections there are; new ones are welcome."""
        self._call(lambda server: _drop_all(server, how))

    def play_clip(self, name: str, path: str | None = None) -> None:
        """Goes on with another clip of the same codec, with its own parameter sets, in the same session."""
        clip(name)
        for mount, source in self._sources.items():
            if path in (None, mount):
                source.name = name

    def set_credentials(self, username: str, password: str) -> None:
        """For requests from now on; who is watching goes on watching."""
        for path, mount in list(self._mounts.items()):
            self._mounts[path] = replace(mount, username=username, password=password)

    # Counters

    @property
    def connections(self) -> int:
        """Open now."""
        return self._call(lambda server: len(server.connections))

    @property
    def connections_total(self) -> int:
        return self.counters.connections

    def watching(self, path: str | None = None) -> int:
        """Sessions that play now."""
        paths = [path] if path else list(self._mounts)
        return self._call(lambda server: sum(server.watching(p) for p in paths))

    def played(self, path: str | None = None) -> int:
        """PLAY requests answered so far."""
        return self.counters.played[path] if path else sum(self.counters.played.values())

    def wait_until(self, condition: Callable[[], bool], *, limit_s: float = _LIMIT_S) -> None:
        """Raises TimeoutError."""
        deadline = time.monotonic() + limit_s
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {limit_s} s")
            time.sleep(0.01)

    def _call(self, function: Callable[[FaultyServer], _T]) -> _T:
        async def run() -> _T:
            assert self._server is not None, "the camera is unplugged"
            return function(self._server)

        return self._run(run())

    def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_LIMIT_S)


def _drop_all(server: FaultyServer, how: Literal["fin", "rst"]) -> None:
    for connection in tuple(server.connections):
        if how == "fin":
            connection.transport.close()
            continue
        tcp: socket.socket = connection.transport.get_extra_info("socket")
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.transport.abort()


def main() -> None:
    options = argparse.ArgumentParser(description="An RTSP camera that sends a clip in a loop.")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8554)
    options.add_argument("--clip", choices=sorted(SPECS), default="h264_aac")
    options.add_argument("--mounts", type=int, default=1, help="served as /cam1, /cam2, …; /cam is the first")
    options.add_argument("--username", default="")
    options.add_argument("--password", default="")
    chosen = options.parse_args()
    paths = {"/cam": chosen.clip} | {f"/cam{number}": chosen.clip for number in range(1, chosen.mounts + 1)}
    with TestCamera(paths, host=chosen.host, port=chosen.port, username=chosen.username, password=chosen.password) as camera:
        print(f"{camera.url('/cam')} and /cam1 to /cam{chosen.mounts}", flush=True)  # noqa: T201 - its output
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()

"""An HTTP server of somebody else's: it takes messages, fails, hangs, dribbles and comes back, as it is told."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Fault = Literal["", "hang", "dribble", "garbage", "hang up"]


@dataclass
class Taken:
    path: str
    headers: Message
    body: bytes


@dataclass
class Receiver:
    """`statuses` are for the next requests, one each; then 204. `fault` holds until it is changed."""

    port: int
    scheme: str = "http"
    statuses: list[int] = field(default_factory=list)
    answer_headers: dict[str, str] = field(default_factory=dict)
    fault: Fault = ""
    taken: list[Taken] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/hook", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        receiver.taken.append(Taken(self.path, self.headers, body))
        if receiver.fault == "hang":
            receiver.ended.wait(20)
        elif receiver.fault == "dribble":
            self._dribble()
        elif receiver.fault == "garbage":
            self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        elif receiver.fault == "":
            self._answer(receiver)
        self.close_connection = True

    def _answer(self, receiver: Receiver) -> None:
        self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
        for name, value in receiver.answer_headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"SECRET")

    def _dribble(self) -> None:
        """A byte of a header that never ends, often enough for no single read to take long."""
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self.server.receiver.ended.wait(0.05):
                self.wfile.write(b"a")
        except OSError:
            return

    def log_message(self, format: str, *args: Any) -> None:
        return


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    receiver: Receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        return


@contextmanager
def running_receiver(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    server = _Server(("127.0.0.1", 0), _Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver = server.receiver = Receiver(server.server_address[1], "https" if tls else "http")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.ended.set()
        server.shutdown()
        thread.join(5)
        server.server_close()

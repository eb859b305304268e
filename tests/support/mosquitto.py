"""A real MQTT broker: Debian's mosquitto, which a test can stop and start again at the same port."""

from __future__ import annotations

import json
import queue
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from tests.support.certificates import trusted_contexts
from tests.support.processes import wait_for

USER, PASSWORD = "nvr", "p@ss word"
_PROGRAM = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
_PASSWD = shutil.which("mosquitto_passwd") or "/usr/bin/mosquitto_passwd"


class Mosquitto:
    """It takes nobody but USER with PASSWORD. At `tls_port` it shows a certificate that nobody has signed."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        with socket.socket() as plain, socket.socket() as encrypted:
            for probe in (plain, encrypted):
                probe.bind(("127.0.0.1", 0))
            self.port, self.tls_port = (int(probe.getsockname()[1]) for probe in (plain, encrypted))
        trusted_contexts(directory, "localhost")
        pem = directory / "localhost.pem"
        passwords = directory / "passwords"
        passwords.touch(mode=0o600)
        subprocess.run([_PASSWD, "-b", str(passwords), USER, PASSWORD], check=True, capture_output=True)
        text = f"allow_anonymous false\npassword_file {passwords}\npersistence false\nuser root\nlistener {self.port} 127.0.0.1\n"
        text += f"listener {self.tls_port} 127.0.0.1\ncertfile {pem}\nkeyfile {pem}\n"
        (directory / "mosquitto.conf").write_text(text)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen([_PROGRAM, "-c", str(self._directory / "mosquitto.conf")], stdout=log, stderr=log)
        wait_for(self._listens, what="mosquitto")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(5)
            self._process = None

    def _listens(self) -> bool:
        assert self._process is not None and self._process.poll() is None, (self._directory / "log").read_text()
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False


class Listener:
    """A client that hears everything, and remembers the last word on each topic, as Home Assistant would."""

    def __init__(self, port: int) -> None:
        self.last: dict[str, bytes] = {}
        self.retained: set[str] = set()
        self.heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.username_pw_set(USER, PASSWORD)
        self._client.on_message = self._hear
        self._client.on_connect = lambda client, *_: client.subscribe("#", qos=1)
        is_subscribed = threading.Event()
        self._client.on_subscribe = lambda *_: is_subscribed.set()
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert is_subscribed.wait(10), "the broker does not take the subscription"

    def say(self, topic: str, payload: str) -> None:
        self._client.publish(topic, payload, qos=1).wait_for_publish(5)

    def wait_for(self, topic: str, payload: str | None = None, *, seconds: float = 10) -> bytes:
        def is_there() -> bool:
            return topic in self.last and (payload is None or self.last[topic] == payload.encode())

        try:
            wait_for(is_there, seconds=seconds, what=f"{topic} = {payload}")
        except TimeoutError as error:
            raise TimeoutError(f"{error}; there is {self.last.get(topic)!r}, and {sorted(self.last)}") from None
        return self.last[topic]

    def json(self, topic: str) -> Any:
        return json.loads(self.wait_for(topic))

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _hear(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        if message.retain:
            self.retained.add(message.topic)
        if not message.payload:
            self.last.pop(message.topic, None)
        else:
            self.last[message.topic] = bytes(message.payload)
        self.heard.put((message.topic, bytes(message.payload)))


@contextmanager
def running_mosquitto() -> Iterator[Mosquitto]:
    directory = Path(tempfile.mkdtemp(prefix="nvr-test-"))
    broker = Mosquitto(directory)
    try:
        broker.start()
        yield broker
    finally:
        broker.kill()
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def listening(broker: Mosquitto) -> Iterator[Listener]:
    listener = Listener(broker.port)
    try:
        yield listener
    finally:
        listener.close()

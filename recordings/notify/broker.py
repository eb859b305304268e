"""An MQTT broker: how it is reached, and one message to it. What is told there all the time is mqtt_bridge.py's.

The one door for paho.
"""

from __future__ import annotations

import json
import ssl
import threading
from dataclasses import dataclass, field
from typing import Any

from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from recordings.notify.letter import SENT, Letter, Outcome, Result

PORT, TLS_PORT = 1883, 8883
_TIMEOUT_S = 10.0
# MQTT 3.1.1, 3.2.2.3, by the names that paho gives them: the same again would be refused again.
_WRONG_USER = "It refuses: the user name or the password is wrong, or this user may not connect."
_REFUSALS = {
    "Bad user name or password": _WRONG_USER,
    "Not authorized": _WRONG_USER,
    "Client identifier not valid": "It refuses our name as a client.",
}


@dataclass(frozen=True, slots=True)
class Broker:
    """`prefix` is the first part of all our topics there; two NVRs on one broker need two."""

    host: str
    port: int = PORT
    has_tls: bool = False
    verifies: bool = True
    username: str = ""
    password: str = field(default="", repr=False)
    prefix: str = "nvr"
    discovery: str = "homeassistant"

    def tls(self) -> ssl.SSLContext | None:
        if not self.has_tls:
            return None
        context = ssl.create_default_context()
        if not self.verifies:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def send(letter: Letter, broker: Broker) -> Outcome:
    """One message to <prefix>/notification, acknowledged by the broker. Blocks for at most about 20 s."""
    message = {
        "id": letter.id,
        "type": "test" if letter.is_test else letter.sort,
        "title": letter.title,
        "text": letter.body,
        "url": letter.url or None,
        "rule": letter.rule,
        "at_ms": letter.at_ms,
        "events": list(letter.events),
    }
    return publish(broker, f"{broker.prefix}/notification", json.dumps(message, ensure_ascii=False).encode())


def publish(broker: Broker, topic: str, payload: bytes) -> Outcome:
    client = Client(CallbackAPIVersion.VERSION2)
    if broker.username:
        client.username_pw_set(broker.username, broker.password or None)
    if (tls := broker.tls()) is not None:
        client.tls_set_context(tls)
    client.connect_timeout = _TIMEOUT_S
    answered, answer = threading.Event(), []

    def on_connect(_client: Client, _data: Any, _flags: Any, code: ReasonCode, _properties: Any) -> None:
        answer.append(code)
        answered.set()

    client.on_connect = on_connect
    try:
        client.connect(broker.host, broker.port, keepalive=30)
        client.loop_start()
        if not answered.wait(_TIMEOUT_S):
            return Outcome(Result.AGAIN, f"{broker.host} does not answer as an MQTT broker does.")
        if answer[0].is_failure:
            return refusal(str(answer[0]))
        return _acknowledged(client.publish(topic, payload, qos=1), broker.host)
    except (OSError, ValueError) as error:
        return Outcome(Result.AGAIN, trouble(broker.host, error))
    finally:
        client.disconnect()
        client.loop_stop()


def refusal(name: str) -> Outcome:
    """`name` is the reason code's. Passwords are corrected by people, so these aren't tried again."""
    if name in _REFUSALS:
        return Outcome(Result.REFUSED, _REFUSALS[name])
    return Outcome(Result.AGAIN, f"It refuses the connection: {name}.")


def trouble(host: str, error: Exception) -> str:
    """Why a connection to `host` failed, for people."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {host} can't be trusted: {error.verify_message}."
    if isinstance(error, ssl.SSLError):
        return f"{host} does not speak TLS at this port."
    if isinstance(error, ConnectionResetError):
        return f"{host} hangs up at once: is it the right port, and TLS there or not?"
    if isinstance(error, TimeoutError):
        return f"{host} did not answer in time."
    if isinstance(error, ConnectionRefusedError):
        return f"{host} refuses connections: nothing listens at this port."
    return f"{host} can't be reached: {(isinstance(error, OSError) and error.strerror) or error}."


def _acknowledged(sent: MQTTMessageInfo, host: str) -> Outcome:
    sent.wait_for_publish(_TIMEOUT_S)
    return SENT if sent.is_published() else Outcome(Result.AGAIN, f"{host} did not acknowledge the message in time.")

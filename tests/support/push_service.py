"""A push service (RFC 8030) and a browser behind it: it believes nobody without a valid VAPID signature, and opens what it gets."""

from __future__ import annotations

import json
import secrets
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import http_ece
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from recordings.notify.push_crypto import from_base64url, public_bytes, to_base64url
from recordings.notify.web_push import Browser
from tests.support.certificates import trusted_contexts
from tests.support.webhook_receiver import Receiver, Taken, running_receiver

HOST = "push.example"


class PushBrowser:
    """What a browser keeps for itself when somebody subscribes."""

    def __init__(self, endpoint: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = secrets.token_bytes(16)
        self.subscription = Browser(endpoint, to_base64url(public_bytes(self._key)), to_base64url(self._secret))

    def as_json(self) -> dict[str, Any]:
        """As PushSubscription.toJSON() says it."""
        one = self.subscription
        return {"endpoint": one.endpoint, "expirationTime": None, "keys": {"p256dh": one.p256dh, "auth": one.auth}}

    def opened(self, taken: Taken) -> dict[str, Any]:
        assert taken.headers["Content-Encoding"] == "aes128gcm"
        plain = http_ece.decrypt(taken.body, private_key=self._key, auth_secret=self._secret, version="aes128gcm")
        message: dict[str, Any] = json.loads(plain)
        return message


@dataclass
class PushService:
    receiver: Receiver
    trusting: ssl.SSLContext

    def browser(self) -> PushBrowser:
        return PushBrowser(self.receiver.url(f"/push/{secrets.token_urlsafe(12)}", HOST))

    def resolve(self, host: str, _port: int) -> list[str]:
        assert host == HOST, f"nobody but the push service is to be called, not {host}"
        return ["127.0.0.1"]

    def claims(self, taken: Taken) -> dict[str, Any]:
        """What the sender says of itself, its signature verified with the key that it shows (RFC 8292, 4)."""
        scheme, parameters = taken.headers["Authorization"].split(" ", 1)
        assert scheme == "vapid"
        given = dict(part.strip().split("=", 1) for part in parameters.split(","))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64url(given["k"]))
        signed, _, signature = given["t"].rpartition(".")
        raw = from_base64url(signature)
        whole = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        key.verify(whole, signed.encode(), ec.ECDSA(hashes.SHA256()))
        claims: dict[str, Any] = json.loads(from_base64url(signed.split(".")[1]))
        return claims | {"key": given["k"]}


@contextmanager
def running_push_service(directory: Path) -> Iterator[PushService]:
    serving, trusting = trusted_contexts(directory, HOST)
    with running_receiver(serving) as receiver:
        receiver.statuses = []
        yield PushService(receiver, trusting)

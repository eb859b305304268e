"""Web Push encryption, RFC 8291 on RFC 8188, and VAPID, RFC 8292. Pure: keys, salt and time come in.

    body = salt (16) | record size (4, big endian) | key id length (1) | our public key (65) | AES-128-GCM of payload and 0x02

One record of 4096 bytes is what every push service takes (RFC 8030, 7.2); it leaves 3993 bytes for the payload. Sending is web_push.py.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MOST_PAYLOAD_BYTES = 3993
_RECORD_BYTES = 4096
_CURVE = ec.SECP256R1()
_POINT_BYTES, _SECRET_BYTES, _SALT_BYTES = 65, 16, 16
# RFC 8292, 2: "exp" must not be more than a day away.
_VALID_S = 12 * 3600


class PushKeyError(ValueError):
    """A browser's keys that are none."""


@dataclass(frozen=True, slots=True)
class BrowserKeys:
    """`p256dh` and `auth` of a PushSubscription, as bytes. Raises PushKeyError."""

    public: bytes
    secret: bytes

    def __post_init__(self) -> None:
        if len(self.public) != _POINT_BYTES or len(self.secret) != _SECRET_BYTES:
            raise PushKeyError("p256dh has 65 bytes and auth 16, in base64url")
        _point(self.public)


def to_browser_keys(p256dh: str, auth: str) -> BrowserKeys:
    """Raises PushKeyError."""
    try:
        return BrowserKeys(from_base64url(p256dh), from_base64url(auth))
    except ValueError as error:
        raise PushKeyError("p256dh and auth are the browser's keys in base64url") from error


def encrypt(payload: bytes, keys: BrowserKeys, *, ephemeral: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """`ephemeral` and `salt` (16 random bytes) serve for one message only."""
    if len(payload) > MOST_PAYLOAD_BYTES:
        raise ValueError(f"{len(payload)} bytes of payload are more than {MOST_PAYLOAD_BYTES}")
    assert len(salt) == _SALT_BYTES
    ours = public_bytes(ephemeral)
    shared = ephemeral.exchange(ec.ECDH(), _point(keys.public))
    # RFC 8291, 3.3 and 3.4
    input_key = _hkdf(keys.secret, shared, b"WebPush: info\x00" + keys.public + ours, 32)
    content_key = _hkdf(salt, input_key, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _hkdf(salt, input_key, b"Content-Encoding: nonce\x00", 12)
    sealed = AESGCM(content_key).encrypt(nonce, payload + b"\x02", None)
    return salt + _RECORD_BYTES.to_bytes(4, "big") + bytes([len(ours)]) + ours + sealed


def vapid_header(audience: str, subject: str, key: ec.EllipticCurvePrivateKey, *, now_s: int) -> str:
    """The value of Authorization. `audience` is the push service's origin, `subject` a mailto: or https: address of whoever runs this."""
    head = to_base64url(json.dumps({"typ": "JWT", "alg": "ES256"}, separators=(",", ":")).encode())
    claims = to_base64url(json.dumps({"aud": audience, "exp": now_s + _VALID_S, "sub": subject}, separators=(",", ":")).encode())
    r, s = decode_dss_signature(key.sign(f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256())))
    signature = to_base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={head}.{claims}.{signature}, k={to_base64url(public_bytes(key))}"


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The uncompressed point: what a browser wants as applicationServerKey."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def derived_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """The private key that a kept random secret stands for: its digest, as a number within the order of the curve."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    number = int.from_bytes(hashlib.sha512(b"nvr web push\x00" + secret).digest(), "big") % (order - 1) + 1
    return ec.derive_private_key(number, _CURVE)


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Raises ValueError."""
    return base64.b64decode(text.encode("ascii").rstrip(b"=") + b"=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)


def _point(data: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise PushKeyError("p256dh is no point of the curve P-256") from error


def _hkdf(salt: bytes, key: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 with SHA-256, for at most 32 bytes."""
    extracted = hmac.digest(salt, key, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")[:length]

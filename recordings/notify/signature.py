"""How a webhook is signed, so that its receiver knows who sent it and when: Standard Webhooks (https://www.standardwebhooks.com). Pure.

    webhook-id          stays the same when a message is sent again
    webhook-timestamp   seconds since 1970, of this attempt
    webhook-signature   "v1," and the base64 of HMAC-SHA256 over "<id>.<timestamp>.<body>"

The key is the secret behind "whsec_", in base64.
"""

from __future__ import annotations

import base64
import binascii
import hmac

PREFIX = "whsec_"
_FEWEST_BYTES, _MOST_BYTES = 16, 64


class SecretError(ValueError):
    """Not a secret. The message says what one looks like."""


def to_secret(random: bytes) -> str:
    return PREFIX + base64.b64encode(random).decode("ascii")


def parse_secret(text: str) -> bytes:
    """Raises SecretError."""
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not text.startswith(PREFIX) or not _FEWEST_BYTES <= len(key) <= _MOST_BYTES:
        raise SecretError(f"a secret is “{PREFIX}” and {_FEWEST_BYTES} to {_MOST_BYTES} bytes in base64")
    return key


def signed_headers(body: bytes, secret: str, *, message_id: str, now_s: int) -> dict[str, str]:
    """Raises SecretError."""
    signed = f"{message_id}.{now_s}.".encode() + body
    digest = base64.b64encode(hmac.digest(parse_secret(secret), signed, "sha256")).decode("ascii")
    return {"webhook-id": message_id, "webhook-timestamp": str(now_s), "webhook-signature": f"v1,{digest}"}

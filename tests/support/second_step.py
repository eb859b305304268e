"""A phone with an authenticator app (RFC 6238), written from the standard and not from the library that checks it."""

from __future__ import annotations

import base64
import hmac
import struct
import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User

SECRET = "JBSWY3DPEHPK3PXP"


def code_of(secret: str = SECRET, *, periods_ago: int = 0) -> str:
    counter = int(time.time()) // 30 - periods_ago
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), "sha1").digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def give_second_step(user: User) -> list[str]:
    """Switches on an app with SECRET. Returns the recovery codes."""
    TOTP.activate(user, SECRET)
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes

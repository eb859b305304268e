"""Sends one message to one browser by its push service, RFC 8030. The service sees when, and to which browser; not what."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

from recordings.notify import http_post
from recordings.notify.http_post import AddressError, Door, parse_address
from recordings.notify.letter import Letter, Outcome, Result
from recordings.notify.push_crypto import (
    MOST_PAYLOAD_BYTES,
    BrowserKeys,
    PushKeyError,
    encrypt,
    public_bytes,
    to_base64url,
    to_browser_keys,
    vapid_header,
)

# How long the service keeps it for a browser that is away: a night.
_TTL_S = 12 * 3600
_MOST_TITLE, _MOST_BODY = 120, 900
# RFC 8030, 5.4: at most 32 characters of base64url.
_TOPIC_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Browser:
    """A PushSubscription, RFC 8030 and 8291."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Vapid:
    """Who we are to the push services. `subject` is a mailto: or https: address."""

    key: ec.EllipticCurvePrivateKey
    subject: str

    @property
    def public_key(self) -> str:
        """As a browser's `applicationServerKey`."""
        return to_base64url(public_bytes(self.key))


def check_browser(browser: Browser) -> BrowserKeys:
    """Raises AddressError for an endpoint, PushKeyError for keys that can't be."""
    parse_address(browser.endpoint, schemes=("https",))
    return to_browser_keys(browser.p256dh, browser.auth)


def payload_of(letter: Letter) -> bytes:
    """What static/js/sw.js reads."""
    shown = {
        "id": letter.id,
        "title": letter.title[:_MOST_TITLE],
        "body": letter.body[:_MOST_BODY],
        "path": letter.path,
        "sort": letter.sort,
        "at_ms": letter.at_ms,
        "picture": letter.picture_path,
    }
    payload = json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()
    assert len(payload) <= MOST_PAYLOAD_BYTES, "titles and texts are cut to what fits"
    return payload


def send(letter: Letter, browser: Browser, vapid: Vapid, door: Door) -> Outcome:
    """GONE when the browser has withdrawn its subscription."""
    try:
        keys = check_browser(browser)
    except (AddressError, PushKeyError) as error:
        return Outcome(Result.REFUSED, f"The browser's subscription can't be used: {error}.")
    parts = parse_address(browser.endpoint, schemes=("https",))
    body = encrypt(payload_of(letter), keys, ephemeral=ec.generate_private_key(ec.SECP256R1()), salt=secrets.token_bytes(16))
    headers = {
        "Authorization": vapid_header(f"{parts.scheme}://{parts.netloc}", vapid.subject, vapid.key, now_s=int(time.time())),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(_TTL_S),
        "Urgency": "high",
        # Sent twice, the second replaces the first as long as the browser has not fetched it.
        "Topic": letter.id.replace("-", "")[:_TOPIC_LENGTH],
    }
    outcome, status = http_post.post(browser.endpoint, body, headers, door)
    if status in (404, 410):
        return Outcome(Result.GONE, "This browser does not take messages any more.")
    return outcome

"""A message as JSON to a program's address, signed. What is in it is documented in docs/notifications.md."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from recordings.notify import http_post
from recordings.notify.http_post import Door
from recordings.notify.letter import Letter, Outcome, Result
from recordings.notify.signature import SecretError, signed_headers


def body_of(letter: Letter, *, has_picture: bool) -> bytes:
    message: dict[str, Any] = {
        "id": letter.id,
        "type": "test" if letter.is_test else letter.sort,
        "title": letter.title,
        "text": letter.body,
        "url": letter.url or None,
        "rule": letter.rule,
        "at_ms": letter.at_ms,
        "events": list(letter.events),
        "picture": None,
    }
    if has_picture and letter.picture is not None:
        message["picture"] = {"type": "image/jpeg", "base64": base64.b64encode(letter.picture).decode("ascii")}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def send(letter: Letter, url: str, secret: str, door: Door, *, has_picture: bool = True) -> Outcome:
    body = body_of(letter, has_picture=has_picture)
    try:
        signed = signed_headers(body, secret, message_id=letter.id, now_s=int(time.time()))
    except SecretError as error:
        return Outcome(Result.REFUSED, f"The message can't be signed: {error}.")
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "NVR", **signed}
    outcome, status = http_post.post(url, body, headers, door)
    # 410 is how a receiver says that it wants no more of this; what else it refuses may be our next message's chance.
    return Outcome(Result.REFUSED, "It does not want messages any more: 410 (Gone).") if status == 410 else outcome

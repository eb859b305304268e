"""What a delivery says, as its rule's owner may be told now."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from PIL import Image

from cameras.models import Stream
from recordings.models import Delivery, Event, Notice
from recordings.models.events import SEEN_KINDS
from recordings.notify.decision import CAMERA_DOWN, GAP, STORAGE, Phase
from recordings.notify.letter import Letter
from recordings.notify.words import Fact, words_of
from recordings.services import event_pictures, strips
from recordings.services.notices.rights import tellable
from recordings.services.notices.wishes import labels_of, zone_of

_PICTURE_SALT = "picture of a push message"
# As long as a push service keeps the message for a phone that is switched off.
PICTURE_VALID_S = 12 * 3600
_PICTURE_PX, _QUALITY = 640, 80


def letter_of(delivery: Delivery, *, has_picture: bool) -> Letter | None:
    """None when there is nothing left that the owner may be told of."""
    rule = delivery.message.rule
    notices = list(delivery.message.notices.filter(held="").select_related("event__camera").order_by("event__start_ms", "pk"))
    allowed = {event.pk for event in tellable(rule.owner, [notice.event for notice in notices])}
    notices = [notice for notice in notices if notice.event_id in allowed]
    if not notices:
        return None
    words = words_of([_fact(notice) for notice in notices], delivery.message.sort, zone_of(rule))
    path = _path(notices)
    shown = next((notice.event for notice in notices if notice.phase == Phase.BEGUN and notice.event.camera_id is not None), None)
    picture = picture_of(shown) if has_picture and shown is not None and shown.kind in SEEN_KINDS else None
    return Letter(
        id=str(delivery.key),
        title=words.title,
        body=words.body,
        sort=_sort(notices, delivery.message.sort),
        at_ms=notices[0].event.start_ms,
        path=path,
        url=absolute(path),
        rule=rule.name,
        events=tuple(described(notice.event, notice.phase) for notice in notices),
        picture=picture,
        picture_path=picture_path(shown, rule.owner_id) if picture and shown else "",
    )


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else ""


def picture_of(event: Event) -> bytes | None:
    """The event's own picture; before that is made, one of the moment in which it was to be seen best so far. A JPEG."""
    if event.camera is None:
        return None
    if event.has_picture:
        with suppress(OSError):
            return _smaller(event_pictures.path_of(event, event_pictures.PICTURE).read_bytes())
    at_ms = event.best_at_ms if event.best_at_ms is not None else event.start_ms
    previews = (strips.preview_at(event.camera, role, at_ms, width_px=_PICTURE_PX) for role in Stream.Role.values)
    return next((preview.jpeg for preview in previews if preview is not None), None)


def picture_path(event: Event, user_id: int) -> str:
    """For a device that may have no session: signed, for this person and event, and only while it is new."""
    token = signing.dumps([event.pk, user_id], salt=_PICTURE_SALT)
    return reverse("pages:push-picture", args=[token])


def picture_by(token: str) -> tuple[int, int] | None:
    """Event and user that a token was made for, while it is valid."""
    try:
        event_id, user_id = signing.loads(token, salt=_PICTURE_SALT, max_age=PICTURE_VALID_S)
    except signing.BadSignature:
        return None
    return int(event_id), int(user_id)


def _fact(notice: Notice) -> Fact:
    event = notice.event
    return Fact(
        kind=event.kind,
        is_end=notice.phase == Phase.ENDED,
        name=event.camera.name if event.camera else event.subject or "the installation",
        start_ms=event.start_ms,
        end_ms=event.end_ms,
        zones=tuple(str(zone) for zone in event.zones),
        labels=tuple(labels_of(event)),
        reason=event.reason,
    )


def described(event: Event, phase: str) -> dict[str, Any]:
    """For programs; docs/notifications.md has the fields."""
    return {
        "id": event.pk,
        "kind": event.kind,
        "state": str(phase),
        "camera": event.camera.slug if event.camera else None,
        "camera_name": event.camera.name if event.camera else None,
        "subject": event.subject,
        "reason": event.reason,
        "start_ms": event.start_ms,
        "end_ms": event.end_ms,
        "score": event.peak_score,
        "zones": event.zones,
        "labels": event.labels,
        "url": absolute(_path_of(event)) or None,
    }


def _sort(notices: list[Notice], sort: str) -> str:
    """For programs: what a message is about that gathers footage which is missing, but not the disk that is to blame."""
    if sort == STORAGE and all(notice.event.kind == GAP for notice in notices):
        return GAP
    return sort.replace(" ", "_")


def _path(notices: list[Notice]) -> str:
    told = [notice.event for notice in notices if notice.event.kind == STORAGE] or [notice.event for notice in notices]
    return _path_of(told[0]) if len(told) == 1 else "/events/"


def _path_of(event: Event) -> str:
    if event.kind == CAMERA_DOWN and event.camera is not None:
        return reverse("pages:camera", args=[event.camera.slug])
    if event.kind == STORAGE:
        return reverse("pages:storage")
    return f"/events/?event={event.pk}"


def _smaller(jpeg: bytes) -> bytes:
    """What a telephone or a mailbox needs of it. Raises OSError for what is no picture."""
    with Image.open(io.BytesIO(jpeg)) as image:
        image.draft("RGB", (_PICTURE_PX, _PICTURE_PX))
        image.thumbnail((_PICTURE_PX, _PICTURE_PX))
        file = io.BytesIO()
        image.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()

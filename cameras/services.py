"""What can be done to cameras, by admin, API and commands alike.

Refused input raises django.core.exceptions.ValidationError with plain words by field name; nothing in it repeats a password.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, count

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.text import slugify

from cameras import events
from cameras.addresses import agreed, check_name, read_source, split_address
from cameras.audit.entries import note
from cameras.models import Action, AuditAction, Camera, Grant, Stream, StreamState
from cameras.permissions import is_superuser
from cameras.stream_url import Credentials, StreamUrl, redact
from cameras.token_scope import is_limited
from cameras.verdict import Verdict

SWITCHED_OFF = "switched off"
_REASON_LENGTH = 300
_RESERVED_SLUGS = {"add"}  # /cameras/add/ is a page of its own


@dataclass(frozen=True, slots=True)
class StreamChange:
    """None keeps what is there. A role the camera has not yet gets a stream, and needs a `url` then. The main stream can't be removed."""

    role: str
    url: str | None = None
    transport: str | None = None
    verify_tls: bool | None = None
    is_removed: bool = False


def add_camera(
    *,
    name: str,
    url: str,
    sub_url: str = "",
    username: str = "",
    password: str = "",
    transport: str = Stream.Transport.TCP,
    verify_tls: bool = False,
    is_enabled: bool = True,
    position: int | None = None,
    record: str = Camera.Record.CONTINUOUS,
    detects_motion: bool | None = None,
    by: AbstractBaseUser | None = None,
) -> Camera:
    """Either address may hold credentials; they are stored apart from it. A creator who isn't a superuser gets the rights on it.

    `detects_motion`: None for what `record` needs.
    """
    name = free_name(name)
    source = read_source(url=url, sub_url=sub_url, username=username, password=password)
    with transaction.atomic():
        camera = Camera.objects.create(
            name=name,
            slug=free_slug(name),
            username=source.credentials.username,
            password=source.credentials.password,
            is_enabled=is_enabled,
            position=next_position() if position is None else position,
            record=record,
            detects_motion=settled_detection(record, wanted=detects_motion, now=False),
        )
        for role, address in source.addresses.items():
            Stream.objects.create(camera=camera, role=role, url=str(address), transport=transport, verify_tls=verify_tls)
        if by is not None:
            grant_creator(camera, by)
        announce_list()
    return camera


def change_camera(
    camera: Camera,
    *,
    by: AbstractBaseUser,
    name: str | None = None,
    is_enabled: bool | None = None,
    position: int | None = None,
    record: str | None = None,
    detects_motion: bool | None = None,
    username: str | None = None,
    password: str | None = None,
    streams: tuple[StreamChange, ...] = (),
) -> None:
    """None keeps a value, "" removes a user name or password. The slug stays, so that links do."""
    if name is not None:
        camera.name = free_name(name, besides=camera)
    if is_enabled is not None:
        camera.is_enabled = is_enabled
    if position is not None:
        camera.position = position
    if record is not None:
        change_record(camera, record)
    camera.detects_motion = settled_detection(camera.record, wanted=detects_motion, now=camera.detects_motion)
    addresses, pasted = _changed_addresses(streams)
    typed = agreed([Credentials(username or "", password or ""), *pasted])
    is_new_password = bool(typed.password) or password == ""
    guard_password(camera, addresses.values(), is_new_password=is_new_password, by=by)
    if typed.username or username == "":
        camera.username = typed.username
    if is_new_password:
        camera.password = typed.password
    with transaction.atomic():
        camera.save()
        for change in streams:
            _change_stream(camera, change, addresses.get(change.role))
        announce_list()
    if not camera.is_enabled:
        switch_off(camera)


def change_record(camera: Camera, record: str) -> None:
    """Does not save. Since when a camera is recorded as it is decides which footage the rule of that way is about."""
    if record != camera.record:
        camera.record, camera.record_changed_at = record, timezone.now()


def settled_detection(record: str, *, wanted: bool | None, now: bool) -> bool:
    """Whether motion is to be detected: as is wanted (None: as it is now), and always where it is recorded on motion."""
    if record != Camera.Record.MOTION:
        return now if wanted is None else wanted
    if wanted is False:
        raise ValidationError({"motion": "recording on motion needs motion detection: choose another way to record first"})
    return True


def remove_camera(camera: Camera) -> None:
    with transaction.atomic():
        camera.delete()
        announce_list()


def set_status(camera_id: int, role: str, state: str, reason: str) -> None:
    """Writes and publishes the state of a stream if it is news; of the camera too when the stream is the main one.

    Costs one read when nothing changed. `state_changed_at` tells since when the state holds, whatever the reason.
    """
    reason = redact(reason)[:_REASON_LENGTH]
    streams = Stream.objects.filter(camera_id=camera_id, role=role)
    old = streams.values_list("state", "state_reason", "camera__slug", "state_changed_at").first()
    if old is None or old[:2] == (state, reason):
        return
    old_state, old_reason, slug, old_changed_at = old
    changed_at = old_changed_at if state == old_state else timezone.now()
    news = {"state": state, "state_reason": reason, "state_changed_at": changed_at}
    with transaction.atomic():
        if not streams.filter(state=old_state, state_reason=old_reason).update(**news):
            return  # another process was quicker and has told already
        if role == Stream.Role.MAIN:
            Camera.objects.filter(pk=camera_id).update(**news)
            event = events.CameraState(type="camera.state", camera=slug, state=state, reason=reason, changed_at=changed_at.isoformat())
            transaction.on_commit(lambda: events.publish(camera_id, event))


def switch_off(camera: Camera) -> None:
    """Says at once what the ingest worker will find within its next look at the list."""
    for role in camera.streams.values_list("role", flat=True):
        set_status(camera.pk, role, StreamState.OFF, SWITCHED_OFF)


def test_connection(camera: Camera, role: str) -> Verdict:
    """Opens the stream once more, for up to about 20 s: for a thread that may wait."""
    stream = camera.streams.get(role=role)
    return probe_address(stream.address, Credentials(camera.username, camera.password), stream.transport, stream.verify_tls)


def probe_address(address: StreamUrl, credentials: Credentials, transport: str, verify_tls: bool) -> Verdict:
    """Runs settings.NVR_CAMERA_PROBER, in an event loop of its own if it needs one."""
    found = import_string(settings.NVR_CAMERA_PROBER)(address, credentials, transport, verify_tls)
    verdict = asyncio.run(found) if inspect.iscoroutine(found) else found
    if not isinstance(verdict, Verdict):
        raise TypeError(f"{settings.NVR_CAMERA_PROBER} answered {type(verdict).__name__}, not a Verdict")
    return verdict


def guard_password(camera: Camera, addresses: Iterable[StreamUrl], *, is_new_password: bool, by: AbstractBaseUser) -> None:
    """Sends the stored password to another host only for those who know it: else who may configure could have it delivered."""
    if is_new_password or not camera.password or (is_superuser(by) and not is_limited(by)):
        return
    known_hosts = {stream.address.host for stream in camera.streams.all()}
    if any(address.host not in known_hosts for address in addresses):
        raise ValidationError({"password": "the address leads to another host: enter the camera's password again"})


def free_name(name: str, *, besides: Camera | None = None) -> str:
    name = check_name(name)
    namesakes = Camera.objects.filter(name=name)
    if (namesakes.exclude(pk=besides.pk) if besides else namesakes).exists():
        raise ValidationError({"name": f"there is already a camera called “{name}”"})
    return name


def free_slug(name: str) -> str:
    stem = slugify(name)[:90] or "camera"
    taken = set(Camera.objects.filter(slug__startswith=stem).values_list("slug", flat=True)) | _RESERVED_SLUGS
    return next(slug for slug in chain([stem], (f"{stem}-{n}" for n in count(2))) if slug not in taken)


def next_position() -> int:
    highest: int | None = Camera.objects.aggregate(highest=Max("position"))["highest"]
    return 0 if highest is None else highest + 1


def grant_creator(camera: Camera, user: AbstractBaseUser) -> None:
    if not getattr(user, "is_superuser", False):
        Grant.objects.bulk_create(Grant(user_id=user.pk, camera=camera, action=action) for action in Action)
        note(AuditAction.ADD, camera=camera, kind="right", name=f"{user.get_username()} may do everything with {camera}")


def announce_list() -> None:
    """Makes open dashboards look again at which cameras there are and who may see them."""
    transaction.on_commit(events.publish_list_change)


def _changed_addresses(streams: Iterable[StreamChange]) -> tuple[dict[str, StreamUrl], list[Credentials]]:
    addresses: dict[str, StreamUrl] = {}
    pasted: list[Credentials] = []
    for change in streams:
        if change.url is not None:
            addresses[change.role], credentials = split_address(change.url, field="streams")
            pasted.append(credentials)
    return addresses, pasted


def _change_stream(camera: Camera, change: StreamChange, address: StreamUrl | None) -> None:
    stream = camera.streams.filter(role=change.role).first()
    if change.is_removed:
        if change.role == Stream.Role.MAIN:
            raise ValidationError({"streams": "a camera needs its main stream"})
        camera.streams.filter(role=change.role).delete()
        return
    if stream is None:
        if address is None:
            raise ValidationError({"streams": f"the camera has no {change.role} stream yet; give its url"})
        stream = Stream(camera=camera, role=change.role)
    if address is not None:
        stream.url = str(address)
    if change.transport is not None:
        stream.transport = change.transport
    if change.verify_tls is not None:
        stream.verify_tls = change.verify_tls
    stream.save()

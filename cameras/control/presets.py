"""Views with a name and a picture. The camera keeps the views; we keep names, order and pictures, and look what it has.

What somebody does in the camera's own pages shows here after sync(): new ones come, those gone go, a new name there is taken over. A name
given here reaches the camera when the view is stored again, since ONVIF has no renaming without moving the head.
"""

from __future__ import annotations

import io
import logging
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path

from asgiref.sync import async_to_sync
from django.conf import settings as project
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.module_loading import import_string
from PIL import Image, UnidentifiedImageError

from cameras import events
from cameras.addresses import check_name
from cameras.control import steering
from cameras.control.bridge import steerage
from cameras.control.commands import device_settings, once
from cameras.models import Camera, Preset
from cameras.onvif.errors import CameraRefuses, NotSupported, OnvifError
from cameras.onvif.media import snapshot
from cameras.onvif.ptz import DevicePreset, Ptz

logger = logging.getLogger(__name__)

# Enough to draw zones on.
_PICTURE_PX = 640
_MOST = 100


def visible(camera: Camera) -> list[Preset]:
    return list(Preset.objects.filter(camera=camera, is_hidden=False).select_related("camera"))


def sync(camera: Camera) -> list[Preset]:
    """Asks the camera what it has. Raises OnvifError."""
    settings = device_settings(camera)
    found = steerage.run(lambda bridge: bridge.look(settings, Ptz.presets))
    before = visible(camera)
    _adopt(camera, found[:_MOST])
    after = visible(camera)
    if [(preset.pk, preset.name) for preset in before] != [(preset.pk, preset.name) for preset in after]:
        _tell(camera)
    return after


def create(camera: Camera, user: AbstractBaseUser, *, name: str) -> Preset:
    """Of where the camera looks now, with its picture. Raises ValidationError, OnvifError, SteeredByAnother."""
    name = _free_name(camera, name)
    number = Preset.objects.filter(camera=camera).count() + 1
    token = once(camera, user, lambda head: _store(head, name, f"Preset {number}"))
    highest = Preset.objects.filter(camera=camera).aggregate(highest=Max("position"))["highest"]
    values = {"name": name, "device_name": name, "is_hidden": False, "position": 0 if highest is None else highest + 1}
    preset, _ = Preset.objects.update_or_create(camera=camera, token=token, defaults=values)
    take_picture(preset)
    _tell(camera)
    return preset


def store_again(preset: Preset, user: AbstractBaseUser) -> None:
    """Its view becomes what the camera sees now."""
    name, token = preset.name, preset.token
    once(preset.camera, user, lambda head: _store(head, name, preset.device_name or "Preset", token))
    Preset.objects.filter(pk=preset.pk).update(device_name=name)
    take_picture(preset)
    _tell(preset.camera)


def rename(preset: Preset, *, name: str) -> None:
    preset.name = _free_name(preset.camera, name, besides=preset)
    preset.save(update_fields=["name"])
    _tell(preset.camera)


def remove(preset: Preset, user: AbstractBaseUser) -> None:
    """On the camera, too; one that can't delete keeps it, and it is hidden here."""
    camera, token, picture = preset.camera, preset.token, picture_path(preset)
    try:
        once(camera, user, lambda head: head.remove_preset(token))
        preset.delete()
    except NotSupported:
        Preset.objects.filter(pk=preset.pk).update(is_hidden=True)
        preset.stops.all().delete()
    except CameraRefuses:
        settings = device_settings(camera)
        if any(known.token == token for known in steerage.run(lambda bridge: bridge.look(settings, Ptz.presets))):
            raise
        preset.delete()  # somebody was quicker
    picture.unlink(missing_ok=True)
    _tell(camera)


def reorder(camera: Camera, ids: Sequence[int]) -> list[Preset]:
    """Those named come first, in that order."""
    presets = {preset.pk: preset for preset in Preset.objects.filter(camera=camera)}
    if unknown := set(ids) - presets.keys():
        raise ValidationError({"ids": f"this camera has no preset {min(unknown)}"})
    ordered = [presets[pk] for pk in dict.fromkeys(ids)] + [preset for preset in presets.values() if preset.pk not in ids]
    for position, preset in enumerate(ordered):
        preset.position = position
    Preset.objects.bulk_update(ordered, ["position"])
    _tell(camera)
    return visible(camera)


def go(preset: Preset, user: AbstractBaseUser, *, speed: float | None = None) -> None:
    settings = device_settings(preset.camera)
    steering.take(preset.camera, user)
    token, pk = preset.token, preset.pk
    steerage.run(lambda bridge: bridge.go(settings, lambda head: head.go_to_preset(token, speed=speed), preset_id=pk))


def take_picture(preset: Preset) -> bool:
    """What the camera sees now, from the camera itself or from its stream. A preset without a picture is one all the same."""
    picture = _device_picture(preset.camera) or _stream_picture(preset.camera)
    if picture is None:
        return False
    path = picture_path(preset)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_suffix(".new")
    written.write_bytes(picture)
    written.replace(path)
    preset.picture_at = timezone.now()
    Preset.objects.filter(pk=preset.pk).update(picture_at=preset.picture_at)
    return True


def forget_pictures_of_others(camera_ids: Collection[int]) -> None:
    """Deletes what was kept of presets of cameras that are not among these."""
    root = Path(project.PRESET_PICTURES_DIR)
    for directory in root.iterdir() if root.is_dir() else []:
        if directory.name.isdecimal() and int(directory.name) not in camera_ids:
            shutil.rmtree(directory, ignore_errors=True)


def picture_path(preset: Preset) -> Path:
    return Path(project.PRESET_PICTURES_DIR) / str(preset.camera_id) / f"{preset.pk}.jpg"


async def _store(head: Ptz, name: str, plain_name: str, token: str = "") -> str:
    """Some cameras take letters and digits only."""
    try:
        return await head.set_preset(name, token)
    except CameraRefuses:
        if name.isascii() and name.replace(" ", "").isalnum():
            raise
        return await head.set_preset(plain_name, token)


def _adopt(camera: Camera, found: Sequence[DevicePreset]) -> None:
    known = {preset.token: preset for preset in Preset.objects.filter(camera=camera)}
    names = {preset.name for preset in known.values()}
    position = max((preset.position for preset in known.values()), default=-1)
    with transaction.atomic():
        Preset.objects.filter(camera=camera).exclude(token__in=[preset.token for preset in found]).delete()
        for preset in found:
            ours = known.get(preset.token)
            if ours is None:
                position += 1
                name = preset.name if preset.name not in names else f"{preset.name} ({preset.token})"[:100]
                names.add(name)
                Preset.objects.create(camera=camera, token=preset.token, name=name, device_name=preset.name, position=position)
            elif ours.device_name != preset.name:
                name = preset.name if ours.device_name else ours.name
                Preset.objects.filter(pk=ours.pk).update(name=name, device_name=preset.name)


def _free_name(camera: Camera, name: str, *, besides: Preset | None = None) -> str:
    name = check_name(name)
    others = Preset.objects.filter(camera=camera, name=name, is_hidden=False)
    if (others.exclude(pk=besides.pk) if besides else others).exists():
        raise ValidationError({"name": f"there is already a preset called “{name}”"})
    return name


def _device_picture(camera: Camera) -> bytes | None:
    try:
        settings = device_settings(camera)
        profile = steerage.run(lambda bridge: bridge.look(settings, _profile_of))
        return _small(steerage.run(lambda bridge: bridge.ask(settings, lambda client: snapshot(client, profile))))
    except OnvifError as error:
        logger.debug("no picture from camera %s itself: %s", camera.slug, error)
        return None


async def _profile_of(head: Ptz) -> str:
    return head.profile


def _stream_picture(camera: Camera) -> bytes | None:
    picture = async_to_sync(import_string(project.NVR_CAMERA_PICTURE))(camera.pk, at_most_px=_PICTURE_PX)
    return None if picture is None else _small(picture.jpeg)


def _small(jpeg: bytes) -> bytes | None:
    """Decoded and made anew, whatever the camera sent; None for what is no picture."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image:
            image.draft("RGB", (_PICTURE_PX, _PICTURE_PX))
            image.thumbnail((_PICTURE_PX, _PICTURE_PX))
            written = io.BytesIO()
            image.convert("RGB").save(written, "JPEG", quality=80)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        logger.debug("not a picture: %s", error)
        return None
    return written.getvalue()


def _tell(camera: Camera) -> None:
    events.publish(camera.pk, events.PresetsChanged(type="ptz.presets", camera=camera.slug))

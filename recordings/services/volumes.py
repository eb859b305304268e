"""Recording directories as an operator handles them: the first one, further ones, and how each is.

A directory is made ours here and nowhere else. The recorder only ever looks whether it still is.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from cameras import events
from recordings.directory import DirectoryError, is_claimed
from recordings.models import Volume

logger = logging.getLogger(__name__)
FIRST_NAME = "recordings"
_REASON_LENGTH = 300


def ensure_first_volume(path: Path) -> Volume | None:
    """On an installation that has no volume at all, makes the default one. Called at the start, before anything records.

    Footage of another database that lies there is neither mixed with ours nor touched: a directory beside it is made then.
    """
    with transaction.atomic():
        if Volume.objects.exists():
            return None
        volume = Volume.objects.create(name=FIRST_NAME, path=str(path))
    try:
        if is_claimed(path):
            volume.path = str(path.with_name(f"{path.name}-{volume.pk.hex[:8]}"))
            volume.save(update_fields=["path"])
            logger.warning("%s holds footage of another database and is left alone; recording goes to %s", path, volume.path)
        volume.directory().claim()
    except OSError as error:
        volume.delete()
        logger.error("nothing can be recorded: %s", error)
        return None
    return volume


def add_volume(
    *, name: str, path: str, keep_free_bytes: int | None = None, max_bytes: int | None = None, is_enabled: bool = True
) -> Volume:
    """Makes the directory ours and uses it from then on, after those there are. Raises ValidationError in words."""
    volume = Volume(name=name.strip(), path=check_path(path), max_bytes=max_bytes, is_enabled=is_enabled)
    if keep_free_bytes is not None:
        volume.keep_free_bytes = keep_free_bytes
    highest: int | None = Volume.objects.aggregate(highest=Max("position"))["highest"]
    volume.position = 0 if highest is None else highest + 1
    volume.full_clean()
    claim(volume)
    try:
        volume.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError({"path": "this directory, or the name, was just taken by another volume"}) from error
    return volume


def claim(volume: Volume) -> None:
    """Raises ValidationError when the directory is another's, or can't be written."""
    try:
        volume.directory().claim()
    except DirectoryError as error:
        raise ValidationError({"path": str(error)}) from error


def check_path(path: str) -> str:
    """Raises ValidationError: not absolute, the root, or inside (or around) a directory that is recorded to already."""
    if not path.startswith("/"):
        raise ValidationError({"path": "write the whole path, from / on"})
    found = Path(os.path.normpath(path))
    if len(found.parts) < 2:
        raise ValidationError({"path": "a disk's root belongs to more than recordings: name a directory"})
    if found.exists() and not found.is_dir():
        raise ValidationError({"path": f"{found} is no directory"})
    for volume in Volume.objects.all():
        known = Path(volume.path)
        if found == known or found in known.parents or known in found.parents:
            raise ValidationError({"path": f"{known} is recorded to already ({volume.name})"})
    return str(found)


def note_state(volume_id: UUID, state: str, reason: str) -> bool:
    """Writes and tells the state of a volume if it is news. A log line of a failure is the recorder's."""
    reason = reason[:_REASON_LENGTH]
    rows = Volume.objects.filter(pk=volume_id)
    old = rows.values_list("state", "state_reason", "name").first()
    if old is None or old[:2] == (state, reason):
        return False
    if not rows.filter(state=old[0], state_reason=old[1]).update(state=state, state_reason=reason):
        return False
    event = events.StorageState(type="storage.state", volume=old[2], state=state, reason=reason)
    transaction.on_commit(lambda: events.publish_to_staff(event))
    return True

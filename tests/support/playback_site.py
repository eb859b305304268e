"""A Site whose cameras have recordings, and people who may and may not play them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from uuid import UUID, uuid4

from recordings.directory import RecordingDirectory
from streaming.media.packet import MediaPacket, Role, StreamKey, Tracks
from tests.support.recorded import record
from tests.support.site import Site

_CATALOGUE = """
from recordings.models import RecordingNote, Segment, Volume
from recordings.services.catalogue import catalogue_file

volume, _ = Volume.objects.get_or_create(
    id=given["volume"], defaults={"name": "Disk of the test", "path": given["path"], "keep_free_bytes": 0})
rows = [catalogue_file(volume, path, is_finished=given["is_finished"]) for path in given["paths"]]
for camera_id, at_ms, kind, reason in given["notes"]:
    RecordingNote.objects.create(
        camera_id=camera_id, role="main", at_ms=at_ms, kind=kind, reason=reason, line=f"test:{camera_id}:{at_ms}")
answer = [row.pk for row in rows]
"""
_PEOPLE = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from cameras.models import Action, Camera, Grant
from nvr.people.tokens import create_token

answer = {}
for name, actions in {"alice": [], "bob": ["view"], "carol": ["playback", "hear"], "charlie": []}.items():
    people = get_user_model().objects
    user = people.filter(username=name).first() or people.create_user(name, password="correct horse battery")
    for action in actions:
        Grant.objects.create(user=user, camera=Camera.objects.get(slug=given["camera"]), action=action)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    answer[name] = {"token": create_token(user), "session": session.session_key}
"""
# What beat does every few seconds.
_SWEEP = """
import time
from recordings.services.catalogue import sweep
from recordings.services.discovery import find_files
while True:
    sweep()
    find_files(budget_s=1)
    time.sleep(0.5)
"""


@dataclass
class RecordedSite:
    """alice may everything, bob may view `first_camera` live, carol may play it back and hear it, charlie may nothing."""

    site: Site
    volume_id: UUID = field(default_factory=uuid4)

    @cached_property
    def directory(self) -> RecordingDirectory:
        directory = RecordingDirectory(self.volume_id, self.site.data_dir / "footage", keep_free_bytes=0)
        directory.claim()
        return directory

    @cached_property
    def people(self) -> dict[str, dict[str, str]]:
        """Per name "token" and "session"."""
        found: dict[str, dict[str, str]] = self.site.python(_PEOPLE, camera=next(iter(self.site.cameras)))
        return found

    def add(self, slug: str, *parts: tuple[Tracks, list[MediaPacket]], segment_ms: int = 60_000, role: Role = Role.MAIN) -> list[Path]:
        """Written, but not in the catalogue yet. The segments, in order of time."""
        return record(self.directory, StreamKey(self.site.cameras[slug], role), parts, segment_ms=segment_ms)

    def catalogue(self, paths: Iterable[Path], *, notes: Iterable[tuple[str, int, str, str]] = (), is_finished: bool = True) -> list[int]:
        """The ids of the segments. `notes` are of the recorder's journal: slug, at_ms, kind, reason."""
        found: list[int] = self.site.python(
            _CATALOGUE,
            volume=str(self.volume_id),
            path=str(self.directory.path),
            paths=[path.relative_to(self.directory.path).as_posix() for path in paths],
            notes=[(self.site.cameras[slug], *rest) for slug, *rest in notes],
            is_finished=is_finished,
        )
        return found

    def start_sweeping(self) -> None:
        self.site.start("shell", "--verbosity", "0", "-c", _SWEEP)

"""What motion detection knows of a camera from one task to the next, in Redis: lost it is learned again, and nothing else is lost with it.

    nvr:motion:<camera>:<role>    u32 length of the JSON, JSON (tracks, pace, how far it was told), then the background
    nvr:motion:<camera>:<role>:<preset>    the background as it was when the camera turned away from there
    nvr:motion:<camera>:report    JSON: how it goes, for people

What can't be read (another version, another size, garbage) is as good as nothing.
"""

from __future__ import annotations

import json
import logging
import struct
from dataclasses import asdict, dataclass, field
from functools import cache

from django.conf import settings

from recordings.motion.background import Background, BackgroundError
from recordings.rules.motion import pace as paces
from recordings.rules.motion import tracks
from recordings.rules.motion.pace import Pace
from recordings.rules.motion.tracks import Tracker
from recordings.rules.motion.views import UNTURNED, View
from recordings.services.complaints import complain
from streaming.bus.base import BusAwayError
from streaming.bus.keepsakes import Keepsakes

logger = logging.getLogger(__name__)
_LENGTH = struct.Struct("<I")
_KEEP_S = 86_400
_KEEP_REPORT_S = 600
# What was learned longer ago is not used any more (motion/detector.py).
_KEEP_VIEW_S = 600


@dataclass(slots=True)
class Memory:
    """`told_until_ms`: up to where others know what was seen; None when that is not known. `view`: what the background is of."""

    background: Background | None = None
    tracker: Tracker = field(default_factory=Tracker)
    pace: Pace = field(default_factory=Pace)
    told_until_ms: int | None = None
    view: View = UNTURNED


@dataclass(frozen=True, slots=True)
class Report:
    at_ms: int
    role: str
    lag_ms: int
    analyses_per_s: float
    reason: str


def load(camera_id: int, role: str) -> Memory:
    try:
        data = _keepsakes(settings.REDIS_URL).get(_key(camera_id, role))
    except BusAwayError as error:
        complain(logger, f"motion detection begins anew with each task while Redis is away: {error}")
        return Memory()
    return _from_bytes(data) if data else Memory()


def save(camera_id: int, role: str, memory: Memory) -> None:
    try:
        _keepsakes(settings.REDIS_URL).put(_key(camera_id, role), _to_bytes(memory), expires_s=_KEEP_S)
    except BusAwayError as error:
        complain(logger, f"motion detection can't keep what it knows: {error}")


def keep_view(camera_id: int, role: str, preset_id: int, background: Background) -> None:
    try:
        _keepsakes(settings.REDIS_URL).put(_key(camera_id, f"{role}:{preset_id}"), background.to_bytes(), expires_s=_KEEP_VIEW_S)
    except BusAwayError as error:
        complain(logger, f"motion detection can't keep what it knows: {error}")


def kept_view(camera_id: int, role: str, preset_id: int) -> Background | None:
    try:
        data = _keepsakes(settings.REDIS_URL).get(_key(camera_id, f"{role}:{preset_id}"))
        return Background.from_bytes(data) if data else None
    except (BusAwayError, BackgroundError) as error:
        logger.info("what was known of a preset's picture can't be used and is learned again: %s", error)
        return None


def report(camera_id: int, found: Report) -> None:
    try:
        _keepsakes(settings.REDIS_URL).put(_key(camera_id, "report"), json.dumps(asdict(found)).encode(), expires_s=_KEEP_REPORT_S)
    except BusAwayError as error:
        logger.debug("nobody hears how motion detection goes: %s", error)


def report_of(camera_id: int) -> Report | None:
    try:
        data = _keepsakes(settings.REDIS_URL).get(_key(camera_id, "report"))
        return Report(**json.loads(data)) if data else None
    except (BusAwayError, ValueError, TypeError) as error:
        logger.debug("how motion detection goes is not known: %s", error)
        return None


def _key(camera_id: int, what: str) -> str:
    return f"nvr:motion:{camera_id}:{what}"


def _to_bytes(memory: Memory) -> bytes:
    words = {"tracks": memory.tracker.to_stored(), "pace": memory.pace.to_stored(), "told_until_ms": memory.told_until_ms}
    words["view"] = list(memory.view)
    head = json.dumps(words, separators=(",", ":")).encode()
    return _LENGTH.pack(len(head)) + head + (memory.background.to_bytes() if memory.background else b"")


def _from_bytes(data: bytes) -> Memory:
    """Of each part what can be read."""
    found = Memory()
    try:
        (length,) = _LENGTH.unpack_from(data)
        words = json.loads(data[_LENGTH.size : _LENGTH.size + length])
        told = words["told_until_ms"]
        found.told_until_ms = told if type(told) is int else None
        turned_ms, preset_id = words.get("view", UNTURNED)
        found.view = View(int(turned_ms), None if preset_id is None else int(preset_id))
        found.pace = paces.from_stored(words["pace"])
        found.tracker = tracks.from_stored(words["tracks"])
        if rest := data[_LENGTH.size + length :]:
            found.background = Background.from_bytes(rest)
    except (struct.error, ValueError, KeyError, TypeError) as error:
        logger.info("what was known of a camera's picture can't be used and is learned again: %s", error)
    return found


@cache
def _keepsakes(url: str) -> Keepsakes:
    return Keepsakes(url)

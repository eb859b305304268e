"""Events of the installation: a camera that is down, footage that can't be written, a recording directory in trouble, a machine lost.

They are made from what is known anyway: states of cameras and volumes, the recorder's notes, what retention could not do. look() is done
every few seconds; each look says the same of the same facts, whoever does it and however often.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from cameras.models import Camera, Stream
from recordings.health import Condition
from recordings.journal import read_last_words
from recordings.models import Event, RecordingNote, Volume
from recordings.rules.days import DAY_MS
from recordings.rules.motion.event_growth import Marks, Sighting
from recordings.rules.retention import Shortfall
from recordings.rules.spans import Span
from recordings.rules.system_events import (
    FAILURES,
    GAP_ENDS_AFTER_MS,
    Begin,
    CameraNow,
    End,
    Failure,
    Patience,
    failures,
    filling,
    gaps,
    judged,
)
from recordings.services.event_noting import Manner, note
from recordings.services.event_states import begin, change, end, going_on
from recordings.services.timeline import facts_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The recorder says every two seconds that it is there.
_SILENT_AFTER_MS = 15_000
# What was to be seen before a camera went down, or before its footage could not be written, is kept and shown.
_BEFORE_MS = 10_000
# Trouble is over when nobody told of it for so long; retention, which tells of some, may take two minutes.
_QUIET_MS = 180_000
_SEEN_EVERY_MS = 60_000
_NEWEST_NOTES = 1_000
_GAP = Manner(Event.Kind.GAP, ends_after_ms=GAP_ENDS_AFTER_MS, pre_roll_ms=_BEFORE_MS, post_roll_ms=0)
_WORDS = {
    Condition.FULL.value: "The disk is full",
    Condition.FAILING.value: "The disk fails",
    Condition.HANGING.value: "The disk does not answer",
}


def look(*, now_ms: int | None = None) -> None:
    """A few queries, and some more for each camera whose footage can't be written."""
    now_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    last_words = read_last_words(Path(settings.RECORDINGS_JOURNAL_DIR))
    is_watched = last_words is not None and not last_words.was_stopped and now_ms - last_words.at_ms < _SILENT_AFTER_MS
    _look_at_cameras(last_words.started_at_ms if is_watched and last_words else None, now_ms)
    _look_at_notes(now_ms if is_watched or last_words is None else min(last_words.at_ms, now_ms), now_ms)
    if is_watched:
        for volume in Volume.objects.filter(is_enabled=True, state__in=list(_WORDS)):
            note_trouble(volume.name, volume.state_reason or _WORDS[volume.state], now_ms=now_ms)
    for event in going_on().filter(kind=Event.Kind.STORAGE, seen_until_ms__lt=now_ms - _QUIET_MS):
        end(event, event.seen_until_ms, now_ms=now_ms)


def note_trouble(subject: str, reason: str, *, now_ms: int) -> None:
    """A recording directory can't be used, or fills up. To be told as long as it lasts."""
    _note_subject(Event.Kind.STORAGE, subject, reason, now_ms)


def note_shortfalls(shortfalls: Iterable[Shortfall], *, now_ms: int) -> None:
    """What retention was to make room for, and could not."""
    for subject, reason in filling(shortfalls):
        note_trouble(subject, reason, now_ms=now_ms)


def note_node_lost(name: str, reason: str, *, now_ms: int) -> None:
    """For whoever watches over several machines; there is one machine so far."""
    _note_subject(Event.Kind.NODE, name, reason, now_ms)


def note_node_back(name: str, *, now_ms: int) -> None:
    for event in going_on().filter(kind=Event.Kind.NODE, subject=name):
        end(event, now_ms, now_ms=now_ms)


def _look_at_cameras(watched_since_ms: int | None, now_ms: int) -> None:
    patience = Patience(settings.CAMERA_DOWN_AFTER_S * 1000, settings.CAMERA_UP_AFTER_S * 1000)
    events = {event.camera_id: event for event in going_on().filter(kind=Event.Kind.CAMERA_DOWN)}
    for camera in Camera.objects.defer("username", "password"):
        event = events.get(camera.pk)
        now = CameraNow(camera.is_enabled, camera.state, (camera.state_changed_at - _EPOCH) // timedelta(milliseconds=1))
        verdict = judged(now, is_going_on=event is not None, watched_since_ms=watched_since_ms, now_ms=now_ms, patience=patience)
        if isinstance(verdict, Begin):
            begin(_camera_down(camera, verdict.at_ms, now_ms), now_ms=now_ms)
        elif isinstance(verdict, End) and event is not None:
            end(event, verdict.at_ms, now_ms=now_ms)
        elif event is not None and camera.state == "down" and watched_since_ms is not None:
            _see(event, now_ms)


def _camera_down(camera: Camera, at_ms: int, now_ms: int) -> Event:
    return Event(
        camera=camera,
        kind=Event.Kind.CAMERA_DOWN,
        start_ms=at_ms,
        seen_until_ms=now_ms,
        footage_start_ms=at_ms - _BEFORE_MS,
        footage_end_ms=at_ms,
        reason=camera.state_reason,
    )


def _look_at_notes(known_until_ms: int, now_ms: int) -> None:
    newest = RecordingNote.objects.order_by("-pk").values_list("camera_id", "kind", "at_ms")[:_NEWEST_NOTES]
    open_gaps = {event.camera_id: event for event in going_on().filter(kind=Event.Kind.GAP)}
    since_ms = {camera_id: event.start_ms for camera_id, event in open_gaps.items() if camera_id is not None}
    for camera_id, kind, at_ms in newest:
        if kind in FAILURES and now_ms - at_ms < DAY_MS:
            since_ms[camera_id] = min(at_ms, since_ms.get(camera_id, at_ms))
    for camera in Camera.objects.filter(pk__in=list(since_ms)).defer("username", "password"):
        window = Span(since_ms[camera.pk], max(known_until_ms, since_ms[camera.pk]) + 1)
        found = gaps(failure for role in Stream.Role.values for failure in failures(facts_of(camera, role, window), known_until_ms))
        _note_gaps(camera, open_gaps.get(camera.pk), found, known_until_ms, now_ms)


def _note_gaps(camera: Camera, event: Event | None, found: Sequence[Failure], known_until_ms: int, now_ms: int) -> None:
    for gap in found:
        if event is not None and not gap.is_over and gap.span.start_ms <= event.seen_until_ms:
            _see(event, known_until_ms)
            return
        note(camera, _GAP, [Sighting(gap.span, Marks())], known_until_ms=known_until_ms, now_ms=now_ms, reason=gap.reason)
    note(camera, _GAP, [], known_until_ms=known_until_ms, now_ms=now_ms)


def _note_subject(kind: Event.Kind, subject: str, reason: str, now_ms: int) -> None:
    subject, reason = subject[:100], reason[:300]
    event = next((one for one in going_on().filter(kind=kind) if one.camera_id is None and one.subject == subject), None)
    if event is not None:
        _see(event, now_ms)
        return
    moment = {"start_ms": now_ms, "seen_until_ms": now_ms, "footage_start_ms": now_ms, "footage_end_ms": now_ms}
    begin(Event(kind=kind, subject=subject, reason=reason, **moment), now_ms=now_ms)


def _see(event: Event, now_ms: int) -> None:
    """It goes on; that is written down now and then, and is no news."""
    if now_ms - event.seen_until_ms >= _SEEN_EVERY_MS:
        change(event, now_ms=now_ms, is_news=False, seen_until_ms=now_ms)

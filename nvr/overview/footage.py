"""How cameras, recording and motion detection are, of the cameras that somebody may see."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import Count
from django.urls import reverse

from cameras.models import Action, Camera
from cameras.permissions import cameras_for, may_add
from nvr.overview.facts import BAD, GOOD, LOOK, MOST_NAMED, Fact, Person, all_or, are, count, for_how_long, list_of, moment, owned
from recordings.models import Event, Export, MotionWatch, Volume
from recordings.rules.amounts import in_bytes
from recordings.rules.days import DAY_MS
from recordings.services import motion_memory
from recordings.services.exports import UNFINISHED
from recordings.services.storage import disk_room

# A detector that says nothing for so long is not at work; footage that waits longer than this is told of.
_CURRENT_MS, _LAG_MS = 15_000, 30_000


def cameras(person: Person) -> Iterable[Fact]:
    changeable = set(cameras_for(person, Action.CONFIGURE).values_list("pk", flat=True))
    cameras = list(cameras_for(person).defer("username", "password"))
    if not cameras:
        links = (("Add cameras", reverse("pages:add")),) if may_add(person) else ()
        yield Fact(LOOK, "There is no camera yet." if may_add(person) else "There is no camera that you may see.", links)
        return
    enabled = [camera for camera in cameras if camera.is_enabled]
    well = [camera for camera in enabled if camera.state == "live"]
    ill = [camera for camera in enabled if camera.state != "live"]
    if well:
        yield Fact(GOOD, f"{all_or(len(well), len(enabled), 'camera')} live.", (("See them", reverse("pages:dashboard")),))
    for camera in ill[:MOST_NAMED]:
        since = f"since {moment(camera.state_changed_at)}, {for_how_long(camera.state_changed_at)}"
        reason = f": {camera.state_reason}" if camera.state_reason else ""
        yield Fact(
            BAD if camera.state == "down" else LOOK,
            f"{camera.name} is {camera.get_state_display()} {since}{reason}",
            _links(camera, changeable),
        )
    if len(ill) > MOST_NAMED:
        yield Fact(
            BAD, f"{len(ill) - MOST_NAMED} more cameras are not live.", (("All", list_of("cameras_camera", "is_enabled__exact=1&o=2")),)
        )
    if switched_off := len(cameras) - len(enabled):
        yield Fact(LOOK, f"{are(switched_off, 'camera')} switched off.", (("Show", list_of("cameras_camera", "is_enabled__exact=0")),))


def recording(person: Person) -> Iterable[Fact]:
    storage = (("Storage", reverse("pages:storage")),)
    volumes = list(Volume.objects.filter(is_enabled=True))
    for volume in volumes:
        room = disk_room(volume.path)
        space = "its disk is not there" if room is None else f"{in_bytes(room.free_bytes)} of {in_bytes(room.total_bytes)} free"
        is_well = volume.state in ("well", "unknown") and room is not None
        trouble = f" {volume.state_reason}" if volume.state_reason else ""
        yield Fact(
            GOOD if is_well else BAD, f"{volume.name} {'takes footage' if is_well else 'takes no footage'}: {space}.{trouble}", storage
        )
    if not volumes:
        yield Fact(BAD, "Nothing is recorded: there is no volume that is enabled.", storage)
    mine = cameras_for(person)
    if unrecorded := mine.filter(is_enabled=True, record=Camera.Record.OFF).count():
        yield Fact(LOOK, f"{are(unrecorded, 'camera')} not recorded.", (("Show", list_of("cameras_camera", "record__exact=off")),))
    gaps = Event.objects.filter(kind=Event.Kind.GAP, end_ms__isnull=True, camera__in=cameras_for(person, Action.PLAYBACK))
    for gap in gaps.select_related("camera")[:MOST_NAMED]:
        assert gap.camera is not None
        since = moment(datetime.fromtimestamp(gap.start_ms / 1000, UTC))
        yield Fact(BAD, f"Footage of {gap.camera.name} is missing since {since}: {gap.reason or 'nobody knows why'}")
    exports = owned(Export.objects.all(), person)
    by_state = dict(exports.order_by().values_list("state").annotate(Count("pk")))
    if waiting := sum(by_state.get(state, 0) for state in UNFINISHED):
        yield Fact(GOOD, f"{are(waiting, 'export')} being made.", (("Show", list_of("recordings_export")),))
    if failed := by_state.get(Export.State.FAILED, 0):
        yield Fact(LOOK, f"{count(failed, 'export')} failed.", (("Show", list_of("recordings_export", "state__exact=failed")),))


def motion(person: Person) -> Iterable[Fact]:
    watched = list(cameras_for(person).filter(is_enabled=True, detects_motion=True).values_list("pk", flat=True))
    playable = cameras_for(person, Action.PLAYBACK)
    if not watched:
        yield Fact(LOOK, "No camera is watched for motion.", (("Cameras", list_of("cameras_camera")),))
    else:
        yield _detector(watched)
    since_ms = time.time_ns() // 1_000_000 - DAY_MS
    new = Event.objects.filter(camera__in=playable, start_ms__gte=since_ms, reviewed_at__isnull=True).count()
    if playable.exists():
        words = (
            f"{count(new, 'event')} of the last 24 hours {'is' if new == 1 else 'are'} not reviewed."
            if new
            else "All events of the last 24 hours are reviewed."
        )
        yield Fact(GOOD, words, (("Review", reverse("pages:events")),))


def _detector(watched: list[int]) -> Fact:
    now_ms = time.time_ns() // 1_000_000
    reports = [report for report in map(motion_memory.report_of, watched) if report is not None and now_ms - report.at_ms < _CURRENT_MS]
    cameras = are(len(watched), "camera")
    if not reports and MotionWatch.objects.filter(camera__in=watched).exists():
        return Fact(GOOD, f"{cameras} watched for motion; there is nothing to look through just now.")
    if not reports:
        return Fact(LOOK, f"{cameras} to be watched for motion; it begins as soon as there is footage and the motion worker runs.")
    slowest = max(reports, key=lambda report: report.lag_ms)
    if slowest.lag_ms > _LAG_MS:
        return Fact(LOOK, f"{cameras} watched for motion, which is {slowest.lag_ms // 1000} s behind. {slowest.reason}".strip())
    return Fact(GOOD, f"{cameras} watched for motion, and it keeps up.")


def _links(camera: Camera, changeable: set[int]) -> tuple[tuple[str, str], ...]:
    live = ("Live", reverse("pages:camera", args=[camera.slug]))
    if camera.pk not in changeable:
        return (live,)
    change = ("Change", reverse("admin:cameras_camera_change", args=[camera.pk]))
    return (("Find out why", reverse("pages:check", args=[camera.slug])), change, live)

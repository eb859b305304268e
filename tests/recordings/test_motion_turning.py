"""Cameras that turn while their footage is looked through: no false motion of their own, real motion found, each view's zones."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cameras.control import history
from cameras.models import Camera, HeadMove, Preset, Stream
from recordings.models import MotionRule, MotionTrace, MotionWatch, Zone
from recordings.rules.motion.activity import TURNED, TURNED_BY_ITSELF, Activity
from recordings.rules.spans import Span, joined
from recordings.services import motion, motion_analysis, motion_memory
from recordings.services.motion_replay import replay
from streaming.bus.keepsakes import Keepsakes
from streaming.media.packet import MediaPacket, Tracks
from tests.support.control import control_room, set_up
from tests.support.filmed import filmed
from tests.support.motion_scenes import turning
from tests.support.motion_scenes.turning import LEFT, RIGHT, Stay
from tests.support.onvif.camera import StubCamera, onvif_camera
from tests.support.onvif.head import StoredPreset
from tests.support.people import House
from tests.support.processes import wait_for
from tests.support.recorded import Archive

SECONDS = 32
# Left, right, and left again, where somebody walks.
ROUND = (Stay(0, 8, LEFT), Stay(11, 18, RIGHT), Stay(21, 32, LEFT, walks=(23, 29)))
WHOLE = [[0, 0], [1, 0], [1, 1], [0, 1]]


@cache
def film(stays: tuple[Stay, ...], gop_s: float) -> tuple[Tracks, list[MediaPacket]]:
    return filmed(turning.pictures(SECONDS, stays), fps=turning.FPS, start_ms=0, gop_s=gop_s)


def footage(start_ms: int, stays: tuple[Stay, ...] = ROUND, gop_s: float = 2.0) -> tuple[Tracks, list[MediaPacket]]:
    tracks, packets = film(stays, gop_s)
    return tracks, [
        replace(p, pts_90k=p.pts_90k + start_ms * 90, dts_90k=p.dts_90k + start_ms * 90, captured_at_ms=p.captured_at_ms + start_ms)
        for p in packets
    ]


class Told:
    def __init__(self) -> None:
        self.activities: list[Activity] = []

    def __call__(self, camera: Camera, rule: MotionRule, activities: Sequence[Activity], **_: Any) -> None:
        self.activities += activities

    @property
    def moving(self) -> list[Span]:
        return joined(span for activity in self.activities for span in activity.moving)

    def left_out(self, reason: str) -> list[Span]:
        return joined(activity.span for activity in self.activities if activity.skipped == reason)


@pytest.fixture
def start_ms() -> int:
    return time.time_ns() // 1_000_000 - 120_000


@pytest.fixture
def house(db: None) -> House:
    return House()


@pytest.fixture
def camera(house: House, start_ms: int) -> Iterator[Camera]:
    camera = house.camera
    Camera.objects.filter(pk=camera.pk).update(detects_motion=True)
    Stream.objects.filter(camera=camera).exclude(role="main").delete()
    MotionWatch.objects.create(camera=camera, since_ms=start_ms - 1000)
    for key in ("main", "report"):
        Keepsakes(os.environ["REDIS_URL"]).forget(f"nvr:motion:{camera.pk}:{key}")
    yield camera


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "disk")


def analyse(camera: Camera) -> Told:
    told = Told()
    assert not motion_analysis.analyse(camera.pk, tell=told, budget_s=60)
    return told


def presets(camera: Camera) -> tuple[Preset, Preset]:
    return tuple(Preset.objects.create(camera=camera, token=name, name=name) for name in ("left", "right"))  # type: ignore[return-value]


def went_round(camera: Camera, start_ms: int, *, is_by_person: bool = False) -> tuple[Preset, Preset]:
    """As a tour would write it down: at its start it came to the left."""
    left, right = presets(camera)
    for from_s, until_s, where in ((-5, -3, left), (8, 12, right), (18, 22, left)):
        HeadMove.objects.create(
            camera=camera,
            start_ms=start_ms + from_s * 1000,
            end_ms=start_ms + until_s * 1000,
            preset=where,
            is_by_person=is_by_person,
        )
    return left, right


def test_a_tour_makes_no_motion_and_who_walks_at_a_stop_is_found(camera: Camera, archive: Archive, start_ms: int) -> None:
    went_round(camera, start_ms)
    archive.add(camera, footage(start_ms))
    told = analyse(camera)
    (walk,) = told.moving
    assert walk.start_ms - start_ms == pytest.approx(23_000, abs=900)
    assert walk.end_ms - start_ms == pytest.approx(29_000, abs=900)
    assert told.left_out(TURNED_BY_ITSELF) == [Span(start_ms + 8000, start_ms + 12_000), Span(start_ms + 18_000, start_ms + 22_000)]
    assert sum(trace.not_analysed_ms for trace in MotionTrace.objects.all()) == 0, "no lack"
    assert motion_memory.kept_view(camera.pk, "main", Preset.objects.get(name="right").pk) is not None
    found = replay(camera, Span(start_ms, start_ms + SECONDS * 1000), rule=motion.rule_of(camera), zones=[])
    assert [event.span.start_ms for event in found.events] == [walk.start_ms]
    assert found.turning_ms == 8000


def test_without_knowing_that_it_turned_there_would_be_motion(camera: Camera, archive: Archive, start_ms: int) -> None:
    """So that the test above tests something."""
    archive.add(camera, footage(start_ms))
    assert any(span.start_ms < start_ms + 22_000 for span in analyse(camera).moving)


def test_long_groups_of_pictures_are_cut_where_it_turns(camera: Camera, archive: Archive, start_ms: int) -> None:
    went_round(camera, start_ms, is_by_person=True)
    archive.add(camera, footage(start_ms, gop_s=10.0), segment_ms=300_000)
    told = analyse(camera)
    assert told.left_out(TURNED) == [Span(start_ms + 8000, start_ms + 12_000), Span(start_ms + 18_000, start_ms + 22_000)]
    assert [activity.span.start_ms for activity in told.activities] == sorted({activity.span.start_ms for activity in told.activities})
    assert told.activities[-1].span.end_ms == start_ms + SECONDS * 1000
    assert len(told.moving) == 1


def test_a_camera_that_turns_just_now_says_so(camera: Camera, archive: Archive) -> None:
    now_ms = time.time_ns() // 1_000_000
    HeadMove.objects.create(camera=camera, start_ms=now_ms - 40_000, end_ms=now_ms + 10_000)
    MotionWatch.objects.update(since_ms=now_ms - 40_000)
    archive.add(camera, footage(now_ms - 34_000))
    assert not analyse(camera).moving
    camera.refresh_from_db()
    assert motion.status_of(camera).reason == "The camera is turning: motion is looked for again when it stands still."


def test_zones_hold_where_they_were_drawn(camera: Camera, archive: Archive, start_ms: int) -> None:
    left, right = went_round(camera, start_ms)
    points = [[0, 0], [1, 0], [1, 0.3], [0, 0.3]]
    Zone.objects.create(camera=camera, name="Sky on the right", points=points, holds_everywhere=False, preset=right)
    Zone.objects.create(camera=camera, name="All on the left", points=WHOLE, holds_everywhere=False, preset=left)
    archive.add(camera, footage(start_ms))
    told = analyse(camera)
    assert {name for activity in told.activities for name in activity.zones} == {"All on the left"}
    window, rule = Span(start_ms, start_ms + SECONDS * 1000), motion.rule_of(camera)
    assert [event.zones for event in replay(camera, window, rule=rule, zones=motion.zones_of(camera)).events] == [("All on the left",)]
    ignoring = Zone(camera=camera, name="x", kind="ignore", points=WHOLE, holds_everywhere=False, preset=left)
    assert not replay(camera, window, rule=rule, zones=[ignoring]).events
    ignoring.preset = right
    assert replay(camera, window, rule=rule, zones=[ignoring]).events


def test_which_zones_hold(camera: Camera) -> None:
    left, right = presets(camera)
    everywhere = Zone(name="everywhere")
    of_left = Zone(name="left", holds_everywhere=False, preset=left)
    of_one_gone = Zone(name="gone", holds_everywhere=False, preset=None)
    zones = [everywhere, of_left, of_one_gone]
    assert motion.zones_at(zones, left.pk) == [everywhere, of_left]
    assert motion.zones_at(zones, right.pk) == motion.zones_at(zones, None) == [everywhere]


@pytest.mark.django_db(transaction=True)
def test_a_camera_sent_to_a_preset_makes_no_motion(house: House, camera: Camera, archive: Archive) -> None:
    """By the API, at a device that takes three seconds to get there; the footage shows it turn for as long as it did."""
    device = StubCamera()
    device.head.travels_s = 3.0
    device.head.presets = {"right": StoredPreset("right", (1.0, 0.0, 0.0))}
    _, right = presets(camera)
    with control_room(), onvif_camera(device):
        set_up(camera, device)
        sent_ms = time.time_ns() // 1_000_000
        assert house.api("alice").post(f"/api/v1/cameras/{camera.slug}/ptz/presets/{right.pk}/go/", {}, format="json").status_code == 204
        history.flush()
        assert history.turnings(camera.pk, sent_ms, time.time_ns() // 1_000_000), "known while it goes on"
        wait_for(lambda: HeadMove.objects.filter(preset=right).exists(), what="that it arrived")
    start_ms = device.head.told_ms - 8000
    MotionWatch.objects.update(since_ms=start_ms)
    archive.add(camera, footage(start_ms, (Stay(0, 8, LEFT), Stay(11, 32, RIGHT, walks=(20, 26)))))
    told = analyse(camera)
    (walk,) = told.moving
    assert walk.start_ms - start_ms == pytest.approx(20_000, abs=900)
    (turned,) = told.left_out(TURNED)
    assert sent_ms <= turned.start_ms <= start_ms + 8000
    assert turned.end_ms >= start_ms + 11_000

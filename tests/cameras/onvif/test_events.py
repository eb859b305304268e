"""Subscriptions that are pulled, renewed and bound anew, and what comes of their messages."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from cameras.onvif.client import OnvifClient
from cameras.onvif.errors import NotSupported, OnvifError
from cameras.onvif.events import LIFETIME_S, PullPoint
from cameras.onvif.notices import Notice, NoticeKind, notices
from tests.support.onvif.camera import StubCamera, onvif_camera
from tests.support.onvif.pullpoint import message, motion

RULE = {"VideoSourceConfigurationToken": "vsc1", "VideoAnalyticsConfigurationToken": "vac1", "Rule": "MyRule"}


@asynccontextmanager
async def point_of(camera: StubCamera) -> AsyncIterator[PullPoint]:
    with onvif_camera(camera):
        async with OnvifClient(camera.address, camera.credentials) as client:
            yield await PullPoint.open(client)


async def heard(camera: StubCamera, *sent: str) -> list[Notice]:
    async with point_of(camera) as point:
        camera.pullpoints.send(*sent)
        messages = await point.pull()
        ahead_s = point.client.clock.ahead_s if point.client.clock else 0.0
        return [notice for each in messages for notice in await notices(each, clock_ahead_s=ahead_s, now=datetime.now(UTC))]


async def test_motion_begins_and_ends() -> None:
    begun, ended = await heard(StubCamera(), motion(True), motion(False))
    assert (begun.kind, begun.source, begun.is_on, begun.is_initial) == (NoticeKind.MOTION, "Motion", True, False)
    assert ended.is_on is False
    assert abs(begun.at_ms / 1000 - time.time()) < 2


@pytest.mark.parametrize(
    ("topic", "source", "data", "kind", "is_on", "labels"),
    [
        ("tns1:VideoSource/MotionAlarm", {"Source": "vs1"}, {"State": "true"}, NoticeKind.MOTION, True, ()),
        ("tns1:RuleEngine/LineDetector/Crossed", RULE, {"ObjectId": "7"}, NoticeKind.LINE, None, ()),
        ("tns1:RuleEngine/FieldDetector/ObjectsInside", RULE, {"IsInside": "true"}, NoticeKind.INTRUSION, True, ()),
        ("tns1:RuleEngine/TamperDetector/Tamper", RULE, {"IsTamper": "true"}, NoticeKind.TAMPER, True, ()),
        ("tns1:VideoSource/GlobalSceneChange/ImagingService", {"Source": "vs1"}, {"State": "true"}, NoticeKind.TAMPER, True, ()),
        ("tns1:Device/Trigger/DigitalInput", {"InputToken": "in1"}, {"LogicalState": "true"}, NoticeKind.INPUT, True, ()),
        ("tns1:RuleEngine/MyRuleDetector/PeopleDetect", {"Source": "000"}, {"State": "true"}, NoticeKind.OBJECT, True, ("person",)),
        ("tns1:RuleEngine/MyRuleDetector/VehicleDetect", {"Source": "000"}, {"State": "false"}, NoticeKind.OBJECT, False, ("vehicle",)),
        ("tns1:RuleEngine/CellMotionDetector/TpSmartEvent", RULE, {"IsPet": "true"}, NoticeKind.OBJECT, True, ("animal",)),
        ("tns1:AudioAnalytics/Audio/DetectedSound", RULE, {"IsSoundDetected": "true"}, NoticeKind.SOUND, True, ()),
        # Unknown to the library, told by its words.
        ("tns1:RuleEngine/AcmeMotionDetector/Motion", RULE, {"IsMotion": "1"}, NoticeKind.MOTION, True, ()),
        ("tns1:VideoSource/SignalLoss", {"Source": "vs1"}, {"State": "true"}, NoticeKind.TAMPER, True, ()),
        ("tns1:RuleEngine/CellMotionDetector/Motion//.", RULE, {"IsMotion": "true"}, NoticeKind.MOTION, True, ()),
    ],
)
async def test_what_makers_call_things(
    topic: str, source: dict[str, str], data: dict[str, str], kind: NoticeKind, is_on: bool | None, labels: tuple[str, ...]
) -> None:
    [notice] = await heard(StubCamera(), message(topic, source=source, data=data))
    assert (notice.kind, notice.is_on, notice.labels) == (kind, is_on, labels)
    assert notice.source.split()[0] in {*source.values(), topic}


@pytest.mark.parametrize(
    "odd",
    [
        message("tns1:Monitoring/ProcessorUsage", source={"Token": "1"}, data={"Value": "20"}),
        message("tns1:Device/Trigger/Relay", source={"RelayToken": "1"}, data={"LogicalState": "active"}),
        message("tns1:RuleEngine/CellMotionDetector/Motion", source={}, data={}),
        "<wsnt:NotificationMessage/>",
        "<wsnt:NotificationMessage><wsnt:Topic>tns1:x</wsnt:Topic></wsnt:NotificationMessage>",
        "<wsnt:NotificationMessage><wsnt:Topic/><wsnt:Message><tt:Message/></wsnt:Message></wsnt:NotificationMessage>",
    ],
)
async def test_what_is_of_no_interest_or_broken_is_passed_by(odd: str) -> None:
    found = await heard(StubCamera(), odd, motion(True))
    assert [notice for notice in found if notice.is_on is True and notice.source == "Motion"]


async def test_times_of_a_wrong_clock_are_put_right() -> None:
    ahead = timedelta(days=3)
    camera = StubCamera(clock_ahead=ahead)
    [right] = await heard(camera, motion(True, at=datetime.now(UTC) + ahead - timedelta(seconds=5)))
    assert right.at_ms / 1000 == pytest.approx(time.time() - 5, abs=3)
    [senseless] = await heard(StubCamera(), motion(True, at=datetime(2000, 1, 1, tzinfo=UTC)))
    assert senseless.at_ms / 1000 == pytest.approx(time.time(), abs=2)


async def test_a_subscription_is_renewed_before_it_ends() -> None:
    camera = StubCamera()
    camera.pullpoints.longest_s = 3.0
    async with point_of(camera) as point:
        end = time.monotonic() + 5
        while time.monotonic() < end:
            await point.pull()
            await point.renew_if_due()
        assert camera.pullpoints.renewed >= 2
        assert camera.pullpoints.created == 1
        await point.close()
        assert camera.pullpoints.unsubscribed == 1


async def test_a_camera_that_takes_seconds_for_moments_gets_moments() -> None:
    camera = StubCamera(clock_ahead=timedelta(hours=-7))
    camera.pullpoints.refuses_relative_times = True
    async with point_of(camera) as point:
        assert point.lifetime_s == pytest.approx(LIFETIME_S, abs=3)
        camera.pullpoints.send(motion(True))
        assert len(await point.pull()) == 1


async def test_a_restarted_camera_does_not_know_the_subscription() -> None:
    camera = StubCamera()
    async with point_of(camera) as point:
        camera.pullpoints.lose()
        with pytest.raises(OnvifError, match="subscription is unknown"):
            await point.pull()


async def test_behind_nat_events_are_pulled_from_the_typed_host() -> None:
    camera = StubCamera(announced_host="192.168.77.1")
    [notice] = await heard(camera, motion(True))
    assert notice.is_on


async def test_a_camera_without_events() -> None:
    with pytest.raises(NotSupported, match="tells of no events"):
        await heard(StubCamera(services={"media"}))

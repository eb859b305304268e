"""The one function that says who may do what: which right includes which, through whom and what, at which hours and until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from cameras.models import Action, CameraGroup, Grant
from cameras.permissions import cameras_for, may, may_manage_people, rights_by_camera
from tests.support.people import House

MONDAY_10 = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
OFFICE = {str(day): [["08:00", "18:00"]] for day in range(5)}
EVERY_ACTION = set(Action)


@pytest.fixture
def monday_10(settings: Settings) -> Iterator[Any]:
    """A clock to be turned, in UTC."""
    settings.TIME_ZONE = "UTC"
    with patch("cameras.permissions.timezone.now", return_value=MONDAY_10) as clock:
        yield clock


@pytest.mark.parametrize(
    ("granted", "included"),
    [
        (Action.VIEW, {Action.VIEW}),
        (Action.HEAR, {Action.VIEW, Action.HEAR}),
        (Action.PLAYBACK, {Action.VIEW, Action.PLAYBACK}),
        (Action.EXPORT, {Action.VIEW, Action.PLAYBACK, Action.EXPORT}),
        (Action.PROTECT, {Action.VIEW, Action.PLAYBACK, Action.PROTECT}),
        (Action.DELETE, {Action.VIEW, Action.PLAYBACK, Action.DELETE}),
        (Action.PTZ, {Action.VIEW, Action.PTZ}),
        (Action.TALK, {Action.VIEW, Action.TALK}),
        (Action.CONFIGURE, {Action.VIEW, Action.PTZ, Action.CONFIGURE}),
    ],
)
def test_what_includes_what(house: House, granted: Action, included: set[Action]) -> None:
    Grant.objects.create(user=house.charlie, camera=house.other, action=granted)
    assert {action for action in Action if may(house.charlie, action, house.other)} == included
    assert rights_by_camera(house.charlie) == {house.other.pk: [action for action in Action if action in included]}
    assert not any(may(house.charlie, action, house.camera) for action in Action)


def test_nobody_may_anything_without_a_grant_but_a_superuser(house: House) -> None:
    assert {action for action in Action if may(house.alice, action, house.camera)} == EVERY_ACTION
    house.alice.is_active = False
    for user in (house.alice, house.charlie, AnonymousUser()):
        assert not any(cameras_for(user, action).exists() for action in Action)
        assert rights_by_camera(user) == {}


def test_groups_of_people_and_of_cameras(house: House) -> None:
    family, outside = Group.objects.create(name="Family"), CameraGroup.objects.create(name="Outside")
    Grant.objects.create(user_group=family, camera_group=outside, action=Action.VIEW)
    house.charlie.groups.add(family)
    assert not cameras_for(house.charlie).exists()
    assert rights_by_camera(house.charlie) == {}
    outside.cameras.add(house.camera, house.other)
    assert list(cameras_for(house.charlie)) == [house.camera, house.other]
    house.charlie.groups.clear()
    assert not cameras_for(house.charlie).exists()


@pytest.mark.parametrize(
    ("hours_later", "is_theirs"), [(0, True), (7.9, True), (8, False), (22, True), (24 * 5, False), (24 * 6 + 21, False), (24 * 7, True)]
)
def test_a_right_with_hours_is_one_in_those_hours(house: House, monday_10: Any, hours_later: float, is_theirs: bool) -> None:
    Grant.objects.create(user=house.charlie, camera=house.other, action=Action.EXPORT, hours=OFFICE)
    monday_10.return_value = MONDAY_10 + timedelta(hours=hours_later)
    assert may(house.charlie, Action.EXPORT, house.other) is is_theirs
    assert may(house.charlie, Action.VIEW, house.other) is is_theirs
    assert bool(rights_by_camera(house.charlie)) is is_theirs


def test_hours_are_those_of_the_installations_time_zone(house: House, monday_10: Any, settings: Settings) -> None:
    Grant.objects.create(user=house.charlie, camera=house.other, hours={"0": [["18:30", "19:30"]]})
    assert not may(house.charlie, Action.VIEW, house.other)
    settings.TIME_ZONE = "Asia/Tokyo"
    assert may(house.charlie, Action.VIEW, house.other)


@pytest.mark.parametrize(
    ("begins_s", "ends_s", "is_theirs"),
    [(None, None, True), (0, None, True), (1, None, False), (None, 1, True), (None, 0, False), (-60, 60, True), (-60, -30, False)],
)
def test_a_right_with_dates_is_one_between_them(
    house: House, monday_10: Any, begins_s: int | None, ends_s: int | None, is_theirs: bool
) -> None:
    begins, ends = (None if seconds is None else MONDAY_10 + timedelta(seconds=seconds) for seconds in (begins_s, ends_s))
    Grant.objects.create(user=house.charlie, camera=house.other, action=Action.PTZ, valid_from=begins, valid_until=ends)
    assert may(house.charlie, Action.PTZ, house.other) is is_theirs
    assert bool(rights_by_camera(house.charlie)) is is_theirs


def test_one_right_at_night_and_one_by_day_are_both(house: House, monday_10: Any) -> None:
    Grant.objects.create(user=house.charlie, camera=house.other, action=Action.VIEW, hours={"0": [["22:00", "06:00"]]})
    Grant.objects.create(user=house.charlie, camera=house.other, action=Action.PLAYBACK, hours=OFFICE)
    assert rights_by_camera(house.charlie)[house.other.pk] == [Action.VIEW, Action.PLAYBACK]
    monday_10.return_value = MONDAY_10 + timedelta(hours=13)
    assert rights_by_camera(house.charlie)[house.other.pk] == [Action.VIEW]


@pytest.mark.parametrize("hours", [{"7": [["08:00", "18:00"]]}, {"0": "always"}, ["08:00"], "always", {"0": [["8", "18"]]}])
def test_hours_that_cant_be_read_open_nothing(house: House, hours: Any) -> None:
    grant = Grant.objects.create(user=house.charlie, camera=house.other, hours=hours)
    assert not may(house.charlie, Action.VIEW, house.other)
    assert rights_by_camera(house.charlie) == {}
    with pytest.raises(ValidationError) as refused:
        grant.full_clean()
    assert "hours" in refused.value.message_dict


@pytest.mark.parametrize("hours", [{}, {"0": []}])
def test_hours_without_an_hour_are_no_right(house: House, hours: Any) -> None:
    with pytest.raises(ValidationError, match="one day at least"):
        Grant(user=house.charlie, camera=house.other, hours=hours).full_clean()


def test_a_right_cant_end_before_it_begins(house: House) -> None:
    now = timezone.now()
    with pytest.raises(IntegrityError):
        Grant.objects.create(user=house.charlie, camera=house.other, valid_from=now, valid_until=now)


def test_managing_people_is_a_right_of_its_own(house: House) -> None:
    assert may_manage_people(house.alice)
    assert not any(may_manage_people(user) for user in (house.bob, house.carol, AnonymousUser()))
    house.charlie.user_permissions.add(Permission.objects.get(codename="manage_people"))
    charlie = type(house.charlie).objects.get(pk=house.charlie.pk)
    assert may_manage_people(charlie)
    assert not cameras_for(charlie).exists()
    charlie.is_active = False
    assert not may_manage_people(charlie)


def test_two_queries_however_many_grants(house: House) -> None:
    group = CameraGroup.objects.create(name="All")
    group.cameras.add(house.camera, house.other)
    hours = [None, OFFICE, {"6": [["00:00", "24:00"]]}]
    Grant.objects.bulk_create(
        Grant(user=house.charlie, camera_group=group, action=action, hours=each) for action in Action for each in hours
    )
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(cameras_for(house.charlie, Action.PLAYBACK)) == 2
    assert len(queries) == 2
    with CaptureQueriesContext(connection) as queries:
        assert len(rights_by_camera(house.charlie)) == 2
    assert len(queries) == 1

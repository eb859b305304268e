"""Users, groups, grants and groups of cameras by the API, and how far those may go who manage people without being superusers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.utils import timezone
from rest_framework.test import APIClient

from cameras.models import Action, CameraGroup, Grant
from cameras.permissions import may, rights_by_camera
from tests.support.people import PASSWORD, House

V1 = "/api/v1/"
ALL_DAY = {str(day): [["00:00", "24:00"]] for day in range(7)}
ADDRESSES = ["users/", "users/1/", "users/1/rights/", "groups/", "groups/1/", "grants/", "grants/1/", "camera-groups/", "camera-groups/1/"]


@pytest.fixture
def home(house: House) -> House:
    """Bob manages people. He may always view and play back the front door, and export it until tomorrow."""
    house.bob.user_permissions.add(Permission.objects.get(codename="manage_people"))
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PLAYBACK)
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.EXPORT, valid_until=timezone.now() + timedelta(days=1))
    return house


def post(client: APIClient, path: str, **body: Any) -> Any:
    return client.post(f"{V1}{path}", body, format="json")


def patch(client: APIClient, path: str, **body: Any) -> Any:
    return client.patch(f"{V1}{path}", body, format="json")


@pytest.mark.parametrize("address", [*ADDRESSES, "cameras/front-door/who/"])
def test_it_is_for_those_who_manage_people(house: House, address: str) -> None:
    for person, status in (("nobody", 401), ("charlie", 403), ("carol", 403), ("bob", 403)):
        api = house.api(person)
        for method in ("get", "post", "patch", "delete"):
            assert getattr(api, method)(f"{V1}{address}", format="json").status_code in {status, 405}, (person, method)


def test_an_account_from_its_beginning_to_its_end(house: House) -> None:
    alice = house.api("alice")
    made = post(alice, "users/", username="dora", password="long enough for anybody", email="dora@example.org")
    assert made.status_code == 201
    assert "password" not in made.json()
    dora = User.objects.get(username="dora")
    assert dora.check_password("long enough for anybody")
    found = alice.get(f"{V1}users/?search=DOR").json()
    assert [one["username"] for one in found["results"]] == ["dora"]
    group = post(alice, "groups/", name="Family", members=[dora.pk]).json()
    assert alice.get(f"{V1}users/?group={group['id']}").json()["count"] == 1
    assert patch(alice, f"users/{dora.pk}/", is_active=False, may_manage_people=True).json()["may_manage_people"] is True
    assert [one["username"] for one in alice.get(f"{V1}users/?is_active=false").json()["results"]] == ["dora"]
    assert alice.delete(f"{V1}users/{dora.pk}/").status_code == 204
    assert not User.objects.filter(username="dora").exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"username": "bob"}, "username"),
        ({"username": "no spaces"}, "username"),
        ({"username": "eve", "password": "12345"}, "password"),
        ({"username": "eve", "groups": [99]}, "groups"),
        ({"username": "eve", "email": "nowhere"}, "email"),
        ({}, "username"),
    ],
)
def test_what_is_refused_is_named(house: House, body: dict[str, Any], field: str) -> None:
    answer = post(house.api("alice"), "users/", **body)
    assert (answer.status_code, [name.split(".")[0] for name in answer.json()["errors"]]) == (400, [field])


def test_a_right_is_given_changed_and_taken(house: House) -> None:
    alice = house.api("alice")
    body = {"user": house.charlie.pk, "camera": "garden", "action": "view", "hours": ALL_DAY, "note": "while we are away"}
    made = post(alice, "grants/", **body).json()
    assert {"who": "charlie", "what": "Garden", "standing": "now", "granted_by": "alice"}.items() <= made.items()
    assert may(house.charlie, Action.VIEW, house.other)
    assert post(alice, "grants/", **body).status_code == 409
    later = (timezone.now() + timedelta(days=1)).isoformat()
    assert patch(alice, f"grants/{made['id']}/", valid_from=later, hours=None).json()["standing"] == "later"
    assert not may(house.charlie, Action.VIEW, house.other)
    assert alice.get(f"{V1}grants/?user={house.charlie.pk}&camera=garden&action=view&search=away").json()["count"] == 1
    assert alice.delete(f"{V1}grants/{made['id']}/").status_code == 204
    assert alice.get(f"{V1}grants/?user={house.charlie.pk}").json()["count"] == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"hours": {}}, "hours"),
        ({"hours": {"0": [["8", "9"]]}}, "hours"),
        ({"hours": "always"}, "hours"),
        ({"action": "fly"}, "action"),
        ({"camera": "cellar"}, "camera"),
        ({"user": None}, ""),
        ({"camera": None}, ""),
        ({"valid_from": "2026-01-02T00:00:00Z", "valid_until": "2026-01-01T00:00:00Z"}, ""),
        ({"valid_until": "some day"}, "valid_until"),
    ],
)
def test_a_right_that_is_none_is_refused(house: House, change: dict[str, Any], field: str) -> None:
    answer = post(house.api("alice"), "grants/", **{"user": house.charlie.pk, "camera": "garden", "action": "view"} | change)
    assert answer.status_code == 400
    assert field in {name.removeprefix("__all__") for name in answer.json()["errors"]}


@pytest.mark.parametrize(
    "query", ["users/?group=x", "users/?is_active=perhaps", "grants/?user=0", "grants/?action=fly", "grants/?camera=a b"]
)
def test_filters_that_make_no_sense_are_refused(house: House, query: str) -> None:
    assert house.api("alice").get(f"{V1}{query}").status_code == 400


def test_why_somebody_may_and_who_may(house: House) -> None:
    family, outside = Group.objects.create(name="Family"), CameraGroup.objects.create(name="Outside")
    family.user_set.add(house.charlie)
    outside.cameras.add(house.camera, house.other)
    Grant.objects.create(user_group=family, camera_group=outside, action=Action.EXPORT)
    Grant.objects.create(user=house.charlie, camera=house.other, action=Action.PTZ, valid_until=timezone.now())
    alice = house.api("alice")
    rights = {one["camera"]["slug"]: one["rights"] for one in alice.get(f"{V1}users/{house.charlie.pk}/rights/").json()}
    allowed = {slug: [right["action"] for right in its if right["is_allowed"]] for slug, its in rights.items()}
    assert allowed == {slug: ["view", "playback", "export"] for slug in ("front-door", "garden")}
    turn = next(right for right in rights["garden"] if right["action"] == "ptz")
    assert (turn["is_allowed"], [reason["standing"] for reason in turn["reasons"]]) == (False, ["over"])
    view = next(right for right in rights["front-door"] if right["action"] == "view")
    assert [(reason["grant"]["who"], reason["grant"]["what"]) for reason in view["reasons"]] == [("Family", "Outside")]
    who = {one["user"]["username"]: one["rights"] for one in alice.get(f"{V1}cameras/front-door/who/").json()}
    assert list(who) == ["alice", "bob", "carol", "charlie"]
    assert all(right["is_allowed"] and not right["reasons"] for right in who["alice"])
    for name in ("bob", "carol", "charlie"):
        mine = rights_by_camera(house.person(name)).get(house.camera.pk, [])
        assert [right["action"] for right in who[name] if right["is_allowed"]] == mine


def test_who_manages_people_gives_nothing_that_they_have_not(home: House) -> None:
    bob, charlie = home.api("bob"), home.charlie.pk
    assert post(bob, "grants/", user=charlie, camera="front-door", action="view").status_code == 201
    assert post(bob, "grants/", user=charlie, camera="front-door", action="playback").status_code == 201
    for action, camera in (("export", "front-door"), ("hear", "front-door"), ("configure", "front-door"), ("view", "garden")):
        assert post(bob, "grants/", user=charlie, camera=camera, action=action).status_code == 403, (action, camera)
    grant = Grant.objects.get(user=home.charlie, action=Action.VIEW)
    assert patch(bob, f"grants/{grant.pk}/", camera="garden").status_code == 403
    assert patch(bob, f"grants/{grant.pk}/", action="export").status_code == 403
    assert patch(bob, f"grants/{grant.pk}/", valid_until=(timezone.now() + timedelta(hours=1)).isoformat()).status_code == 200
    assert bob.delete(f"{V1}grants/{grant.pk}/").status_code == 204


def test_nor_through_a_group_of_people(home: House) -> None:
    bob, charlie = home.api("bob"), home.charlie.pk
    strong, weak, managers = (Group.objects.create(name=name) for name in ("Strong", "Weak", "Managers"))
    Grant.objects.create(user_group=strong, camera=home.other, action=Action.VIEW)
    Grant.objects.create(user_group=weak, camera=home.camera, action=Action.VIEW)
    managers.permissions.add(Permission.objects.get(codename="manage_people"))
    for group, status in ((strong, 403), (managers, 403), (weak, 200)):
        assert patch(bob, f"users/{charlie}/", groups=[group.pk]).status_code == status
        assert patch(bob, f"groups/{group.pk}/", members=[charlie]).status_code == status
    assert post(bob, "users/", username="eve", groups=[strong.pk]).status_code == 403
    assert not User.objects.filter(username="eve").exists()
    assert patch(bob, f"groups/{weak.pk}/", members=[]).status_code == 200
    assert bob.delete(f"{V1}groups/{managers.pk}/").status_code == 403
    theirs = Grant.objects.create(user_group=managers, camera=home.camera, action=Action.VIEW)
    assert patch(bob, f"grants/{theirs.pk}/", user_group=None, user=charlie).status_code == 403
    assert bob.delete(f"{V1}grants/{theirs.pk}/").status_code == 403


def test_nor_through_a_group_of_cameras(home: House) -> None:
    bob = home.api("bob")
    made = post(bob, "camera-groups/", name="Mine", cameras=["front-door"])
    assert made.status_code == 201
    address = f"camera-groups/{made.json()['id']}/"
    assert post(bob, "grants/", user=home.charlie.pk, camera_group=made.json()["id"], action="playback").status_code == 201
    assert patch(bob, address, cameras=["front-door", "garden"]).status_code == 403
    assert post(bob, "camera-groups/", name="Theirs", cameras=["garden"]).status_code == 403
    Grant.objects.create(user=home.bob, camera=home.other, action=Action.VIEW)
    assert patch(bob, address, cameras=["front-door", "garden"]).status_code == 403
    Grant.objects.create(user=home.bob, camera=home.other, action=Action.PLAYBACK)
    assert patch(bob, address, cameras=["front-door", "garden"]).json()["cameras"] == ["front-door", "garden"]
    assert bob.delete(f"{V1}{address}").status_code == 204


@pytest.mark.parametrize(
    "change",
    [
        {"is_superuser": True},
        {"is_staff": True},
        {"may_manage_people": True},
        {"password": "another long password"},
        {"email": "mallory@example.org"},
        {"username": "mallory"},
    ],
)
def test_nor_becomes_somebody_else(home: House, change: dict[str, Any]) -> None:
    assert patch(home.api("bob"), f"users/{home.charlie.pk}/", **change).status_code == 403
    charlie = User.objects.get(pk=home.charlie.pk)
    assert not (charlie.is_superuser or charlie.is_staff or charlie.user_permissions.exists() or charlie.email)
    assert charlie.check_password(PASSWORD)
    assert patch(home.api("bob"), f"users/{home.bob.pk}/", **change).status_code == 403


def test_accounts_of_those_in_charge_are_for_administrators(home: House) -> None:
    bob = home.api("bob")
    for person in (home.alice, home.carol, home.bob):
        assert patch(bob, f"users/{person.pk}/", is_active=False).status_code == 403
        assert bob.delete(f"{V1}users/{person.pk}/").status_code == 403
    assert post(bob, "grants/", user=home.alice.pk, camera="front-door", action="view").status_code == 403
    assert patch(bob, f"users/{home.charlie.pk}/", is_active=False).status_code == 200
    assert [one["may_change"] for one in bob.get(f"{V1}users/").json()["results"]] == [False, False, False, True]
    assert post(bob, "users/", username="eve", password="long enough for anybody", email="eve@example.org").status_code == 201


def test_the_last_administrator_stays(house: House) -> None:
    alice = house.api("alice")
    for change in ({"is_active": False}, {"is_superuser": False}):
        assert patch(alice, f"users/{house.alice.pk}/", **change).status_code == 403
    assert alice.delete(f"{V1}users/{house.alice.pk}/").status_code == 403
    house.carol.is_superuser = True
    house.carol.save()
    assert patch(alice, f"users/{house.carol.pk}/", is_superuser=False).status_code == 200


def test_a_browser_left_open_does_not_give_its_person_another_password(house: House) -> None:
    answer = house.browser("alice").patch(
        f"{V1}users/{house.alice.pk}/", {"password": "another long password"}, content_type="application/json"
    )
    assert answer.status_code == 403 and "/accounts/password/change/" in answer.json()["detail"]
    assert User.objects.get(pk=house.alice.pk).check_password(PASSWORD)


def test_lists_cost_the_same_however_long(house: House, django_assert_max_num_queries: Any) -> None:
    outside = CameraGroup.objects.create(name="Outside")
    outside.cameras.add(house.camera, house.other)
    for number in range(12):
        group = Group.objects.create(name=f"Group {number}")
        group.user_set.add(User.objects.create(username=f"user-{number}"), house.bob)
        Grant.objects.create(user_group=group, camera_group=outside, action=Action.PLAYBACK)
    alice = house.api("alice")
    for path in ("users/", "groups/", "grants/", "camera-groups/", f"users/{house.bob.pk}/rights/", "cameras/front-door/who/"):
        with django_assert_max_num_queries(9):
            assert alice.get(f"{V1}{path}").status_code == 200

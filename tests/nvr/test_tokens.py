"""API tokens: a name, an end, a scope that holds on every way in, and revoked at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async as in_thread
from django.core.management import CommandError, call_command
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from cameras.access import Identity, find_camera, identify, is_person, is_staff, may_still, still_may, visible_cameras
from cameras.api.tickets import TicketAuthentication
from cameras.models import Action, Camera, Grant
from cameras.permissions import cameras_for, may, may_add, may_manage_people, may_read_audit, rights_by_camera
from cameras.token_scope import scoped_user
from nvr.people import tickets
from nvr.people.models import ApiToken
from nvr.people.tokens import create_token, make_token
from nvr.tasks import forget_sign_ins
from recordings.models import Event, Export
from tests.support.people import PASSWORD, House

TOKENS = "/api/v1/tokens/"
TICKET = "/api/v1/cameras/front-door/ticket/"


def program(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def scope_of(token: str) -> dict[str, Any]:
    return {"type": "websocket", "headers": [(b"authorization", f"Bearer {token}".encode())], "query_string": b""}


def test_a_token_is_made_listed_used_and_revoked(house: House) -> None:
    mine = house.api("bob")
    answer = mine.post(TOKENS, {"name": "Home Assistant", "scope": "read", "valid_days": 30}, format="json")
    assert answer.status_code == 201
    made = answer.json()
    assert timedelta(days=29) < AuthToken.objects.get(details=made["id"]).expiry - timezone.now() <= timedelta(days=30)
    assert program(made["secret"]).get("/api/v1/cameras/").status_code == 200
    listed = next(one for one in mine.get(TOKENS).json()["results"] if one["id"] == made["id"])
    assert (listed["name"], listed["scope"], listed["cameras"]) == ("Home Assistant", "read", None)
    assert listed["used_at"] is not None
    assert made["secret"] not in str(mine.get(TOKENS).json())
    assert house.api("charlie").delete(f"{TOKENS}{made['id']}/").status_code == 404
    assert mine.delete(f"{TOKENS}{made['id']}/").status_code == 204
    assert program(made["secret"]).get("/api/v1/cameras/").status_code == 401


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"scope": "read"}, "name"),
        ({"name": "x", "scope": "actions"}, "actions"),
        ({"name": "x", "scope": "read", "actions": ["ptz"]}, "actions"),
        ({"name": "x", "scope": "everything"}, "scope"),
        ({"name": "x", "cameras": []}, "cameras"),
        ({"name": "x", "cameras": ["garden"]}, "cameras.0"),
        ({"name": "x", "valid_days": 0}, "valid_days"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(house: House, wish: dict[str, Any], field: str) -> None:
    answer = house.api("bob").post(TOKENS, wish, format="json")
    assert answer.status_code == 400
    assert any(name.startswith(field.split(".")[0]) for name in answer.json()["errors"])


def test_reading_only_writes_nothing_anywhere(house: House) -> None:
    reader = program(create_token(house.alice, scope="read"))
    assert reader.get("/api/v1/cameras/front-door/").status_code == 200
    assert reader.patch("/api/v1/cameras/front-door/", {"name": "Mine"}, format="json").status_code == 403
    assert reader.post("/api/v1/cameras/", {"name": "New"}, format="json").status_code == 403
    assert reader.post(TOKENS, {"name": "more", "scope": "full"}, format="json").status_code == 403
    assert reader.post("/api/v1/cameras/front-door/ptz/stop/").status_code == 403
    assert reader.delete("/api/v1/sessions/").status_code == 403
    assert reader.post(TICKET, {"action": "view"}, format="json").status_code == 200
    assert reader.post(TICKET, {"action": "ptz"}, format="json").status_code == 403
    house.camera.refresh_from_db()
    assert house.camera.name == "Front door"


def test_a_scope_of_actions_and_cameras_narrows_everything(house: House) -> None:
    details, _ = make_token(house.alice, scope="actions", actions=["playback"], cameras=[house.camera])
    user = scoped_user(details.token)
    assert set(cameras_for(user, Action.VIEW)) == set(cameras_for(user, Action.PLAYBACK)) == {house.camera}
    assert not cameras_for(user, Action.PTZ) and not cameras_for(user, Action.CONFIGURE) and not may_add(user)
    assert rights_by_camera(user) == {house.camera.pk: [Action.VIEW, Action.PLAYBACK]}
    assert cameras_for(house.alice, Action.CONFIGURE).count() == 2, "the person is not narrowed"


def test_a_limited_token_opens_nothing_but_cameras(house: House) -> None:
    limited = program(create_token(house.alice, scope="actions", actions=["ptz"]))
    assert limited.get("/api/v1/cameras/").status_code == 200
    for path in (TOKENS, "/api/v1/sessions/", "/api/v1/notifications/channels/", "/api/v1/storage/", "/api/v1/events/", "/api/v1/exports/"):
        assert limited.get(path).status_code == 403, path
    assert limited.post("/api/v1/cameras/", {"name": "x", "streams": []}, format="json").status_code == 403
    one_camera = program(create_token(house.alice, cameras=[house.camera]))
    assert [camera["slug"] for camera in one_camera.get("/api/v1/cameras/").json()["results"]] == ["front-door"]
    assert one_camera.get("/api/v1/cameras/garden/").status_code == 404
    assert one_camera.post(TOKENS, {"name": "more", "scope": "full"}, format="json").status_code == 403


def test_a_limited_token_of_an_administrator_is_none_for_what_is_not_its_cameras(house: House) -> None:
    """Who may see a camera, what happens to the installation, the camera's password at another host, others' exports."""
    details, secret = make_token(house.alice, scope="actions", actions=["playback", "export", "configure"], cameras=[house.camera])
    limited, user = program(secret), scoped_user(details.token)
    assert limited.get("/api/v1/cameras/garden/who/").status_code == 403
    assert not may_manage_people(user) and not may_read_audit(user)
    failed = Event.objects.create(kind=Event.Kind.STORAGE, start_ms=1, end_ms=2, seen_until_ms=2, footage_start_ms=1, footage_end_ms=2)
    assert limited.get(f"/api/v1/events/{failed.pk}/").status_code == 404
    elsewhere = {"streams": [{"role": "main", "url": "rtsp://elsewhere.example/main"}]}
    assert limited.patch("/api/v1/cameras/front-door/", elsewhere, format="json").status_code == 400
    span = {"owner": house.alice, "start_ms": 0, "end_ms": 1, "kind": "video", "expires_at": timezone.now() + timedelta(days=1)}
    own, both = Export.objects.create(**span), Export.objects.create(**span)
    own.cameras.set([house.camera])
    both.cameras.set([house.camera, house.other])
    assert [one["id"] for one in limited.get("/api/v1/exports/").json()["results"]] == [str(own.pk)]
    assert limited.delete(f"/api/v1/exports/{both.pk}/").status_code == 404
    assert limited.get(f"/api/v1/exports/{both.pk}/links/").status_code == 404


def test_a_limited_token_is_good_for_go2rtc_s_players(house: House) -> None:
    limited = program(create_token(house.alice, scope="actions", actions=["view"], cameras=[house.camera]))
    assert set(limited.get("/api/streams").json()) == {"front-door", "front-door/sub"}
    assert limited.get("/api/streams?src=garden").status_code == 404
    assert limited.get("/api/frame.jpeg?src=garden").json()["detail"] == "stream not found"
    assert limited.get("/api/frame.jpeg?src=front-door").json()["detail"] == "there is no picture of this camera yet"


def test_a_token_of_a_camera_that_is_gone_opens_none(house: House) -> None:
    mine = program(create_token(house.alice, cameras=[house.camera]))
    Camera.objects.filter(pk=house.camera.pk).delete()
    assert mine.get("/api/v1/cameras/").json()["results"] == []


def test_a_token_never_may_more_than_its_owner_does_now(house: House) -> None:
    turner = program(create_token(house.bob, scope="actions", actions=["ptz", "configure"]))
    assert turner.post(TICKET, {"action": "ptz"}, format="json").status_code == 403
    Grant.objects.all().delete()
    assert turner.get("/api/v1/cameras/").json()["results"] == []


def test_a_token_nothing_is_known_of_opens_nothing(house: House) -> None:
    _, secret = AuthToken.objects.create(user=house.alice)
    assert program(secret).get("/api/v1/cameras/").status_code in (200, 403)
    assert program(secret).get("/api/v1/cameras/front-door/").status_code == 404
    assert program(secret).get(TOKENS).status_code == 403


async def test_the_scope_holds_on_sockets(transactional_db: None) -> None:
    house = await in_thread(House)()
    details, secret = await in_thread(make_token)(house.alice, scope="read", cameras=[house.camera])
    identity = await identify(scope_of(secret))
    assert (await find_camera(identity, "front-door")).pk == house.camera.pk
    assert [camera.slug for camera in await visible_cameras(identity)] == ["front-door"]
    assert await still_may(identity, house.camera.pk, Action.PLAYBACK)
    assert not await still_may(identity, house.camera.pk, Action.PTZ)
    assert not await still_may(identity, house.other.pk)
    assert not await is_staff(identity) and not await is_person(identity)
    await sync_to_async(details.token.delete)()
    assert not await still_may(identity, house.camera.pk)


def test_expired_tokens_open_nothing_and_go(house: House) -> None:
    details, secret = make_token(house.bob, valid_for=timedelta(days=1))
    AuthToken.objects.filter(details=details).update(expiry=timezone.now() - timedelta(seconds=1))
    create_token(house.bob)
    assert program(secret).get("/api/v1/cameras/").status_code == 401
    forget_sign_ins()
    assert ApiToken.objects.count() == 1


def test_a_ticket_ends_with_the_token_or_session_that_asked_for_it(house: House) -> None:
    details, secret = make_token(house.bob)
    by_token = program(secret).post(TICKET, {}, format="json").json()["ticket"]
    browser = house.browser("bob")
    by_session = browser.post(TICKET, "{}", content_type="application/json").json()["ticket"]
    assert tickets.check(by_token) == tickets.check(by_session) == (house.bob, house.camera.pk, "view")
    details.token.delete()
    browser.logout()
    for ticket in (by_token, by_session):
        with pytest.raises(tickets.TicketError, match="revoked"):
            tickets.check(ticket)


def test_a_ticket_may_no_more_than_the_token_it_was_issued_on(house: House) -> None:
    """Alice may hear, and everything else; her token may look only."""
    looker = program(create_token(house.alice, scope="actions", actions=["view", "playback"], cameras=[house.camera]))
    full = program(create_token(house.alice))
    for action in (Action.VIEW, Action.PLAYBACK):
        for client, may_hear in ((looker, False), (full, True)):
            ticket = client.post(TICKET, {"action": action}, format="json").json()["ticket"]
            identity = Identity(house.alice.pk, "ticket", ticket, house.camera.pk, action)
            assert may_still(identity, house.camera.pk, action)
            assert may_still(identity, house.camera.pk, Action.HEAR) is may_hear
            request: Any = Mock(query_params={"ticket": ticket})
            found = TicketAuthentication().authenticate(request)
            assert found is not None and may(found[0], Action.HEAR, house.camera) is may_hear


@pytest.mark.parametrize("days", [None, 300])
def test_a_token_makes_none_that_outlives_it(house: House, days: int | None) -> None:
    details, secret = make_token(house.bob, valid_for=timedelta(days=1))
    made = program(secret).post(TOKENS, {"name": "more", "scope": "full", "valid_days": days}, format="json").json()
    assert abs(AuthToken.objects.get(details=made["id"]).expiry - details.token.expiry) < timedelta(seconds=5)


def test_using_a_token_is_noted_once_a_minute(house: House) -> None:
    details, secret = make_token(house.bob)
    program(secret).get("/api/v1/cameras/")
    first = ApiToken.objects.get(pk=details.pk).used_at
    program(secret).get("/api/v1/cameras/")
    assert ApiToken.objects.get(pk=details.pk).used_at == first


def test_making_one_on_the_page_asks_for_the_password_again(house: House) -> None:
    browser = house.browser("bob")
    assert "/accounts/reauthenticate/" in browser.get("/account/tokens/new/")["Location"]
    assert browser.post(TOKENS, '{"name": "x"}', content_type="application/json").status_code == 403
    assert browser.post("/accounts/reauthenticate/?next=/account/tokens/new/", {"password": PASSWORD}).status_code == 302
    assert browser.get("/account/tokens/new/").status_code == 200
    wish = {"name": "Shelf", "days": "30", "scope": "actions", "actions": ["ptz"], "cameras": [house.camera.pk]}
    page = browser.post("/account/tokens/new/", wish).content.decode()
    secret = page.split("<code>")[1].split("</code>")[0]
    assert [one["slug"] for one in program(secret).get("/api/v1/cameras/").json()["results"]] == ["front-door"]
    assert "Choose at least one action" in browser.post("/account/tokens/new/", {"name": "x", "scope": "actions"}).content.decode()
    listed = browser.get("/account/").content.decode()
    assert "Shelf" in listed and secret not in listed and "Front door" in listed
    row = ApiToken.objects.get(name="Shelf")
    assert house.browser("charlie").post(f"/account/tokens/{row.pk}/end/").status_code == 404
    browser.post(f"/account/tokens/{row.pk}/end/")
    assert program(secret).get("/api/v1/cameras/").status_code == 401


def test_token_command_with_a_scope(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("token", "alice", "--name", "wall", "--days", "7", "--action", "ptz", "--camera", "garden")
    secret = capsys.readouterr().out.strip()
    assert [one["slug"] for one in program(secret).get("/api/v1/cameras/").json()["results"]] == ["garden"]
    call_command("token", "alice", "--list")
    assert "wall\tactions" in capsys.readouterr().out
    with pytest.raises(CommandError, match="sees no camera called garden"):
        call_command("token", "bob", "--camera", "garden")

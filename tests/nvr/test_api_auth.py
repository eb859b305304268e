from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone
from knox.models import AuthToken

from nvr.people import tickets
from tests.support.people import PASSWORD, House

TOKEN = "/api/v1/auth/token/"
TICKET = "/api/v1/cameras/front-door/ticket/"


def test_token_opens_the_api_until_it_is_revoked(house: House) -> None:
    program = house.api("nobody")
    answer = program.post(TOKEN, {"username": "bob", "password": PASSWORD}, format="json")
    assert answer.status_code == 200
    token = answer.json()["token"]
    assert token not in str(AuthToken.objects.values())
    program.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert program.get("/api/v1/cameras/").status_code == 200
    assert program.delete(TOKEN).status_code == 204
    assert program.get("/api/v1/cameras/").status_code == 401


@pytest.mark.parametrize(("username", "password"), [("bob", "wrong"), ("nobody", PASSWORD), ("bob", "")])
def test_wrong_login_is_a_problem(house: House, username: str, password: str) -> None:
    answer = house.api("nobody").post(TOKEN, {"username": username, "password": password}, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (401 if password else 400, "application/problem+json")
    assert PASSWORD not in answer.content.decode()


def test_account_that_is_switched_off_gets_no_token(house: House) -> None:
    house.bob.is_active = False
    house.bob.save()
    assert house.api("nobody").post(TOKEN, {"username": "bob", "password": PASSWORD}, format="json").status_code == 401


def test_guessing_is_throttled(house: House) -> None:
    guesses = [house.api("nobody").post(TOKEN, {"username": "bob", "password": f"guess {n}"}, format="json") for n in range(8)]
    assert guesses[0].status_code == 401
    assert guesses[-1].status_code == 429
    assert house.api("nobody").post(TOKEN, {"username": "bob", "password": PASSWORD}, format="json").status_code == 429


def test_deleting_without_a_token_is_refused(house: House) -> None:
    assert house.api("nobody").delete(TOKEN).status_code == 401
    assert house.browser("bob").delete(TOKEN).status_code == 400


def test_ticket_is_for_one_person_one_camera_one_action(house: House) -> None:
    answer = house.api("bob").post(TICKET, {"action": "view"}, format="json")
    assert answer.status_code == 200
    given = answer.json()
    url = urlsplit(given["url"])
    assert (url.scheme, url.netloc, url.path) == ("ws", "testserver", "/ws/live/front-door/")
    assert parse_qs(url.query) == {"ticket": [given["ticket"]]}
    assert tickets.check(given["ticket"]) == (house.bob, house.camera.pk, "view")
    left = datetime.fromisoformat(given["expires_at"]) - timezone.now()
    assert timedelta(seconds=50) < left <= timedelta(seconds=60)


def test_ticket_needs_the_right_to_view(house: House) -> None:
    assert [house.api(who).post(TICKET, {}, format="json").status_code for who in ("alice", "bob", "charlie", "nobody")] == [
        200,
        200,
        404,
        401,
    ]
    assert house.api("bob").post(TICKET, {"action": "configure"}, format="json").status_code == 400


def test_a_ticket_to_turn_the_camera(house: House) -> None:
    assert house.api("bob").post(TICKET, {"action": "ptz"}, format="json").status_code == 403
    given = house.api("carol").post(TICKET, {"action": "ptz"}, format="json").json()
    assert urlsplit(given["url"]).path == "/ws/ptz/front-door/"
    assert tickets.check(given["ticket"]) == (house.carol, house.camera.pk, "ptz")


def test_ticket_ends(house: House) -> None:
    ticket = tickets.issue(house.bob, house.camera, "view")
    with pytest.raises(tickets.TicketError, match="expired"):
        tickets.check(ticket, valid_for=timedelta(seconds=-1))
    for forged in ("", "x", ticket[:-1], ticket.swapcase()):
        with pytest.raises(tickets.TicketError, match="not a ticket"):
            tickets.check(forged)
    house.bob.set_password("another one entirely")
    house.bob.save()
    with pytest.raises(tickets.TicketError, match="revoked"):
        tickets.check(ticket)


def test_ticket_is_revoked_with_the_account(house: House) -> None:
    ticket = tickets.issue(house.bob, house.camera, "view")
    house.bob.is_active = False
    house.bob.save()
    with pytest.raises(tickets.TicketError, match="revoked"):
        tickets.check(ticket)

"""What holds for the whole API: pages, types, ETags, edits of what has changed, creating once, and problems everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from cameras.models import CreatedOnce, Layout
from tests.support.people import House


@pytest.fixture
def alice(house: House) -> APIClient:
    return house.api("alice")


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "limit=", "offset=-1", "offset=1.5", "offset=99999999999"])
def test_pages_refuse_what_is_no_number(alice: APIClient, query: str) -> None:
    answer = alice.get(f"/api/v1/cameras/?{query}")
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {query.partition("=")[0]}


def test_pages_lead_to_each_other(alice: APIClient) -> None:
    first = alice.get("/api/v1/cameras/?limit=1").json()
    second = alice.get(first["next"]).json()
    assert [first["results"][0]["slug"], second["results"][0]["slug"]] == ["front-door", "garden"]
    assert (first["count"], first["previous"], second["next"]) == (2, None, None)


@pytest.mark.parametrize(("body", "field"), [({"name": 7}, "name"), ({"columns": "4"}, "columns"), ({"is_active": "yes"}, "is_active")])
def test_a_body_has_the_types_of_the_document(alice: APIClient, body: dict[str, Any], field: str) -> None:
    answer = alice.post("/api/v1/layouts/", {"name": "Mine", **body}, format="json")
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {field})


def test_what_has_not_changed_is_not_sent_again(alice: APIClient) -> None:
    first = alice.get("/api/v1/cameras/front-door/")
    assert first["Cache-Control"] == "private, no-cache"
    assert alice.get("/api/v1/cameras/front-door/", headers={"If-None-Match": first["ETag"]}).status_code == 304
    alice.patch("/api/v1/cameras/front-door/", {"name": "Door"}, format="json")
    assert alice.get("/api/v1/cameras/front-door/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_an_edit_of_what_has_changed_meanwhile_is_refused(alice: APIClient) -> None:
    address = "/api/v1/cameras/front-door/"
    tag = alice.get(address)["ETag"]
    assert alice.patch(address, {"position": 3}, format="json", headers={"If-Match": tag}).status_code == 200
    refused = alice.patch(address, {"position": 4}, format="json", headers={"If-Match": tag})
    assert (refused.status_code, refused["Content-Type"]) == (412, "application/problem+json")
    assert alice.delete(address, headers={"If-Match": tag}).status_code == 412
    assert alice.get(address).json()["position"] == 3
    assert alice.patch(address, {"position": 5}, format="json", headers={"If-Match": "*"}).status_code == 200
    assert alice.delete(address, headers={"If-Match": alice.get(address)["ETag"]}).status_code == 204


def test_a_request_with_a_key_creates_once(house: House, alice: APIClient) -> None:
    def make(name: str, key: str = "one") -> Any:
        return alice.post("/api/v1/layouts/", {"name": name}, format="json", headers={"Idempotency-Key": key})

    first, again = make("Mine"), make("Mine")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert make("Other").status_code == 422
    assert make("Other", key="x" * 256).json()["errors"].keys() == {"Idempotency-Key"}
    assert Layout.objects.count() == 1
    assert make("Mine", key="two").status_code == 400, "there is one of this name"
    assert not CreatedOnce.objects.filter(key="two").exists(), "what was refused may be asked again"
    CreatedOnce.objects.update(status=None)
    assert make("Mine").status_code == 409
    bobs = house.api("bob").post("/api/v1/layouts/", {"name": "Bob's"}, format="json", headers={"Idempotency-Key": "one"})
    assert bobs.json()["name"] == "Bob's"


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/api/v1/nothing/", 404),
        ("get", "/api/nothing", 404),
        ("get", "/api/v1/cameras/nothing/", 404),
        ("delete", "/api/v1/cameras/", 405),
        ("post", "/api/v1/storage/", 405),
    ],
)
def test_every_refusal_is_a_problem(alice: APIClient, method: str, address: str, status: int) -> None:
    answer = getattr(alice, method)(address)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


def test_a_body_of_another_type_and_one_that_is_no_json_are_problems(alice: APIClient) -> None:
    assert alice.post("/api/v1/layouts/", {"name": "Mine"}).status_code == 415
    broken = alice.post("/api/v1/layouts/", "{", content_type="application/json")
    assert (broken.status_code, broken["Content-Type"]) == (400, "application/problem+json")


def test_a_fault_of_ours_is_a_problem_without_details(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr("cameras.api.layouts.LayoutViewSet.get_queryset", fail)
    alice = house.api("alice")
    alice.raise_request_exception = False
    answer = alice.get("/api/v1/layouts/")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "hunter2" not in answer.content.decode()


def test_lists_are_filtered_and_ordered_by_what_they_name(alice: APIClient) -> None:
    def slugs(query: str) -> list[str]:
        return [camera["slug"] for camera in alice.get(f"/api/v1/cameras/?{query}").json()["results"]]

    assert slugs("ordering=-name") == ["garden", "front-door"]
    assert slugs("name=GARD") == ["garden"]
    assert slugs("is_enabled=false") == []
    assert set(alice.get("/api/v1/cameras/?ordering=password").json()["errors"]) == {"ordering"}
    assert set(alice.get("/api/v1/cameras/?state=asleep").json()["errors"]) == {"state"}


def test_streams_have_addresses_of_their_own_without_credentials(house: House) -> None:
    found = house.api("bob").get("/api/v1/cameras/front-door/streams/").json()["results"]
    assert [stream["role"] for stream in found] == ["main", "sub"]
    assert house.api("bob").get("/api/v1/cameras/front-door/streams/main/").json() == found[0]
    assert "hunter2" not in str(found)
    assert house.api("charlie").get("/api/v1/cameras/front-door/streams/").status_code == 404


def test_system_and_settings_are_told_to_staff_without_a_secret(house: House, settings: Any) -> None:
    for address in ("/api/v1/system/", "/api/v1/settings/"):
        assert house.api("bob").get(address).status_code == 403
        answer = house.api("alice").get(address)
        assert answer.status_code == 200
        assert settings.SECRET_KEY not in answer.content.decode()
    assert {one["name"] for one in house.api("alice").get("/api/v1/system/").json()["components"]} >= {"database", "redis", "ingest"}


def test_a_filter_that_is_empty_is_no_filter_left_out(alice: APIClient) -> None:
    assert set(alice.get("/api/v1/cameras/?state=").json()["errors"]) == {"state"}
    assert set(alice.get("/api/v1/exports/?camera=").json()["errors"]) == {"camera"}

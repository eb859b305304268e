from __future__ import annotations

from typing import Any

import pytest

from cameras.models import Layout
from tests.support.people import House

LIST = "/api/v1/layouts/"
TILES = [{"camera": "front-door", "x": 0, "y": 0, "w": 6, "h": 4}]


def test_layout_is_kept_for_its_owner_only(house: House) -> None:
    body = {"name": "Night", "kind": "custom", "columns": 12, "tiles": TILES, "is_active": True}
    made = house.api("bob").post(LIST, body, format="json")
    assert (made.status_code, made.json() | {"id": 0}) == (201, body | {"id": 0})
    one = f"{LIST}{made.json()['id']}/"
    assert house.api("bob").get(one).json() == made.json()
    assert [layout["name"] for layout in house.api("bob").get(LIST).json()["results"]] == ["Night"]
    for stranger in ("alice", "charlie"):
        assert house.api(stranger).get(LIST).json()["results"] == []
        assert [getattr(house.api(stranger), method)(one, {}, format="json").status_code for method in ("get", "patch", "delete")] == [
            404
        ] * 3
    assert house.api("nobody").get(one).status_code == 401
    assert house.api("bob").delete(one).status_code == 204


def test_one_layout_is_active_at_a_time(house: House) -> None:
    client = house.api("bob")
    first, second = (client.post(LIST, {"name": name, "is_active": True}, format="json").json() for name in ("A", "B"))
    client.patch(f"{LIST}{first['id']}/", {"is_active": True}, format="json")
    assert list(Layout.objects.filter(is_active=True).values_list("name", flat=True)) == ["A"]
    assert second["kind"] == "auto"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "A"},
        {"name": ""},
        {"kind": "25"},
        {"columns": 0},
        {"tiles": [{"camera": "x", "x": 0, "y": 0, "w": 0, "h": 1}]},
        {"tiles": [TILES[0]] * 257},
        {"tiles": {"camera": "x"}},
    ],
)
def test_refused_layouts(house: House, wrong: dict[str, Any]) -> None:
    client = house.api("bob")
    client.post(LIST, {"name": "A"}, format="json")
    assert client.post(LIST, {"name": "B"} | wrong, format="json").status_code == 400

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from cameras.models import Preset
from recordings.models import Zone
from recordings.services.motion import zones_of
from recordings.services.motion_zones import MOST_ZONES, drawn_zones, replace_zones
from tests.support.people import House

TRIANGLE = [[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]]


def zone(name: str, **others: Any) -> dict[str, Any]:
    return {"name": name, "kind": "watch", "points": TRIANGLE, **others}


def replace(house: House, *given: dict[str, Any]) -> dict[str, int]:
    """The ids by name afterwards."""
    with transaction.atomic():
        replace_zones(house.camera, drawn_zones(house.camera, given))
    return {zone.name: zone.pk for zone in zones_of(house.camera)}


def problems(house: House, *given: dict[str, Any]) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        drawn_zones(house.camera, given)
    return refused.value.message_dict


def test_zones_are_replaced_as_a_whole(house: House) -> None:
    replace(house, zone("Drive"), zone("Tree", kind="ignore", sensitivity=20))
    replace(house, zone("Gate  way", points=[[0, 0], [1, 0], [0.123456789, 1]]))
    (only,) = zones_of(house.camera)
    assert (only.name, only.kind, only.sensitivity, only.points) == ("Gate way", "watch", None, [[0, 0], [1, 0], [0.12346, 1]])
    assert replace(house) == {}


def test_zones_of_other_cameras_are_left_alone(house: House) -> None:
    Zone.objects.create(camera=house.other, name="Drive", points=TRIANGLE)
    replace(house, zone("Drive"))
    replace(house)
    assert [one.name for one in zones_of(house.other)] == ["Drive"]


def test_a_zone_stays_the_same_row_under_another_name(house: House) -> None:
    first = replace(house, zone("Drive"), zone("Lawn"))
    swapped = replace(house, zone("Lawn", id=first["Drive"]), zone("Drive", id=first["Lawn"]), zone("New"))
    assert (swapped["Lawn"], swapped["Drive"]) == (first["Drive"], first["Lawn"])
    assert set(swapped) == {"Lawn", "Drive", "New"}


def test_a_zone_may_take_the_name_of_one_that_goes(house: House) -> None:
    first = replace(house, zone("Drive"), zone("Lawn"))
    assert replace(house, zone("Drive", id=first["Lawn"])) == {"Drive": first["Lawn"]}


@pytest.mark.parametrize(
    ("field", "given", "words"),
    [
        ("points", {"points": TRIANGLE[:2]}, "zone “Lawn”: give 3 to 40 corners"),
        ("points", {"points": [*TRIANGLE, [1.01, 0]]}, "zone “Lawn”: corner 4 is not two numbers from 0 to 1"),
        ("points", {"points": "M0 0"}, "zone “Lawn”: give 3 to 40 corners"),
        ("name", {"name": " \n "}, "a zone needs a name"),
        ("name", {"name": "x" * 61}, "longer than 60"),
        ("name", {"name": "a\x00b"}, "a control character"),
        ("name", {"name": "DRIVE"}, "two zones called “DRIVE”"),
    ],
)
def test_what_is_no_zone_is_refused_by_name_and_place(house: House, field: str, given: dict[str, Any], words: str) -> None:
    found = problems(house, zone("Drive"), zone("Lawn") | given)
    assert list(found) == [f"zones.1.{field}"]
    assert words in found[f"zones.1.{field}"][0]


def test_all_that_is_wrong_is_told_at_once(house: House) -> None:
    assert list(problems(house, zone(""), zone("Drive"), zone("Lawn", points=[]))) == ["zones.0.name", "zones.2.points"]


def test_a_zone_that_somebody_deleted_meanwhile_is_made_anew(house: House) -> None:
    first = replace(house, zone("Drive"), zone("Lawn"))
    replace(house, zone("Lawn", id=first["Lawn"]))
    again = replace(house, zone("Drive", id=first["Drive"]), zone("Lawn", id=first["Lawn"]))
    assert again["Lawn"] == first["Lawn"]
    assert set(again) == {"Drive", "Lawn"}


def test_a_zone_that_is_deleted_while_another_is_saved_is_made_anew(house: House) -> None:
    first = replace(house, zone("Drive"))
    drawn = drawn_zones(house.camera, [zone("Road", id=first["Drive"])])
    replace(house)
    with transaction.atomic():
        replace_zones(house.camera, drawn)
    assert [one.name for one in zones_of(house.camera)] == ["Road"]


def test_another_cameras_zone_can_t_be_taken(house: House) -> None:
    others = Zone.objects.create(camera=house.other, name="Theirs", points=TRIANGLE)
    own = replace(house, zone("Mine", id=others.pk))["Mine"]
    assert own != others.pk
    others.refresh_from_db()
    assert (others.camera, others.name) == (house.other, "Theirs")


def test_an_id_is_that_of_one_zone(house: House) -> None:
    own = replace(house, zone("Mine"))["Mine"]
    assert list(problems(house, zone("One", id=own), zone("Two", id=own))) == ["zones.1.id"]


def test_there_is_an_end_to_zones(house: House) -> None:
    assert list(problems(house, *(zone(f"Zone {number}") for number in range(MOST_ZONES + 1)))) == ["zones"]


def test_a_zone_may_hold_at_one_preset_alone(house: House) -> None:
    gate = Preset.objects.create(camera=house.camera, token="1", name="Gate")
    ids = replace(house, zone("All"), zone("Gate", preset_id=gate.pk))
    assert {one.name: (one.holds_everywhere, one.preset_id) for one in zones_of(house.camera)} == {
        "All": (True, None),
        "Gate": (False, gate.pk),
    }
    gate.delete()
    replace(house, zone("Gate", id=ids["Gate"], preset_id=None, holds_everywhere=False))
    (lost,) = zones_of(house.camera)
    assert (lost.pk, lost.holds_everywhere, lost.preset_id) == (ids["Gate"], False, None), "kept as it is, and holds nowhere"


def test_another_cameras_preset_is_none(house: House) -> None:
    theirs = Preset.objects.create(camera=house.other, token="1", name="Gate")
    found = problems(house, zone("Drive"), zone("Lawn", preset_id=theirs.pk))
    assert list(found) == ["zones.1.preset"]
    assert "no preset" in found["zones.1.preset"][0]

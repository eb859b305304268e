from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from recordings.notify.decision import CAMERA_DOWN, GAP, MOTION, STORAGE
from recordings.notify.words import Fact, lasting, listed, words_of

BERLIN = ZoneInfo("Europe/Berlin")
AT_MS = 1_795_000_000_000  # 18 November 2026, 12:06:40 in Berlin
DOOR = Fact(MOTION, False, "Front door", AT_MS)
DOWN = replace(DOOR, kind=CAMERA_DOWN, reason="The camera does not answer.")


def said(*facts: Fact, sort: str = "") -> tuple[str, str]:
    words = words_of(facts, sort or facts[0].kind, BERLIN)
    return words.title, words.body


def test_one_event() -> None:
    assert said(DOOR) == ("Motion at Front door", "At 12:06:40.")
    seen = replace(DOOR, zones=("Drive",), labels=("person", "dog"))
    assert said(seen) == ("Motion at Front door", "At 12:06:40, person and dog, in Drive.")
    assert said(DOWN) == ("No picture from Front door", "Since 12:06:40: The camera does not answer.")
    assert said(replace(DOWN, is_end=True, end_ms=AT_MS + 240_000), sort="camera_down over") == (
        "Front door is back",
        "It lasted 4 minutes, from 12:06:40 to 12:10:40.",
    )
    assert said(replace(DOOR, kind=STORAGE, name="disk", reason="full"))[1] == "Since 12:06:40: full."
    assert said(replace(DOOR, kind=GAP)) == ("Footage is missing: Front door", "Since 12:06:40.")
    assert said(replace(DOOR, kind="new_kind"))[0] == "Front door: new kind"


def test_a_burst_is_one_message() -> None:
    garden = replace(DOOR, name="Garden", start_ms=AT_MS + 40_000, labels=("cat",))
    assert said(DOOR, garden, DOOR) == ("Motion at Front door and Garden", "3 events from 12:06:40 to 12:06:40, cat.")
    many = [replace(DOWN, name=f"Camera {n}") for n in range(1, 11)]
    assert said(*many) == (
        "No picture from 10 cameras",
        "Camera 1, Camera 2, Camera 3 and 7 more, since 12:06:40: The camera does not answer.",
    )
    assert said(DOWN, DOWN)[0] == "No picture from Front door (2 times)"


def test_a_disk_and_what_it_did_not_take_are_one_message() -> None:
    disk, missing = replace(DOWN, kind=STORAGE, name="disk 1", reason="The disk fails"), replace(DOOR, kind=GAP, start_ms=AT_MS - 3000)
    assert said(missing, disk, sort=STORAGE) == (
        "Storage trouble: disk 1",
        "Since 12:06:40: The disk fails. Footage of Front door is missing since 12:06:37.",
    )
    many = [replace(missing, name=f"Camera {n}") for n in range(1, 6)]
    assert said(*many, disk, sort=STORAGE)[1].endswith(
        "Footage of 5 cameras (Camera 1, Camera 2, Camera 3 and 2 more) is missing since 12:06:37."
    )
    assert said(*many, sort=STORAGE)[0] == "Footage of 5 cameras is missing"


def test_what_was_found_late_says_when_it_was() -> None:
    title, body = said(DOOR, replace(DOOR, name="Garden", start_ms=AT_MS + 7_200_000), sort="late")
    assert title == "2 events were found late"
    assert body.startswith("Front door and Garden, between 18 Nov 12:06 and 18 Nov 14:06.")
    assert said(DOOR, sort="late")[0] == "One event was found late"


@pytest.mark.parametrize(
    ("names", "text"), [(["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C"), (list("ABCDE"), "A, B, C and 2 more")]
)
def test_lists(names: list[str], text: str) -> None:
    assert listed(names) == text


@pytest.mark.parametrize(
    ("length_ms", "text"), [(0, "less than a minute"), (60_000, "1 minute"), (7_300_000, "2 hours"), (90_000_000, "1 day")]
)
def test_lengths(length_ms: int, text: str) -> None:
    assert lasting(length_ms) == text

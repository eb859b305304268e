from __future__ import annotations

from typing import Any

import pytest

from recordings.rules.event_words import event_text, length_text


@pytest.mark.parametrize(
    ("kind", "given", "text"),
    [
        ("motion", {"length_ms": None}, "Something moved"),
        ("motion", {"length_ms": 12_700, "zones": ["Door", "Drive"]}, "Something moved in Door and Drive for 12 s"),
        ("motion", {"length_ms": 300, "labels": ["person", "VW", "dog"]}, "Person, VW and dog for 1 s"),
        ("camera_down", {"length_ms": None, "reason": "It can't be reached."}, "No picture from the camera: It can't be reached."),
        ("camera_down", {"length_ms": 4_000_000}, "No picture from the camera for 1 h 6 min"),
        ("gap", {"length_ms": 125_000, "reason": "no space"}, "Footage is missing for 2 min: no space"),
        ("storage", {"length_ms": None, "subject": "disk"}, "Trouble with keeping recordings (disk)"),
        ("node", {"length_ms": None, "subject": "cellar"}, "The machine “cellar” is not there"),
        ("node", {"length_ms": 90_000_000, "subject": "cellar"}, "The machine “cellar” was not there for 1 d 1 h"),
        ("other", {"length_ms": 0}, "other"),
    ],
)
def test_an_event_in_a_sentence(kind: str, given: dict[str, Any], text: str) -> None:
    assert event_text(kind, **given) == text


def test_lengths_have_two_units_at_most() -> None:
    assert [length_text(ms) for ms in (0, 99_999, 100_000, 3_600_000, 86_400_000, 200_000_000)] == [
        *("1 s", "99 s", "1 min", "1 h", "1 d", "2 d 7 h"),
    ]

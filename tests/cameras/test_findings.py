from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from cameras.changes import Direction, changes
from cameras.findings import CHECKS, Finding, Grade, bad, cause, from_json, good, in_order, look, not_reached, worst

LONG_GOP = look("keyframes", "A keyframe every 9 s.", "Slow.", "Set one second.", gop_ms=9000, gop_pictures=225)
FORMAT = good("codec", "H.264", codec="h264", width_px=1920, rate_fps=25.0)


def test_findings_survive_being_stored() -> None:
    for finding in (replace(LONG_GOP, stream="main"), FORMAT, not_reached("packets", "login")):
        assert from_json(json.loads(json.dumps(finding.to_json()))) == finding


def test_the_cause_is_the_earliest_of_the_worst() -> None:
    refused = bad("login", "no", "", "")
    assert cause([LONG_GOP, FORMAT]) == LONG_GOP
    assert cause([LONG_GOP, not_reached("packets", "login"), refused]) == refused
    assert cause([FORMAT]) is None
    assert worst([FORMAT, LONG_GOP]) is Grade.LOOK
    assert worst([]) is Grade.NOT_REACHED


def test_findings_go_from_the_way_there_over_the_streams_to_the_whole_camera() -> None:
    both = [replace(FORMAT, stream="sub"), replace(LONG_GOP, stream="main"), replace(FORMAT, stream="main")]
    mixed = [good("onvif", "x"), *both, good("name", "x")]
    assert [(finding.stream, finding.check) for finding in in_order(mixed)] == [
        ("", "name"),
        ("main", "codec"),
        ("main", "keyframes"),
        ("sub", "codec"),
        ("", "onvif"),
    ]


def test_every_check_has_a_title() -> None:
    assert all(CHECKS.values())
    assert Finding("from a later version", Grade.GOOD, "x").title == "from a later version"


def test_what_got_worse_comes_first_and_noise_is_left_out() -> None:
    before = [FORMAT, good("keyframes", "Every second.", gop_ms=1000, gop_pictures=25), bad("loss", "Much.", "", "", lost_percent=9.0)]
    noisy = replace(FORMAT, facts={"codec": "h264", "width_px": 1920, "rate_fps": 24.6})
    assert changes(before, [noisy, before[1], before[2]]) == []
    other = replace(FORMAT, text="H.265", facts={"codec": "h265", "width_px": 1920, "rate_fps": 25.0})
    found = changes(before, [other, LONG_GOP, good("loss", "None.", lost_percent=0.0)])
    assert [(change.check, change.direction) for change in found] == [
        ("keyframes", Direction.WORSE),
        ("codec", Direction.OTHER),
        ("loss", Direction.BETTER),
    ]
    assert found[1].facts == {"codec": ("h264", "h265")}
    assert (found[0].before, found[0].after) == ("Every second.", "A keyframe every 9 s.")


def test_what_was_not_reached_is_not_compared() -> None:
    assert changes([FORMAT], [not_reached("codec", "login")]) == []
    assert changes([not_reached("codec", "login")], [FORMAT]) == []
    assert changes([], [FORMAT]) == []


def test_every_check_is_described() -> None:
    described = (Path(__file__).parents[2] / "docs" / "cameras.md").read_text()
    assert [title for title in CHECKS.values() if title not in described] == []

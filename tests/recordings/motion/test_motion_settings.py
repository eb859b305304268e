from __future__ import annotations

import logging
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from recordings.models import MotionRule
from recordings.services.motion_settings import drafted_rule, save_motion
from tests.support.people import House


def test_a_draft_is_checked_and_not_saved(house: House) -> None:
    rule = drafted_rule(
        MotionRule(camera=house.camera), {"sensitivity": 80, "schedule": {"0": [["08:00", "18:00"]]}, "time_zone": "Europe/Berlin"}
    )
    assert (rule.sensitivity, rule.smallest_percent, rule.time_zone) == (80, 0.1, "Europe/Berlin")
    assert not MotionRule.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("sensitivity", 0, "greater than or equal to 1"),
        ("sensitivity", 101, "less than or equal to 100"),
        ("smallest_percent", -0.1, "greater than or equal to 0"),
        ("smallest_percent", float("nan"), "a number from 0 to 100"),
        ("smallest_percent", float("inf"), "less than or equal to 100"),
        ("shortest_ms", 60_001, "less than or equal to 60000"),
        ("ends_after_s", 0, "greater than or equal to 1"),
        ("pre_roll_s", 301, "less than or equal to 300"),
        ("post_roll_s", 301, "less than or equal to 300"),
        ("analyses_per_s", 16, "less than or equal to 15"),
        ("schedule", {"0": [["08:00", "8"]]}, "“8” is no time of day"),
        ("schedule", {"7": []}, "no weekday"),
        ("schedule", [], "a list of hours per weekday"),
        ("schedule", {"0": []}, "no hours at all"),
        ("time_zone", "Europe/Atlantis", "no time zone of this name"),
        ("time_zone", "../../etc/passwd", "no time zone of this name"),
    ],
)
def test_what_can_t_be_is_refused_by_field(house: House, field: str, value: Any, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        drafted_rule(MotionRule(camera=house.camera), {field: value})
    assert list(refused.value.message_dict) == [field]
    assert words in refused.value.message_dict[field][0]


def test_all_that_is_wrong_is_told_at_once(house: House) -> None:
    with pytest.raises(ValidationError) as refused:
        drafted_rule(MotionRule(camera=house.camera), {"sensitivity": 0, "time_zone": "Nowhere", "schedule": {"x": []}})
    assert set(refused.value.message_dict) == {"sensitivity", "time_zone", "schedule"}


def test_only_what_was_changed_is_written(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """The rule a page was opened with must not undo what was judged, or changed by another, meanwhile."""
    stored = MotionRule.objects.create(camera=house.camera, judged_until_ms=1)
    seen = MotionRule.objects.get(pk=stored.pk)
    MotionRule.objects.filter(pk=stored.pk).update(judged_until_ms=99, pre_roll_s=7)
    with caplog.at_level(logging.INFO):
        save_motion(house.camera, by=house.alice, rule=drafted_rule(seen, {"sensitivity": 70}), changed=["sensitivity"])
    stored.refresh_from_db()
    assert (stored.sensitivity, stored.judged_until_ms, stored.pre_roll_s) == (70, 99, 7)
    assert "alice changed how motion is found: sensitivity" in caplog.text


def test_the_first_change_makes_the_row(house: House) -> None:
    save_motion(house.camera, by=house.alice, rule=drafted_rule(MotionRule(camera=house.camera), {"pre_roll_s": 0}), changed=["pre_roll_s"])
    assert MotionRule.objects.get(camera=house.camera).pre_roll_s == 0

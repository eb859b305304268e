from __future__ import annotations

from streaming.live.quality import QualityController

RUNGS = ("720p", "480p", "360p")


def test_one_overflow_is_forgiven_two_step_down() -> None:
    quality = QualityController(RUNGS, "720p", 0)
    quality.overflowed(1000)
    assert quality.check(0, 1100) is None
    quality.overflowed(12_000)
    assert quality.check(0, 12_100) is None  # the first is too long ago
    quality.overflowed(14_000)
    assert quality.check(0, 14_100) == ("480p", "slow")
    assert quality.check(0, 14_200) is None


def test_late_acknowledgements_step_down_one_rung_at_a_time() -> None:
    quality = QualityController(RUNGS, "720p", 0)
    assert quality.check(900, 5000) is None
    assert quality.check(1100, 5000) == ("480p", "slow")
    assert quality.check(1200, 5250) is None
    assert quality.check(1200, 6100) == ("360p", "slow")
    assert quality.check(9000, 20_000) is None  # there is nothing below
    assert quality.rung == "360p"


def test_health_steps_up_and_a_failed_try_waits_twice_as_long() -> None:
    quality = QualityController(RUNGS, "720p", 0)
    quality.check(2000, 1000)
    assert quality.check(0, 10_900) is None
    assert quality.check(0, 11_000) == ("720p", "recovered")
    assert quality.check(2000, 13_000) == ("480p", "slow")
    assert quality.check(0, 23_100) is None
    assert quality.check(0, 33_000) == ("720p", "recovered")
    assert quality.check(2000, 70_000) == ("480p", "slow")  # it had lasted: no failed try
    assert quality.check(0, 80_000) == ("720p", "recovered")


def test_never_above_where_it_started() -> None:
    quality = QualityController(RUNGS, "480p", 0)
    assert quality.check(0, 1_000_000) is None
    assert quality.rung == "480p"


def test_a_third_of_the_pictures_lost_for_a_while_steps_down() -> None:
    quality = QualityController(RUNGS, "720p", 0)
    for second in range(1, 4):
        quality.delivered(30, 12, second * 1000)
    assert quality.check(0, 3000) is None
    quality.delivered(30, 12, 4000)
    assert quality.check(0, 4000) == ("480p", "slow")
    for second in range(5, 14):
        quality.delivered(30, 5, second * 1000)
    assert quality.check(0, 14_000) == ("720p", "recovered")

from __future__ import annotations

import pytest

from recordings.rules.amounts import in_bytes


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [
        (-5, "0 bytes"),
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (86_200, "86.2 kB"),
        (999_600, "1.0 MB"),
        (271_000_000_000, "271 GB"),
        (3_500_000_000_000_000_000, "3500 PB"),
    ],
)
def test_amounts_are_told_in_units_of_a_thousand(size_bytes: int, words: str) -> None:
    assert in_bytes(size_bytes) == words

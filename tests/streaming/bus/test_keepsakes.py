from __future__ import annotations

import pytest

from streaming.bus.base import BusAwayError
from streaming.bus.keepsakes import Keepsakes


def test_what_was_left_is_found_until_it_is_forgotten(redis_url: str) -> None:
    keepsakes = Keepsakes(redis_url)
    assert keepsakes.get("nvr:test:keepsake") is None
    keepsakes.put("nvr:test:keepsake", b"\x00\xff", expires_s=60)
    assert Keepsakes(redis_url).get("nvr:test:keepsake") == b"\x00\xff"
    keepsakes.forget("nvr:test:keepsake")
    assert keepsakes.get("nvr:test:keepsake") is None


def test_without_redis_it_says_so() -> None:
    keepsakes = Keepsakes("redis://127.0.0.1:9")
    with pytest.raises(BusAwayError):
        keepsakes.get("x")
    with pytest.raises(BusAwayError):
        keepsakes.put("x", b"", expires_s=1)
    with pytest.raises(BusAwayError):
        keepsakes.forget("x")

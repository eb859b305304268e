from __future__ import annotations

import pytest

from cameras.discovery.makers import MAKERS, MOST_TRIED, Pattern, candidates, hint_of, makers_named, sub_paths
from cameras.stream_url import parse_stream_url

ALL = [pattern for maker in MAKERS for pattern in maker.patterns]


@pytest.mark.parametrize("pattern", ALL, ids=str)
def test_patterns_are_addresses_without_a_login(pattern: Pattern) -> None:
    for path in (pattern.main, pattern.sub):
        assert path == "" or path.startswith("/")
        assert str(parse_stream_url(f"rtsp://camera{path}")) == f"rtsp://camera{path}"
        filled = path.replace("{username}", "").replace("{password}", "")
        assert "{" not in filled
    assert not pattern.sub or pattern.main != pattern.sub


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (["HIKVISION DS-2CD2143G0-I"], ["hikvision"]),
        (["Dahua Rtsp Server"], ["dahua"]),
        (["Amcrest", "IP4M-1041B"], ["dahua"]),
        (["TP-Link Tapo C200"], ["tapo"]),
        (["AXIS P3245-LVE"], ["axis"]),
        (["", "LIVE555 Streaming Media v2013"], []),
    ],
)
def test_makers_are_known_by_what_their_devices_call_themselves(words: list[str], keys: list[str]) -> None:
    assert [maker.key for maker in makers_named(words)] == keys


def test_the_chosen_maker_comes_first_then_the_named_one_then_the_others() -> None:
    tried = candidates(["Dahua Rtsp Server"], "axis")
    assert tried[0].main.startswith("/axis-media")
    assert tried[1].main.startswith("/cam/realmonitor")
    assert len(tried) == MOST_TRIED
    assert len(set(tried)) == len(tried)
    assert candidates([], "nobody") == candidates()


def test_what_has_to_be_done_first_is_told_of_the_chosen_maker_or_the_named_one() -> None:
    assert "camera account" in hint_of([], "tapo")
    assert "ONVIF" in hint_of(["Hikvision"])
    assert hint_of(["unheard of"]) == hint_of([], "sony") == ""


def test_the_smaller_stream_beside_a_known_one() -> None:
    assert list(sub_paths("/Streaming/Channels/101")) == ["/Streaming/Channels/102"]
    assert list(sub_paths("/my/own/path")) == []


def test_makers_have_a_name_and_a_key_of_their_own() -> None:
    assert len({maker.key for maker in MAKERS}) == len({maker.name for maker in MAKERS}) == len(MAKERS)

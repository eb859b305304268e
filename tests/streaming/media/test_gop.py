from __future__ import annotations

from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from streaming.media.gop import GopCache
from streaming.media.packet import MediaPacket


def packet(is_key: bool = False, size: int = 10, track: Literal["video", "audio"] = "video", generation: int = 1) -> MediaPacket:
    return MediaPacket(track, generation, 0, 0, 3000, is_key, 0, bytes(size))


def test_a_late_reader_gets_everything_since_the_newest_keyframe_in_order() -> None:
    cache = GopCache(1000)
    early = packet(track="audio", is_key=True)
    old = [packet(True), packet()]
    group = [packet(True), packet(track="audio", is_key=True), packet(), packet()]
    for each in [early, *old, *group]:
        cache.add(each)
    assert list(cache.packets) == group
    assert cache.size_bytes == 40


def test_overflow_empties_the_cache_until_the_next_keyframe() -> None:
    cache = GopCache(25)
    for each in [packet(True), packet(), packet(), packet()]:
        cache.add(each)
    assert not cache.packets
    fresh = packet(True)
    cache.add(fresh)
    assert cache.packets == (fresh,)


def test_a_generation_never_mixes_with_another() -> None:
    cache = GopCache(1000)
    cache.add(packet(True))
    cache.add(packet(generation=2))
    assert not cache.packets


@given(st.lists(st.builds(packet, st.booleans(), st.integers(0, 60), st.sampled_from(["video", "audio"]), st.integers(1, 2)), max_size=40))
def test_the_cache_starts_with_a_video_keyframe_and_keeps_its_bound(stream: list[MediaPacket]) -> None:
    cache = GopCache(100)
    for each in stream:
        cache.add(each)
        held = cache.packets
        assert sum(len(p.data) for p in held) == cache.size_bytes <= 100
        if held:
            assert held[0].is_key and held[0].track == "video"
            assert not any(p.is_key and p.track == "video" for p in held[1:])
            assert len({p.generation for p in held}) == 1

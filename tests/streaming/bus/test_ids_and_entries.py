from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.bus.entry import EntryError, packet_header, parse_entry, parse_pointer, parse_tracks, pointer_value, tracks_json
from streaming.bus.ids import EntryIds, id_before, id_order
from streaming.media.packet import MediaPacket, Tracks
from tests.support.packets import some_tracks

_ticks = st.integers(-(2**63), 2**63 - 1)
_packets = st.builds(
    MediaPacket,
    track=st.sampled_from(["video", "audio"]),
    generation=st.integers(0, 2**32 - 1),
    pts_90k=_ticks,
    dts_90k=_ticks,
    duration_90k=st.integers(0, 2**32 - 1),
    is_key=st.booleans(),
    captured_at_ms=st.integers(0, 2**63),
    data=st.binary(max_size=50),
)


@given(_packets, st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1))
def test_packets_survive_the_entry_format(packet: MediaPacket, incarnation: int, sequence: int) -> None:
    assert parse_entry(packet_header(packet, incarnation, sequence), packet.data) == (incarnation, sequence, packet)


@pytest.mark.parametrize("tracks", [some_tracks(3), some_tracks(4, with_audio=True)])
def test_tracks_and_pointers_survive_their_text_form(tracks: Tracks) -> None:
    assert parse_tracks(tracks_json(tracks)) == tracks
    assert parse_pointer(pointer_value(b"12-3", 9, 10, tracks)) == (b"12-3", 9, 10, tracks)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_foreign_bytes_are_refused_as_such(header: bytes, data: bytes) -> None:
    for parse in (lambda: parse_entry(header, data), lambda: parse_pointer(data), lambda: parse_tracks(data)):
        with suppress(EntryError):
            parse()


@given(st.lists(st.integers(-100_000, 100_000), max_size=50))
def test_ids_grow_however_the_clock_steps(steps: list[int]) -> None:
    ids, now_ms, seen = EntryIds(), 1_795_000_000_000, [(0, 0)]
    for step in steps:
        now_ms += step
        seen.append(id_order(ids.next(now_ms)))
    assert seen == sorted(set(seen))


def test_ids_are_capture_times_and_go_on_at_their_rate_after_a_step_back() -> None:
    ids = EntryIds()
    assert [ids.next(ms) for ms in (50_000, 50_040, 50_040, 50_030)] == [b"50000-0", b"50040-0", b"50040-1", b"50040-2"]
    assert [ids.next(ms) for ms in (10_000, 10_040, 12_000)] == [b"50040-3", b"50080-0", b"52040-0"]


def test_ids_continue_after_those_of_an_earlier_run() -> None:
    ids = EntryIds()
    ids.next(10_000)
    ids.continue_after(b"50000-7")
    assert [ids.next(10_000), ids.next(10_500)] == [b"50000-8", b"50500-0"]


@pytest.mark.parametrize(("entry_id", "before"), [(b"5-3", b"5-2"), (b"5-0", b"4-18446744073709551615"), (b"0-0", b"0-0")])
def test_id_before(entry_id: bytes, before: bytes) -> None:
    assert id_before(entry_id) == before

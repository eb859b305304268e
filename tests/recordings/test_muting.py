"""Footage without its sound: the same bytes but for the sound's, from whatever byte on it is read."""

from __future__ import annotations

import io
from pathlib import Path

import av
import pytest

from cameras.models import Action, Grant
from recordings.models import Segment
from recordings.rules.fragments import Fragment, SegmentFormatError, from_bytes
from recordings.rules.muting import Patch, muted_fragment, muted_init, patched
from recordings.services.playback import Muting
from streaming.media.packet import Codec
from tests.support.numbered import footage
from tests.support.people import House
from tests.support.recorded import Archive
from tests.support.streamed import body_of

START_MS = 1_795_000_020_000


@pytest.fixture
def recorded(house: House, tmp_path: Path) -> tuple[Segment, bytes]:
    (row,) = Archive(tmp_path / "footage").add(house.camera, footage(6, start_ms=START_MS, audio=Codec.AAC))
    return row, (Path(row.volume.path) / row.path).read_bytes()


def streams(data: bytes) -> dict[str, int]:
    """How many packets of each kind FFmpeg finds."""
    with av.open(io.BytesIO(data), "r") as container:
        found: dict[str, int] = {stream.type: 0 for stream in container.streams}
        for packet in container.demux():
            found[packet.stream.type] += packet.size > 0
    return found


def test_ffmpeg_finds_every_picture_and_no_sound(recorded: tuple[Segment, bytes]) -> None:
    row, data = recorded
    muting = Muting(row.init_bytes, from_bytes(bytes(row.index)))
    muted = muting.muted(data, 0, lambda at, count: data[at : at + count])
    assert muting.size_bytes == len(data) == len(muted)
    before = streams(data)
    assert before["audio"] > 0
    assert streams(muted) == {"video": before["video"]}


@pytest.mark.parametrize("step", [257, 4_096, 50_000])
def test_it_is_the_same_wherever_reading_begins(recorded: tuple[Segment, bytes], step: int) -> None:
    row, data = recorded

    def read_at(at: int, count: int) -> bytes:
        return data[at : at + count]

    whole = Muting(row.init_bytes, from_bytes(bytes(row.index))).muted(data, 0, read_at)
    muting = Muting(row.init_bytes, from_bytes(bytes(row.index)))
    pieces = [muting.muted(data[at : at + step], at, read_at) for at in reversed(range(0, len(data), step))]
    assert b"".join(reversed(pieces)) == whole


def test_a_file_that_is_damaged_is_not_sent_with_its_sound(recorded: tuple[Segment, bytes]) -> None:
    row, data = recorded
    gops = from_bytes(bytes(row.index))
    torn = data[: gops[0].offset_bytes] + b"\0" * 64 + data[gops[0].offset_bytes + 64 :]
    with pytest.raises(SegmentFormatError):
        Muting(row.init_bytes, gops).muted(torn, 0, lambda at, count: torn[at : at + count])
    for size in (0, 7, 9, 40):
        with pytest.raises(SegmentFormatError):
            muted_fragment(data[gops[0].offset_bytes :][:size], 0)
    with pytest.raises(SegmentFormatError):
        muted_init(data[: row.init_bytes - 3])


def test_patches_reach_beyond_what_is_read() -> None:
    patches = [Patch(2, b"XXXX"), Patch(9, b"YY"), Patch(20, b"Z")]
    assert patched(b"0123456789", 0, patches) == b"01XXXX678Y"
    assert patched(b"456789", 4, patches) == b"XX678Y"
    assert Muting(10, ()).size_bytes == 10
    assert Muting(10, (Fragment(10, 5, 0, 1, is_key=True),)).size_bytes == 15


def test_who_may_not_hear_gets_silence_of_the_same_length(house: House, recorded: tuple[Segment, bytes]) -> None:
    row, data = recorded
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PLAYBACK)
    address = f"/api/v1/cameras/front-door/segments/{row.pk}.mp4"
    playlist = f"/api/v1/cameras/front-door/playlist.m3u8?start={START_MS}&end={START_MS + 5_000}"
    api = house.api("bob")
    silent = api.get(address)
    assert b"mp4a" not in api.get(playlist).content
    assert streams(body_of(silent)) == {"video": streams(data)["video"]}
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.HEAR)
    heard = api.get(address)
    assert b"mp4a" in api.get(playlist).content
    assert body_of(heard) == data
    assert heard["ETag"] != silent["ETag"]
    assert heard["Content-Length"] == silent["Content-Length"]

from __future__ import annotations

import re

import pytest

from recordings.rules.byte_ranges import ByteRange, UnsatisfiableRange, requested_range
from recordings.rules.fragments import Fragment
from recordings.rules.playlist import PlaylistFile, media_playlist
from recordings.rules.spans import Span

START_MS = 1_795_000_000_000
_GOP_90K = 180_000


def gops(count: int, *, init_bytes: int = 1000, size: int = 5000) -> tuple[Fragment, ...]:
    return tuple(Fragment(init_bytes + number * size, size, number * _GOP_90K, _GOP_90K, True) for number in range(count))


def file(number: int, *, at_ms: int, count: int = 5, is_finished: bool = True, audio: str = "mp4a.40.2") -> PlaylistFile:
    return PlaylistFile(
        uri=f"segments/{number}.mp4",
        started_at_ms=START_MS + at_ms,
        started_90k=(START_MS + at_ms) * 90,
        generation=3,
        init_bytes=1000,
        gops=gops(count),
        is_finished=is_finished,
        video_codec="avc1.640029",
        audio_codec=audio,
        width_px=1920,
        height_px=1080,
    )


def window(start_ms: int, end_ms: int) -> Span:
    return Span(START_MS + start_ms, START_MS + end_ms)


def lines(text: str, tag: str) -> list[str]:
    return [line.removeprefix(tag) for line in text.splitlines() if line.startswith(tag)]


def test_an_entry_is_a_byte_range_of_one_group_of_pictures() -> None:
    text = media_playlist([file(7, at_ms=0)], window(0, 10_000), is_growing=False)
    assert lines(text, "#EXTINF:") == ["2.000000,"] * 5
    assert lines(text, "#EXT-X-BYTERANGE:") == [f"5000@{1000 + 5000 * number}" for number in range(5)]
    assert lines(text, "#EXT-X-MAP:") == ['URI="segments/7.mp4",BYTERANGE="1000@0"']
    assert lines(text, "#EXT-X-PROGRAM-DATE-TIME:") == ["2026-11-18T11:06:40.000Z"]
    assert [line for line in text.splitlines() if line and not line.startswith("#")] == ["segments/7.mp4"] * 5
    assert text.startswith("#EXTM3U\n#EXT-X-VERSION:7\n")
    assert text.endswith("#EXT-X-ENDLIST\n")
    assert "EXT-X-START" not in text
    assert "#EXT-X-PLAYLIST-TYPE:VOD" in text


def test_it_starts_at_the_keyframe_before_and_says_where_exactly() -> None:
    text = media_playlist([file(7, at_ms=0)], window(3_250, 6_000), is_growing=False)
    assert lines(text, "#EXT-X-BYTERANGE:") == ["5000@6000", "5000@11000"]
    assert lines(text, "#EXT-X-START:") == ["TIME-OFFSET=1.250,PRECISE=YES"]
    assert lines(text, "#EXT-X-PROGRAM-DATE-TIME:") == ["2026-11-18T11:06:42.000Z"]
    assert "OFFSET=180000," in lines(text, "#EXT-X-NVR-FILE:")[0]


def test_files_are_discontinuities_with_their_own_init_and_clock() -> None:
    text = media_playlist([file(7, at_ms=0), file(8, at_ms=10_000), file(9, at_ms=60_500)], window(0, 100_000), is_growing=False)
    order = re.findall(r"#EXT-X-(DISCONTINUITY|MAP|PROGRAM-DATE-TIME)", text)
    assert order == ["MAP", "PROGRAM-DATE-TIME"] + ["DISCONTINUITY", "MAP", "PROGRAM-DATE-TIME"] * 2
    assert lines(text, "#EXT-X-PROGRAM-DATE-TIME:")[2] == "2026-11-18T11:07:40.500Z"


def test_what_grows_only_grows() -> None:
    before = media_playlist([file(7, at_ms=0, count=3, is_finished=False)], window(0, 60_000), is_growing=True)
    after = media_playlist([file(7, at_ms=0, count=4, is_finished=False)], window(0, 60_000), is_growing=True)
    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in before
    assert "ENDLIST" not in before
    entries = [line for line in before.splitlines() if "NVR-OPEN" not in line]
    assert after.splitlines()[: len(entries)] == entries
    assert lines(before, "#EXT-X-NVR-OPEN:") == ['DURATION=2.000000,URI="segments/7.mp4",BYTERANGE="5000@11000",INIT-BYTES=1000']
    assert lines(before, "#EXT-X-TARGETDURATION:") == lines(after, "#EXT-X-TARGETDURATION:") == ["2"]


def test_a_file_of_one_growing_group_is_no_entry_yet() -> None:
    text = media_playlist([file(6, at_ms=-10_000), file(7, at_ms=0, count=1, is_finished=False)], window(-10_000, 60_000), is_growing=True)
    assert len(lines(text, "#EXT-X-MAP:")) == 1
    assert "DISCONTINUITY" not in text
    assert len(lines(text, "#EXT-X-NVR-FILE:")) == 2


def test_nothing_recorded_is_an_empty_playlist() -> None:
    text = media_playlist([], window(0, 10_000), is_growing=False)
    assert lines(text, "#EXTINF") == []
    assert "#EXT-X-ENDLIST" in text


def test_a_file_that_touches_the_window_gives_only_what_is_in_it() -> None:
    text = media_playlist([file(7, at_ms=-10_000), file(8, at_ms=0)], window(0, 2_000), is_growing=False)
    assert lines(text, "#EXT-X-MAP:") == ['URI="segments/8.mp4",BYTERANGE="1000@0"']
    assert len(lines(text, "#EXTINF:")) == 1


def test_codecs_without_sound() -> None:
    text = media_playlist([file(7, at_ms=0, audio="")], window(0, 2_000), is_growing=False)
    assert 'CODECS="avc1.640029",RESOLUTION=1920x1080' in text


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-99", ByteRange(0, 100)),
        ("bytes=500-", ByteRange(500, 1000)),
        ("bytes=-100", ByteRange(900, 1000)),
        ("bytes=-5000", ByteRange(0, 1000)),
        ("bytes=990-5000", ByteRange(990, 1000)),
        ("Bytes=1-1", ByteRange(1, 2)),
        ("bytes=0-1,5-9", None),
        ("bytes=9-5", None),
        ("bytes=-", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
    ],
)
def test_one_range_is_understood_and_what_need_not_be_is_the_whole(header: str | None, expected: ByteRange | None) -> None:
    assert requested_range(header, None, size_bytes=1000, etag='"a"') == expected


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_outside_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(UnsatisfiableRange):
        requested_range(header, None, size_bytes=1000, etag='"a"')


def test_a_range_of_another_version_is_the_whole() -> None:
    assert requested_range("bytes=0-1", '"a"', size_bytes=1000, etag='"a"') == ByteRange(0, 2)
    assert requested_range("bytes=0-1", '"b"', size_bytes=1000, etag='"a"') is None
    assert requested_range("bytes=0-1", 'W/"a"', size_bytes=1000, etag='"a"') is None
    assert requested_range("bytes=0-1", "Wed, 18 Nov 2026 11:06:40 GMT", size_bytes=1000, etag='"a"') is None

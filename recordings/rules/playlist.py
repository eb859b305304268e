"""HLS media playlists (RFC 8216, protocol version 7) whose segments are byte ranges of our files. Pure.

    #EXT-X-MAP              the init segment of each file, by BYTERANGE
    #EXT-X-DISCONTINUITY    between files: decode times begin at 0 in every one
    #EXTINF, BYTERANGE      one entry per group of pictures
    #EXT-X-PROGRAM-DATE-TIME  the wall clock, at the first entry of each file
    #EXT-X-START            the exact moment that was asked for; the first entry begins at the keyframe before it

Two tags of our own, which other players have to ignore (RFC 8216, 6.3.1); static/js/playback/playlist.js reads them:

    #EXT-X-NVR-FILE         STARTED-MS (wall clock of decode time 0), MEDIA-START and GENERATION as in segment_header.py,
                            OFFSET (decode time of the next entry), CODECS, RESOLUTION
    #EXT-X-NVR-OPEN         DURATION, URI, BYTERANGE, INIT-BYTES of the group of pictures that is still being written. It will grow,
                            and what is once in an EVENT playlist must not change (RFC 8216, 4.3.3.5), so it is no entry yet
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from recordings.rules.fragments import Fragment
from recordings.rules.spans import Span
from streaming.media.timing import ms_to_90k, to_ms, to_us

# An EVENT playlist's target duration must not change while it grows, so only these are given.
_TARGETS_S = (2, 4, 8, 16, 32, 64)


@dataclass(frozen=True, slots=True)
class PlaylistFile:
    """`gops` of a file that grows end with the one being written."""

    uri: str
    started_at_ms: int
    started_90k: int
    generation: int
    init_bytes: int
    gops: Sequence[Fragment]
    is_finished: bool
    video_codec: str
    audio_codec: str
    width_px: int
    height_px: int


def media_playlist(files: Iterable[PlaylistFile], window: Span, *, is_growing: bool) -> str:
    """`files` by start. Entries: every group of pictures that overlaps the window. Without any it is valid, and empty."""
    lines, longest_90k, first_ms = list[str](), 0, 0
    for file in files:
        entries = _inside(file, window)
        closed = [gop for gop in entries if file.is_finished or gop is not file.gops[-1]]
        if closed:
            if not first_ms:
                first_ms = file.started_at_ms + to_ms(closed[0].start_90k)
            else:
                lines.append("#EXT-X-DISCONTINUITY")
            lines += _head(file, closed[0])
            for gop in closed:
                longest_90k = max(longest_90k, gop.duration_90k)
                lines += (f"#EXTINF:{_seconds(gop.duration_90k)},", f"#EXT-X-BYTERANGE:{_range(gop)}", file.uri)
        if len(closed) < len(entries):
            lines += _open(file, entries[-1], is_alone=not closed)
    target_s = _target_s(longest_90k, is_growing=is_growing)
    return "\n".join([*_top(window, first_ms, target_s, is_growing=is_growing), *lines, *([] if is_growing else ["#EXT-X-ENDLIST"]), ""])


def _inside(file: PlaylistFile, window: Span) -> list[Fragment]:
    start_90k, end_90k = ms_to_90k(window.start_ms - file.started_at_ms), ms_to_90k(window.end_ms - file.started_at_ms)
    return [gop for gop in file.gops if gop.start_90k < end_90k and gop.start_90k + gop.duration_90k > start_90k]


def _top(window: Span, first_ms: int, target_s: int, *, is_growing: bool) -> list[str]:
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{target_s}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{'EVENT' if is_growing else 'VOD'}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    if first_ms and first_ms < window.start_ms:
        lines.append(f"#EXT-X-START:TIME-OFFSET={(window.start_ms - first_ms) / 1000:.3f},PRECISE=YES")
    return lines


def _head(file: PlaylistFile, first: Fragment) -> list[str]:
    at = _moment(file.started_at_ms + to_ms(first.start_90k))
    return [_tag(file, first), f'#EXT-X-MAP:URI="{file.uri}",BYTERANGE="{file.init_bytes}@0"', f"#EXT-X-PROGRAM-DATE-TIME:{at}"]


def _tag(file: PlaylistFile, first: Fragment) -> str:
    codecs = ",".join(codec for codec in (file.video_codec, file.audio_codec) if codec)
    return (
        f"#EXT-X-NVR-FILE:STARTED-MS={file.started_at_ms},MEDIA-START={file.started_90k},GENERATION={file.generation},"
        f'OFFSET={first.start_90k},CODECS="{codecs}",RESOLUTION={file.width_px}x{file.height_px}'
    )


def _open(file: PlaylistFile, gop: Fragment, *, is_alone: bool) -> list[str]:
    """A file with nothing but this group has no entry whose tags could be read."""
    head = [_tag(file, gop)] if is_alone else []
    attributes = f'DURATION={_seconds(gop.duration_90k)},URI="{file.uri}",BYTERANGE="{_range(gop)}",INIT-BYTES={file.init_bytes}'
    return [*head, f"#EXT-X-NVR-OPEN:{attributes}"]


def _target_s(longest_90k: int, *, is_growing: bool) -> int:
    longest_s = max((longest_90k + 45_000) // 90_000, 1)  # rounded to the nearest, 4.3.3.1
    return next((target for target in _TARGETS_S if target >= longest_s), longest_s) if is_growing else longest_s


def _range(gop: Fragment) -> str:
    return f"{gop.size_bytes}@{gop.offset_bytes}"


def _seconds(ticks_90k: int) -> str:
    """To the microsecond."""
    micros = to_us(ticks_90k)
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def _moment(at_ms: int) -> str:
    at = datetime.fromtimestamp(at_ms // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"

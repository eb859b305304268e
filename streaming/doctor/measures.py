"""What the pictures of a watch amount to: intervals, rates, drift. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from streaming.doctor.watch import ClockReport, Picture
from streaming.media.timing import to_ms

_SAME = 0.12  # intervals that differ by less are the same: cameras round, and drop a picture now and then
_GROWTH = 1.3
_JUMP_MS = 2_000
_CATCH_UP = 100  # pictures
_FEWEST_FOR_DRIFT_MS = 4_000


class Pattern(StrEnum):
    UNKNOWN = "unknown"  # too few intervals to tell
    FIXED = "fixed"
    SCENES = "scenes"  # a fixed one, with further keyframes where the picture changes
    ROAMING = "roaming"  # no two alike, as encoders choose it that save keyframes


@dataclass(frozen=True, slots=True)
class Interval:
    """From one keyframe to the next."""

    pictures: int
    length_ms: int


def intervals(pictures: Sequence[Picture]) -> list[Interval]:
    """By the camera's clock; by ours where that does not go on. The picture interval of MJPEG, where every picture is a keyframe."""
    keys = [number for number, picture in enumerate(pictures) if picture.is_key]
    found = []
    for begin, end in itertools.pairwise(keys):
        by_camera = to_ms(pictures[end].at_90k - pictures[begin].at_90k)
        by_us = pictures[end].arrived_at_ms - pictures[begin].arrived_at_ms
        found.append(Interval(end - begin, by_camera if 0 < by_camera < 2 * by_us + _JUMP_MS else by_us))
    return found


def pattern(found: Sequence[Interval]) -> Pattern:
    if len(found) < 2:
        return Pattern.UNKNOWN
    lengths = [interval.length_ms for interval in found]
    longest = max(lengths)
    if min(lengths) >= longest * (1 - _SAME):
        return Pattern.FIXED
    as_long = sum(length >= longest * (1 - _SAME) for length in lengths)
    if as_long >= 2:
        return Pattern.SCENES
    return Pattern.ROAMING if len(found) > 2 else Pattern.UNKNOWN  # two may be a fixed one, and a change of scene


def is_growing(found: Sequence[Interval]) -> bool:
    """Each clearly longer than the one before, as H.264+ and its kind do in a quiet scene."""
    lengths = [interval.length_ms for interval in found]
    return len(lengths) >= 3 and all(after > before * _GROWTH for before, after in itertools.pairwise(lengths))


def pictures_per_s(pictures: Sequence[Picture]) -> float:
    """By the camera's clock; 0 when it can't be told."""
    stamps = [picture.at_90k for picture in pictures]
    span_90k = max(stamps) - min(stamps) if stamps else 0
    return (len(pictures) - 1) * 90_000 / span_90k if span_90k > 0 else 0.0


def pictures_per_s_arrived(pictures: Sequence[Picture]) -> float:
    """By ours, without the first second, in which a camera may send what it had kept."""
    settled = [picture for picture in pictures if picture.arrived_at_ms >= pictures[0].arrived_at_ms + 1000]
    span_ms = settled[-1].arrived_at_ms - settled[0].arrived_at_ms if len(settled) > 1 else 0
    return (len(settled) - 1) * 1000 / span_ms if span_ms > 0 else 0.0


def bitrate_bps(pictures: Sequence[Picture]) -> int:
    """Of whole groups of pictures where there are two keyframes or more: a keyframe at one end would count too much."""
    keys = [number for number, picture in enumerate(pictures) if picture.is_key]
    counted = pictures[keys[0] : keys[-1]] if len(keys) > 1 else pictures[:-1]
    end_at_ms = pictures[keys[-1] if len(keys) > 1 else -1].arrived_at_ms if pictures else 0
    span_ms = end_at_ms - counted[0].arrived_at_ms if counted else 0
    return sum(picture.size_bytes for picture in counted) * 8000 // span_ms if span_ms > 0 else 0


def reorders(pictures: Sequence[Picture]) -> bool:
    """Whether pictures are sent before ones that are shown earlier: B-frames."""
    return any(0 < before.at_90k - after.at_90k < 2 * 90_000 for before, after in itertools.pairwise(pictures))


def jumps(pictures: Sequence[Picture]) -> int:
    """How often the camera's clock leapt, compared with ours, by more than two seconds, and stayed there: a link that stalls catches up."""
    lags = [picture.arrived_at_ms - to_ms(picture.at_90k) for picture in pictures]
    return sum(
        abs(after - before) > _JUMP_MS and min(abs(lag - before) for lag in lags[number : number + _CATCH_UP]) > _JUMP_MS
        for number, (before, after) in enumerate(itertools.pairwise(lags), start=1)
    )


def repeats(pictures: Sequence[Picture]) -> int:
    """Pictures with the time stamp of the one before."""
    return sum(before.at_90k == after.at_90k for before, after in itertools.pairwise(pictures))


def lag_growth_ms_per_s(pictures: Sequence[Picture]) -> float | None:
    """How much later than its time stamps say the stream arrives, more each second: the camera's clock is slow, or the link too narrow.

    Negative for a clock that is fast. The least delayed pictures of both ends are compared, since a network delays some, and a clock all.
    None when the watch was too short to tell.
    """
    settled = [picture for picture in pictures if picture.arrived_at_ms >= pictures[0].arrived_at_ms + 1000] if pictures else []
    if len(settled) < 6 or settled[-1].arrived_at_ms - settled[0].arrived_at_ms < _FEWEST_FOR_DRIFT_MS:
        return None
    third = len(settled) // 3
    first, last = settled[:third], settled[-third:]

    def least_late(part: Sequence[Picture]) -> Picture:
        return min(part, key=lambda picture: picture.arrived_at_ms * 90 - picture.at_90k)

    begin, end = least_late(first), least_late(last)
    apart_ms = end.arrived_at_ms - begin.arrived_at_ms
    late_ms = apart_ms - (end.at_90k - begin.at_90k) / 90
    return late_ms * 1000 / apart_ms if apart_ms > 0 else None


def clock_pace(reports: Sequence[ClockReport]) -> float | None:
    """How many seconds of time stamps the camera counts in a second of its own wall clock, by its reports; None without two of them."""
    timed = [(report.at_90k, report.ntp_ms) for report in reports if report.ntp_ms is not None]
    if len(timed) < 2:
        return None
    (begin_90k, begin_ms), (end_90k, end_ms) = timed[0], timed[-1]
    return (end_90k - begin_90k) / 90 / (end_ms - begin_ms) if end_ms - begin_ms >= 1000 else None


def keyframe_delivery_ms(pictures: Sequence[Picture]) -> int:
    """How long a keyframe takes to come in, in the middle of all of them."""
    taken = [picture.complete_at_ms - picture.arrived_at_ms for picture in pictures if picture.is_key]
    return round(median(taken)) if taken else 0

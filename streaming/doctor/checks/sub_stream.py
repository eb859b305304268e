"""Whether the sub stream is fit for tiles and for detection: both decode it, all day."""

from __future__ import annotations

from cameras.findings import Fact, Finding, good, look
from streaming.doctor.evidence import Observation
from streaming.doctor.measures import intervals, pictures_per_s
from streaming.doctor.profiles import CODEC_NAMES
from streaming.media.packet import Codec

_WIDEST_PX, _NARROWEST_PX = 1280, 320
_FASTEST_FPS, _SLOWEST_FPS = 32, 4
_LONG_GOP_MS = 4_200
_SAME_SHAPE = 0.03


def check(main: Observation | None, sub: Observation | None, *, has_sub: bool) -> Finding | None:
    """None while one of the two could not be looked at."""
    if not has_sub:
        return look(
            "sub_stream",
            "No sub stream is set up.",
            "Small tiles and motion detection then use the large picture, which costs this server several times the work.",
            "Nearly every camera has a second, smaller stream; its address often differs by one word or number (sub, 102, subtype=1).",
            has_sub=False,
        )
    if sub is None or sub.parameters is None or main is None or main.parameters is None:
        return None
    track, large = sub.parameters.track, main.parameters.track
    rate = pictures_per_s(sub.pictures)
    facts: dict[str, Fact] = {"has_sub": True, "codec": track.codec.value, "width_px": track.width_px, "height_px": track.height_px}
    text = f"{CODEC_NAMES[track.codec]}, {track.width_px} × {track.height_px}, {rate:.0f} pictures a second."
    problem = _problem(track.codec, (track.width_px, track.height_px), (large.width_px, large.height_px), rate, _gop_ms(sub))
    if problem is None:
        return good("sub_stream", f"{text} Right for tiles and for detection.", **facts)
    return look("sub_stream", f"{text} {problem[0]}", problem[1], problem[2], **facts)


def _problem(codec: Codec, size: tuple[int, int], large: tuple[int, int], rate: float, gop_ms: int) -> tuple[str, str, str] | None:
    """What is wrong, what it means, what to change."""
    (width, height), (large_width, large_height) = size, large
    if width >= large_width and height >= large_height:
        return (
            "That is no smaller than the main stream.",
            "It costs as much as the main stream and helps nobody.",
            "Give the sub stream 640 × 360 or so in the camera. If both addresses are the same, correct the one of the sub stream.",
        )
    if codec is not Codec.H264:
        return (
            "Another format than H.264.",
            "Live view takes the sub stream when a browser can't show the main one; this one may not be shown either.",
            "Set the sub stream to H.264 in the camera.",
        )
    if width > _WIDEST_PX:
        return (
            "That is large for a sub stream.",
            "Tiles and detection decode it all day; a quarter of the size serves them as well.",
            "Set the sub stream to 640 × 360 or so in the camera.",
        )
    if width < _NARROWEST_PX:
        return (
            "That is very small.",
            "Detection misses what is far away, and tiles look coarse.",
            "Set the sub stream to 640 × 360 or so in the camera.",
        )
    if abs(width * large_height / (height * large_width) - 1) > _SAME_SHAPE:
        return (
            "It has another shape than the main stream.",
            "It shows another part of the scene, or a squeezed one: zones drawn on one don't fit the other.",
            f"Choose a size with the shape of {large_width} × {large_height} for the sub stream.",
        )
    if gop_ms > _LONG_GOP_MS:
        return (
            f"A keyframe only every {gop_ms / 1000:.0f} s.",
            "Tiles appear that much later.",
            "Set the I-frame interval of the sub stream to one or two seconds, without “smart codec”.",
        )
    if rate > _FASTEST_FPS:
        return ("Very many pictures.", "Detection needs ten a second; the others cost work.", "Set 10 to 15 a second in the camera.")
    if rate < _SLOWEST_FPS:
        return ("Few pictures.", "What moves fast jerks in tiles and may be missed.", "Set 10 to 15 pictures a second in the camera.")
    return None


def _gop_ms(observation: Observation) -> int:
    found = intervals(observation.pictures)
    return max((interval.length_ms for interval in found), default=observation.watched_ms if observation.codec is not Codec.MJPEG else 0)

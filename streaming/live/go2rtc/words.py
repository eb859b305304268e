"""go2rtc's messages: JSON objects with `type` and sometimes `value`. Media comes as binary messages without any header.

    viewer  {"type": "mse", "value": "avc1.640029,hvc1.1.6.L153.B0,mp4a.40.2,…"}    what it can play; nothing: H.264, H.265 and AAC
            {"type": "mjpeg"}    {"type": "webrtc/offer", …}    {"type": "webrtc/candidate", …}    {"type": "hls", …}    {"type": "mp4", …}
    server  {"type": "mse", "value": "video/mp4; codecs=\\"avc1.64001f,mp4a.40.2\\""}    then fragmented MP4, both tracks in one
            {"type": "mjpeg"}    then a JPEG per message
            {"type": "error", "value": "mse: …"}    the wish comes first: by that a player knows to try another one

Learned from go2rtc 1.9.9: internal/api/ws/ws.go, internal/mp4/ws.go, internal/mjpeg/mjpeg.go, www/video-rtc.js.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from streaming.live.protocol import bad_message
from streaming.media.packet import AudioTrack, Codec, VideoTrack

# An offer to talk by WebRTC is a description of some kilobytes.
MAX_TEXT_CHARACTERS = 32_000
_MAX_VALUE = 2000
_FAMILIES = {Codec.H264: ("avc1", "avc3"), Codec.H265: ("hvc1", "hev1"), Codec.AAC: ("mp4a",), Codec.OPUS: ("opus",)}
_WITHOUT_A_WISH = frozenset({"avc1", "hvc1", "mp4a"})
_NAME = re.compile(r"(?P<slug>[-a-zA-Z0-9_]{1,100})(?:/(?P<role>main|sub))?")


@dataclass(frozen=True, slots=True)
class Wish:
    type: str
    value: str


def parse_wish(text: str) -> Wish:
    """Raises ProtocolError (4400) for what is no message at all. Unknown types are as fine as they are to go2rtc."""
    if len(text) > MAX_TEXT_CHARACTERS:
        raise bad_message(f"A message of {len(text)} characters is too long.")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise bad_message("The message is not JSON.") from error
    if not isinstance(fields, dict) or not isinstance(fields.get("type"), str):
        raise bad_message("The message is no JSON object with a type.")
    value = fields.get("value")
    return Wish(fields["type"], value[:_MAX_VALUE] if isinstance(value, str) else "")


def parse_name(name: str) -> tuple[str, str] | None:
    """Slug and role of a stream's name: `front-door` is the main stream, `front-door/sub` the sub stream. None for what can't be one."""
    found = _NAME.fullmatch(name)
    return (found["slug"], found["role"] or "main") if found else None


def families(value: str) -> frozenset[str]:
    """The kinds of codec a player lists: `avc1.640029,mp4a.40.2` gives avc1 and mp4a."""
    named = frozenset(codec.strip().partition(".")[0].lower() for codec in value.split(",") if codec.strip())
    return named or _WITHOUT_A_WISH


def can_play(wanted: Iterable[str], track: VideoTrack | AudioTrack) -> bool:
    return not set(wanted).isdisjoint(_FAMILIES.get(track.codec, ()))


def content_type(video: VideoTrack, audio: AudioTrack | None) -> str:
    names = [video.codec_string, *([audio.codec_string] if audio else [])]
    return f'video/mp4; codecs="{",".join(names)}"'


def mse(content: str) -> str:
    return _text({"type": "mse", "value": content})


def mjpeg() -> str:
    return _text({"type": "mjpeg"})


def error(text: str, wish: str = "") -> str:
    return _text({"type": "error", "value": f"{wish[:40]}: {text}" if wish else text})


def _text(fields: dict[str, Any]) -> str:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))

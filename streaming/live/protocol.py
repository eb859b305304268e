"""What viewers and the server say to each other in text, and what may be asked for when a viewer connects.

docs/live-protocol.md is the reference, tests/fixtures/live_protocol.json holds the vectors that the JavaScript side shares. Binary
messages are media/wire.py.

    ProtocolError          the viewer broke the rules; carries the words and the close code it gets
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, Literal

AUTO = "auto"
STREAM_RUNGS = ("main", "sub")
PICTURE_RUNGS = ("1080p", "720p", "480p", "360p", "180p")
PICTURE_NAMES: Mapping[str, str] = {"main": "1080p", "sub": "360p"}
MAX_TEXT_CHARACTERS = 2000


class Mode(StrEnum):
    H264 = "h264"
    MSE = "mse"
    MJPEG = "mjpeg"
    RAW = "raw"

    @property
    def is_pictures(self) -> bool:
        return self in (Mode.MJPEG, Mode.RAW)


class Close(IntEnum):
    BAD_REQUEST = 4400
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    NOT_FOUND = 4404
    EXPIRED = 4408
    UNSUPPORTED = 4415
    TOO_MANY = 4429
    GOING_AWAY = 1001


class ProtocolError(Exception):
    """Told to the viewer as an `error` message, followed by the close code."""

    def __init__(self, code: str, text: str, close: Close) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.close = close


@dataclass(frozen=True, slots=True)
class LiveRequest:
    mode: Mode
    quality: str
    has_audio: bool


@dataclass(frozen=True, slots=True)
class Ack:
    sequence: int
    generation: int


@dataclass(frozen=True, slots=True)
class Ping:
    id: int | float | str
    client_ms: int | float


@dataclass(frozen=True, slots=True)
class QualityWish:
    rung: str


@dataclass(frozen=True, slots=True)
class AudioWish:
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class Pause:
    pass


@dataclass(frozen=True, slots=True)
class Resume:
    pass


ViewerMessage = Ack | Ping | QualityWish | AudioWish | Pause | Resume
GapReason = Literal["slow", "bus", "camera", "paused"]
QualityReason = Literal["asked", "slow", "recovered", "missing"]


def parse_request(query: Mapping[str, str]) -> LiveRequest:
    """Raises ProtocolError (4400) for a mode, quality or audio that does not exist. A rung a camera lacks is not an error."""
    try:
        mode = Mode(query.get("mode", Mode.H264))
    except ValueError as error:
        raise ProtocolError("bad_request", f"There is no mode {query['mode'][:40]!r}.", Close.BAD_REQUEST) from error
    quality = query.get("quality", AUTO)
    known = PICTURE_RUNGS if mode.is_pictures else ()
    if quality != AUTO and quality not in STREAM_RUNGS and quality not in known:
        raise ProtocolError("bad_request", f"There is no quality {quality[:40]!r} in mode {mode}.", Close.BAD_REQUEST)
    audio = query.get("audio", "0")
    if audio not in ("0", "1"):
        raise ProtocolError("bad_request", "audio is neither 0 nor 1.", Close.BAD_REQUEST)
    return LiveRequest(mode, quality, audio == "1")


def parse_viewer_message(text: str) -> ViewerMessage:
    """Raises ProtocolError (4400) for anything the reference does not list."""
    if len(text) > MAX_TEXT_CHARACTERS:
        raise bad_message(f"A message of {len(text)} characters is too long.")
    try:
        fields = _parse(text)
    except (ValueError, RecursionError) as error:
        raise bad_message("The message is not JSON.") from error
    if not isinstance(fields, dict):
        raise bad_message("The message is no JSON object.")
    match fields:
        case {"type": "ack", "seq": sequence, "generation": generation} if _fits(sequence, 32) and _fits(generation, 16):
            return Ack(sequence, generation)
        case {"type": "ping", "id": int() | float() | str() as id_, "client_ms": int() | float() as client_ms}:
            return Ping(id_, client_ms)
        case {"type": "quality", "rung": str() as rung}:
            return QualityWish(rung)
        case {"type": "audio", "enabled": bool() as is_enabled}:
            return AudioWish(is_enabled)
        case {"type": "pause"}:
            return Pause()
        case {"type": "resume"}:
            return Resume()
    raise bad_message(f"A message of type {str(fields.get('type'))[:40]!r} with these fields is not known.")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_parse = json.JSONDecoder(parse_constant=_refuse_constant).decode  # made once; json.loads would make one per message


def _fits(value: Any, bits: int) -> bool:
    return type(value) is int and 0 <= value < 1 << bits


def bad_message(text: str) -> ProtocolError:
    return ProtocolError("bad_message", text, Close.BAD_REQUEST)


_text = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode  # made once; json.dumps would make one per message
_echo = json.JSONEncoder(separators=(",", ":")).encode  # for what a viewer wrote: half a surrogate pair is no UTF-8


def init(
    *,
    mode: Mode,
    stream: str,
    rung: str,
    rungs: Sequence[str],
    generation: int,
    server_ms: int,
    video: Mapping[str, Any],
    audio: Mapping[str, Any] | None,
) -> str:
    return _text(
        {
            "type": "init",
            "mode": mode,
            "stream": stream,
            "rung": rung,
            "rungs": list(rungs),
            "generation": generation,
            "server_ms": server_ms,
            "video": video,
            "audio": audio,
        }
    )


_GAP_TEXTS: Mapping[GapReason, str] = {
    "slow": "This viewer did not keep up",
    "bus": "The server fell behind the camera",
    "camera": "The connection to the camera was lost for a while",
    "paused": "This viewer was paused",
}


def gap(skipped: int, reason: GapReason) -> str:
    missing = f": {skipped} messages were left out." if skipped else "."
    return _text({"type": "gap", "skipped": skipped, "reason": reason, "text": _GAP_TEXTS[reason] + missing})


_QUALITY_TEXTS: Mapping[QualityReason, str] = {
    "asked": "Changed to {rung} as asked.",
    "slow": "Changed to {rung} because this viewer did not keep up.",
    "recovered": "Changed to {rung} because this viewer has kept up for a while.",
    "missing": "This camera has no such stream; {rung} is sent instead.",
}


def quality(rung: str, reason: QualityReason) -> str:
    return _text({"type": "quality", "rung": rung, "reason": reason, "text": _QUALITY_TEXTS[reason].format(rung=rung)})


def pong(ping: Ping, server_ms: int) -> str:
    return _echo({"type": "pong", "id": ping.id, "client_ms": ping.client_ms, "server_ms": server_ms})


def stats(fields: Mapping[str, Any]) -> str:
    return _text({"type": "stats", **fields})


def error(failure: ProtocolError) -> str:
    return _text({"type": "error", "code": failure.code, "message": failure.text})

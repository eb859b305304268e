"""What one entry of a stream on the bus holds: a packet with a 48-byte little-endian header, or an announcement of tracks.

    off  type  field
      0  u8    version, 1
      1  u8    kind: 0 tracks, 1 video, 2 audio
      2  u8    flags: 1 key
      3  u8    0
      4  u32   generation
      8  u32   incarnation: drawn by each publisher when it starts
     12  u64   sequence: counts the packets handed to this publisher for this stream, so a jump is what a reader missed
     20  i64   presentation time, 90 kHz
     28  i64   decode time, 90 kHz
     36  u32   duration, 90 kHz
     40  u64   capture time in milliseconds since 1970

An announcement takes no number of its own: its sequence is that of the packet before it. Its data is JSON.

What does not belong here: Redis commands (outlet.py), ids (ids.py), what a reader makes of a jump (cursor.py).
"""

from __future__ import annotations

import json
import struct
from typing import Any, Literal, NamedTuple

from streaming.media.packet import AudioTrack, Codec, MediaPacket, Tracks, VideoTrack

VERSION = 1
HEADER_BYTES = 48
_LAYOUT = struct.Struct("<BBBBIIQqqIQ")
assert _LAYOUT.size == HEADER_BYTES

_TRACKS, _VIDEO, _AUDIO = 0, 1, 2
_KEY = 1
_UINT32 = 0xFFFFFFFF


class EntryError(ValueError):
    """The bytes are no entry of this version: somebody else wrote to the key, or another release did."""


class Entry(NamedTuple):
    incarnation: int
    sequence: int
    body: Tracks | MediaPacket


class Pointer(NamedTuple):
    """Where the newest keyframe of a stream is, and what its packets consist of."""

    entry_id: bytes
    incarnation: int
    sequence: int
    tracks: Tracks


def packet_header(packet: MediaPacket, incarnation: int, sequence: int) -> bytes:
    return _LAYOUT.pack(
        VERSION,
        _VIDEO if packet.track == "video" else _AUDIO,
        _KEY if packet.is_key else 0,
        0,
        packet.generation & _UINT32,
        incarnation,
        sequence,
        packet.pts_90k,
        packet.dts_90k,
        min(max(packet.duration_90k, 0), _UINT32),
        packet.captured_at_ms,
    )


def tracks_header(tracks: Tracks, incarnation: int, sequence: int) -> bytes:
    return _LAYOUT.pack(VERSION, _TRACKS, 0, 0, tracks.generation & _UINT32, incarnation, sequence, 0, 0, 0, 0)


def parse_entry(header: bytes, data: bytes) -> Entry:
    """Raises EntryError."""
    try:
        version, kind, flags, _, generation, incarnation, sequence, pts, dts, duration, captured = _LAYOUT.unpack(header)
    except struct.error as error:
        raise EntryError(f"header of {len(header)} bytes instead of {HEADER_BYTES}") from error
    if version != VERSION or kind > _AUDIO:
        raise EntryError(f"version {version}, kind {kind}")
    if kind == _TRACKS:
        return Entry(incarnation, sequence, parse_tracks(data))
    track: Literal["video", "audio"] = "video" if kind == _VIDEO else "audio"
    return Entry(incarnation, sequence, MediaPacket(track, generation, pts, dts, duration, flags & _KEY == _KEY, captured, data))


def tracks_json(tracks: Tracks) -> bytes:
    video, audio = tracks.video, tracks.audio
    value: dict[str, Any] = {
        "generation": tracks.generation,
        "video": {
            "codec": video.codec.value,
            "width_px": video.width_px,
            "height_px": video.height_px,
            "codec_string": video.codec_string,
            "parameter_sets": [nal.hex() for nal in video.parameter_sets],
            "is_full_range": video.is_full_range,
        },
        "audio": audio
        and {
            "codec": audio.codec.value,
            "sample_rate_hz": audio.sample_rate_hz,
            "channels": audio.channels,
            "codec_string": audio.codec_string,
            "config": audio.config.hex(),
        },
    }
    return json.dumps(value, separators=(",", ":")).encode()


def parse_tracks(data: bytes) -> Tracks:
    """Raises EntryError."""
    try:
        value = json.loads(data)
        video, audio = value["video"], value["audio"]
        return Tracks(
            generation=value["generation"],
            video=VideoTrack(
                codec=Codec(video["codec"]),
                width_px=video["width_px"],
                height_px=video["height_px"],
                codec_string=video["codec_string"],
                parameter_sets=tuple(bytes.fromhex(nal) for nal in video["parameter_sets"]),
                is_full_range=video["is_full_range"],
            ),
            audio=audio
            and AudioTrack(
                codec=Codec(audio["codec"]),
                sample_rate_hz=audio["sample_rate_hz"],
                channels=audio["channels"],
                codec_string=audio["codec_string"],
                config=bytes.fromhex(audio["config"]),
            ),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise EntryError(f"announcement is not readable: {data[:200]!r}") from error


def pointer_value(entry_id: bytes, incarnation: int, sequence: int, tracks: Tracks) -> bytes:
    return b"%b %d %d %b" % (entry_id, incarnation, sequence, tracks_json(tracks))


def parse_pointer(value: bytes) -> Pointer:
    """Raises EntryError."""
    try:
        entry_id, incarnation, sequence, tracks = value.split(b" ", 3)
        return Pointer(entry_id, int(incarnation), int(sequence), parse_tracks(tracks))
    except ValueError as error:
        raise EntryError(f"pointer is not readable: {value[:200]!r}") from error

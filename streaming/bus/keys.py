"""The Redis keys of one stream on the bus. They expire by themselves once nobody publishes."""

from __future__ import annotations

from typing import NamedTuple

from streaming.media.packet import StreamKey

# How long the newest keyframe outlives the window: cameras with smart codecs send one every 10 s and more.
KEEP_NEWEST_GOP_MS = 60_000


class BusKeys(NamedTuple):
    packets: bytes  # stream of entries (entry.py)
    newest_key: bytes  # pointer to the newest keyframe, with its tracks
    tracks: bytes  # what the stream consists of now; expires when nothing was published within the window


def bus_keys(stream: StreamKey) -> BusKeys:
    base = f"nvr:media:{stream.camera_id}:{stream.role}".encode()
    return BusKeys(base, base + b":key", base + b":tracks")

"""The media bus as its users see it: encoded packets of one stream, newest first to start with, in order from then on.

tests/streaming/bus runs one contract suite against every implementation (memory.py, redis.py).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from streaming.media.packet import Gap, MediaPacket, StreamKey, Tracks


class BusAwayError(ConnectionError):
    """The bus can't be reached, or its connection was lost before the answer came."""


class MediaReader(Protocol):
    def read(self, stream: StreamKey) -> AsyncIterator[Tracks | MediaPacket | Gap]:
        """Yields Tracks, then packets starting with the newest keyframe, then new ones as they come; never ends by itself.

        New Tracks come before the first packet of their generation. A reader that fell behind the bus's window, or whose bus was
        away, gets a Gap and goes on at the newest keyframe. A stream nobody has published yet is waited for.
        """
        ...

    async def tracks(self, stream: StreamKey) -> Tracks | None:
        """What the stream consists of now; None when nothing was published within the window.

        This and the next two raise BusAwayError; `read` never does, it waits.
        """
        ...

    async def newest_keyframe(self, stream: StreamKey) -> tuple[Tracks, MediaPacket] | None: ...

    async def newest_gop(self, stream: StreamKey) -> tuple[Tracks, Sequence[MediaPacket]] | None:
        """The packets from the newest keyframe up to now."""
        ...

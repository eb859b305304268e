"""The packets since the newest keyframe, for readers that join between two keyframes."""

from __future__ import annotations

from collections.abc import Sequence

from streaming.media.packet import MediaPacket


class GopCache:
    """Holds video and audio in the order they came, from the newest video keyframe on.

    A group that grows beyond `max_bytes`, or whose generation changes in the middle, is of no use to a decoder when cut, so the
    cache is then empty until the next keyframe. Audio in front of the first keyframe is not kept.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._packets: list[MediaPacket] = []
        self._size_bytes = 0

    def __len__(self) -> int:
        return len(self._packets)

    @property
    def size_bytes(self) -> int:
        return self._size_bytes

    @property
    def packets(self) -> Sequence[MediaPacket]:
        """A copy: the caller may keep it."""
        return tuple(self._packets)

    def add(self, packet: MediaPacket) -> None:
        if packet.is_key and packet.track == "video":
            self.clear()
        elif not self._packets:
            return
        elif packet.generation != self._packets[0].generation:
            self.clear()
            return
        self._packets.append(packet)
        self._size_bytes += len(packet.data)
        if self._size_bytes > self._max_bytes:
            self.clear()

    def clear(self) -> None:
        self._packets = []
        self._size_bytes = 0

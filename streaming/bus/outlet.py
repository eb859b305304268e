"""The commands that publish one stream, as bytes in RESP2; pure but for what it counts.

A packet becomes one XADD. A keyframe also moves the pointer, in the same pipeline. Once a second of capture time the stream is
trimmed by age and its keys' expiry is renewed. Answers come back to `on_added`.

What does not belong here: connections, and what happens while there is none (redis.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import hiredis

from streaming.bus.entry import HEADER_BYTES, packet_header, pointer_value, tracks_header, tracks_json
from streaming.bus.ids import EntryIds
from streaming.bus.keys import KEEP_NEWEST_GOP_MS, BusKeys
from streaming.bus.resp import OnReply, command
from streaming.media.packet import MediaPacket, Tracks

_TRIM_EVERY_MS = 1_000


@dataclass(slots=True)
class PublisherCounters:
    """Since the publisher was made. `dropped` counts packets that Redis did not get or did not take, for whatever reason."""

    packets: int = 0
    sent_bytes: int = 0
    dropped: int = 0
    out_of_memory: int = 0
    connects: int = 0


class Outlet:
    """Numbers and writes the packets of one stream. `send_now` is given the commands that an answer makes necessary."""

    def __init__(
        self, keys: BusKeys, incarnation: int, window_ms: int, counters: PublisherCounters, send_now: Callable[[bytes, list[OnReply]], None]
    ) -> None:
        self._keys = keys
        self._incarnation = incarnation
        self._window_ms = window_ms
        self._counters = counters
        self._send_now = send_now
        self._ids = EntryIds()
        self._sequence = -1
        self._tracks: Tracks | None = None
        self._is_announced = False
        self._newest_key_id = b""
        self._newest_key_ms = 0
        self._trimmed_at_ms = 0
        self._made_room_for = b""
        self._add = b"*7\r\n$4\r\nXADD\r\n$%d\r\n%b\r\n" % (len(keys.packets), keys.packets)
        self.on_added: OnReply = self._on_added
        self.needs_key = True

    @property
    def last_captured_ms(self) -> int:
        """By the ids' clock; 0 before the first packet."""
        return self._ids.last_ms

    def announce(self, tracks: Tracks) -> None:
        self._tracks = tracks
        self._is_announced = False

    def announce_again(self) -> None:
        """The server may have lost everything."""
        self._is_announced = False

    def number(self, packet: MediaPacket) -> int | None:
        """The next number; None when nobody could decode the packet, which is then counted as dropped."""
        self._sequence += 1
        if self.needs_key:
            if not packet.is_key or packet.track != "video" or self._tracks is None:
                self._counters.dropped += 1
                return None
            self.needs_key = False
        return self._sequence

    def lose(self, packets: int) -> None:
        """These were numbered but never sent: what follows is useless up to the next keyframe."""
        self._counters.dropped += packets
        self.needs_key = True

    def write(self, packet: MediaPacket, sequence: int, chunks: list[bytes], on_replies: list[OnReply]) -> None:
        """Appends the commands for one packet."""
        if not self._is_announced:
            self._write_announcement(packet.captured_at_ms, sequence, chunks, on_replies)
        entry_id = self._ids.next(packet.captured_at_ms)
        data = packet.data
        chunks += (
            b"%b$%d\r\n%b\r\n$1\r\nh\r\n$%d\r\n%b\r\n$1\r\nd\r\n$%d\r\n"
            % (self._add, len(entry_id), entry_id, HEADER_BYTES, packet_header(packet, self._incarnation, sequence), len(data)),
            data,
            b"\r\n",
        )
        on_replies.append(self.on_added)
        self._counters.packets += 1
        self._counters.sent_bytes += len(data)
        if packet.is_key and packet.track == "video":
            self._newest_key_id, self._newest_key_ms = entry_id, self._ids.last_ms
            self._write_pointer(sequence, chunks, on_replies)
        if self._ids.last_ms - self._trimmed_at_ms >= _TRIM_EVERY_MS:
            self._trimmed_at_ms = self._ids.last_ms
            self._write_upkeep(chunks, on_replies)

    def _write_announcement(self, captured_at_ms: int, sequence: int, chunks: list[bytes], on_replies: list[OnReply]) -> None:
        assert self._tracks is not None
        self._is_announced = True
        header = tracks_header(self._tracks, self._incarnation, sequence - 1 if sequence else 0)
        data = tracks_json(self._tracks)
        chunks += (
            command("XADD", self._keys.packets, self._ids.next(captured_at_ms), b"h", header, b"d", data),
            command("SET", self._keys.tracks, data, "PX", self._window_ms),
        )
        on_replies += (self.on_added, _ignore)

    def _write_pointer(self, sequence: int, chunks: list[bytes], on_replies: list[OnReply]) -> None:
        assert self._tracks is not None
        value = pointer_value(self._newest_key_id, self._incarnation, sequence, self._tracks)
        chunks.append(command("SET", self._keys.newest_key, value, "PX", KEEP_NEWEST_GOP_MS))
        on_replies.append(_ignore)

    def _write_upkeep(self, chunks: list[bytes], on_replies: list[OnReply]) -> None:
        now_ms = self._ids.last_ms
        oldest = b"%d-0" % max(now_ms - self._window_ms, 0)
        if self._newest_key_id and now_ms - KEEP_NEWEST_GOP_MS <= self._newest_key_ms < now_ms - self._window_ms:
            oldest = self._newest_key_id
        chunks += (
            command("XTRIM", self._keys.packets, "MINID", "~", oldest),
            command("PEXPIRE", self._keys.packets, KEEP_NEWEST_GOP_MS),
            command("PEXPIRE", self._keys.newest_key, KEEP_NEWEST_GOP_MS),
            command("PEXPIRE", self._keys.tracks, self._window_ms),
        )
        on_replies += (_ignore, _ignore, _ignore, _ignore)

    def _on_added(self, reply: Any) -> None:
        if not isinstance(reply, Exception):
            return
        self.lose(1)
        if not isinstance(reply, hiredis.ReplyError):
            return
        message = str(reply)
        if message.startswith("OOM"):
            self._counters.out_of_memory += 1
            self._make_room()
        elif "equal or smaller" in message:  # an earlier run used later ids: the clock was set back since
            self._is_announced = False
            self._send_now(command("XINFO", "STREAM", self._keys.packets), [self._on_stream_info])
        else:
            self._is_announced = False

    def _make_room(self) -> None:
        """Trims to the newest keyframe, once for each. When that was the entry Redis refused, nothing is left and the next one fits."""
        self._is_announced = False
        if self._newest_key_id and self._newest_key_id != self._made_room_for:
            self._made_room_for = self._newest_key_id
            self._send_now(command("XTRIM", self._keys.packets, "MINID", self._newest_key_id), [_ignore])

    def _on_stream_info(self, reply: Any) -> None:
        if isinstance(reply, list):
            info = dict(zip(reply[::2], reply[1::2], strict=False))
            self._ids.continue_after(info.get(b"last-generated-id", b"0-0"))


def _ignore(reply: Any) -> None:
    """An expiry or a pointer that could not be written is written again with the next keyframe."""

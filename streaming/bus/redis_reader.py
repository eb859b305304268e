"""The reading end of the media bus on Redis Streams."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence

import hiredis

from streaming.bus.base import BusAwayError
from streaming.bus.cursor import Cursor, Item
from streaming.bus.entry import Entry, EntryError, Pointer, parse_entry, parse_pointer, parse_tracks
from streaming.bus.ids import id_before, id_order
from streaming.bus.keys import BusKeys, bus_keys
from streaming.bus.resp import RespConnection, command, connect, parse_redis_url
from streaming.media.packet import MediaPacket, StreamKey, Tracks

logger = logging.getLogger(__name__)

_RETRY_FIRST_S = 0.05
_RETRY_MOST_S = 1.0
_PAGE_ENTRIES = 60
# A blocked read that got nothing for so long looks where the newest keyframe is: the stream may have begun anew with smaller ids.
_IDLE_MS = 5_000


class RedisReader:
    """Reads any number of streams, each `read` on a connection of its own that closes as soon as the iterator does."""

    def __init__(self, url: str) -> None:
        self._address = parse_redis_url(url)

    async def read(self, stream: StreamKey) -> AsyncIterator[Item]:
        keys, cursor, position = bus_keys(stream), Cursor(), b"0-0"
        xread = _xread_up_to_position(keys)
        while True:
            connection = await self._connect_patiently(stream)
            try:
                pointer = await _get_pointer(connection, keys)
                if pointer is None:
                    position = b"0-0"
                while True:
                    if pointer is not None and cursor.is_news(pointer.incarnation, pointer.sequence):
                        position = id_before(pointer.entry_id)
                        for item in cursor.jump(pointer.tracks):
                            yield item
                    pointer = None
                    reply = await connection.request_encoded(b"%b$%d\r\n%b\r\n" % (xread, len(position), position))
                    if reply is None:
                        pointer = await _get_pointer(connection, keys)
                        continue
                    for entry_id, fields in reply[0][1]:
                        entry = _parse_fields(stream, fields)
                        if entry is not None:
                            if cursor.is_break(entry):
                                pointer = await _get_pointer(connection, keys)
                                if _is_ahead(pointer, entry_id, cursor):
                                    break
                                pointer = None
                            for item in cursor.take(entry):
                                yield item
                        position = entry_id
            except (BusAwayError, hiredis.ReplyError) as error:
                logger.debug("Reading %s was interrupted: %s", stream, error)
                await asyncio.sleep(_RETRY_FIRST_S)
            finally:
                connection.close()

    async def tracks(self, stream: StreamKey) -> Tracks | None:
        connection = await connect(self._address)
        try:
            value = await connection.request("GET", bus_keys(stream).tracks)
        except hiredis.ReplyError as error:
            raise BusAwayError(str(error)) from error
        finally:
            connection.close()
        return None if value is None else parse_tracks(value)

    async def newest_keyframe(self, stream: StreamKey) -> tuple[Tracks, MediaPacket] | None:
        found = await self._newest(stream, most=1)
        return (found[0], found[1][0]) if found else None

    async def newest_gop(self, stream: StreamKey) -> tuple[Tracks, Sequence[MediaPacket]] | None:
        return await self._newest(stream, most=None)

    async def _newest(self, stream: StreamKey, *, most: int | None) -> tuple[Tracks, list[MediaPacket]] | None:
        """Pages through the stream from the newest keyframe on; one range over 10 s would block Redis for several milliseconds."""
        keys = bus_keys(stream)
        connection = await connect(self._address)
        try:
            pointer = await _get_pointer(connection, keys)
            if pointer is None:
                return None
            packets: list[MediaPacket] = []
            position = pointer.entry_id
            page = most or _PAGE_ENTRIES
            while True:
                reply = await connection.request("XRANGE", keys.packets, position, "+", "COUNT", page)
                for _, fields in reply:
                    entry = _parse_fields(stream, fields)
                    if entry and isinstance(entry.body, MediaPacket) and entry.body.generation == pointer.tracks.generation:
                        packets.append(entry.body)
                if most or len(reply) < page:
                    break
                position = b"(" + reply[-1][0]
        except hiredis.ReplyError as error:
            raise BusAwayError(str(error)) from error
        finally:
            connection.close()
        return (pointer.tracks, packets) if packets and packets[0].is_key else None

    async def _connect_patiently(self, stream: StreamKey) -> RespConnection:
        delay_s = _RETRY_FIRST_S
        while True:
            try:
                return await connect(self._address)
            except BusAwayError as error:
                logger.debug("Reading %s waits for the media bus: %s", stream, error)
            await asyncio.sleep(delay_s)
            delay_s = min(delay_s * 2, _RETRY_MOST_S)


def _xread_up_to_position(keys: BusKeys) -> bytes:
    """The command but for its last argument, the id after which to read."""
    whole = command("XREAD", "COUNT", _PAGE_ENTRIES, "BLOCK", _IDLE_MS, "STREAMS", keys.packets, b"")
    return whole.removesuffix(b"$0\r\n\r\n")


def _is_ahead(pointer: Pointer | None, entry_id: bytes, cursor: Cursor) -> bool:
    return (
        pointer is not None and id_order(pointer.entry_id) >= id_order(entry_id) and cursor.is_news(pointer.incarnation, pointer.sequence)
    )


async def _get_pointer(connection: RespConnection, keys: BusKeys) -> Pointer | None:
    value = await connection.request("GET", keys.newest_key)
    try:
        return None if value is None else parse_pointer(value)
    except EntryError as error:
        logger.warning("%s: %s", keys.newest_key.decode(), error)
        return None


def _parse_fields(stream: StreamKey, fields: list[bytes]) -> Entry | None:
    try:
        _, header, _, data = fields
        return parse_entry(header, data)
    except ValueError as error:  # EntryError included
        logger.warning("Unreadable entry of %s on the media bus: %s", stream, error)
        return None

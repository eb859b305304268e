"""Which streams ingest is to open, and what it makes known of them: the ORM as seen from an event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from cameras.models import Camera, Stream, StreamState
from cameras.services import SWITCHED_OFF, set_status
from cameras.stream_url import Credentials, StreamUrlError, parse_stream_url
from streaming.ingest.status import StatusAway
from streaming.ingest.supervisor import ListAway
from streaming.ingest.worker import WantedStream
from streaming.media.packet import Role, StreamKey
from streaming.rtsp.client import TransportChoice

logger = logging.getLogger(__name__)

_T = TypeVar("_T")
_TRANSPORTS: dict[str, TransportChoice] = {"auto": "auto", "tcp": "tcp", "udp": "udp"}


class CameraCatalogue:
    """All its work is done on one thread of its own, which may wait for a locked database without holding up anything else."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="catalogue")
        self._credentials: dict[int, tuple[datetime, Credentials]] = {}

    async def wanted(self) -> list[WantedStream]:
        """Raises ListAway. Costs one query, and one per camera that changed: credentials are decrypted once."""
        try:
            return await self._in_thread(self._read)
        except (DatabaseError, InterfaceError) as error:
            raise ListAway(str(error)) from error

    async def write_status(self, stream: StreamKey, state: str, reason: str) -> None:
        """Raises StatusAway."""
        try:
            await self._in_thread(lambda: set_status(stream.camera_id, stream.role, state, reason))
        except (DatabaseError, InterfaceError) as error:
            raise StatusAway(str(error)) from error

    def close(self, *, wait: bool = False) -> None:
        self._thread.submit(connections.close_all)
        self._thread.shutdown(wait=wait)

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        def run() -> _T:
            close_old_connections()
            return work()

        return await asyncio.get_running_loop().run_in_executor(self._thread, run)

    def _read(self) -> list[WantedStream]:
        wanted = []
        rows = Stream.objects.values_list(
            "camera_id",
            "role",
            "url",
            "transport",
            "verify_tls",
            "state",
            "camera__name",
            "camera__is_enabled",
            "camera__updated_at",
            named=True,
        )
        for row in rows:
            if not row.camera__is_enabled:
                if row.state != StreamState.OFF:
                    set_status(row.camera_id, row.role, StreamState.OFF, SWITCHED_OFF)
                continue
            try:
                address = parse_stream_url(row.url)
            except StreamUrlError as error:
                set_status(row.camera_id, row.role, StreamState.DOWN, f"The address can't be used: {error}.")
                continue
            credentials = self._credentials_of(row.camera_id, row.camera__updated_at)
            if credentials is None:
                continue
            key = StreamKey(row.camera_id, Role(row.role))
            wanted.append(WantedStream(key, row.camera__name, address, credentials, _TRANSPORTS[row.transport], row.verify_tls))
        return wanted

    def _credentials_of(self, camera_id: int, changed_at: datetime) -> Credentials | None:
        """None for a camera that was removed a moment ago."""
        known = self._credentials.get(camera_id)
        if known is None or known[0] != changed_at:
            found = Camera.objects.filter(pk=camera_id).values_list("username", "password").first()
            if found is None:
                return None
            username, password = found
            known = self._credentials[camera_id] = (changed_at, Credentials(username or "", password or ""))
        return known[1]

"""Who listens in on a dialogue with a camera: the doctor, which judges what ingest only uses. Pure."""

from __future__ import annotations

from typing import Protocol

from streaming.rtsp.message import Response


class Witness(Protocol):
    """Called from the event loop's read callback: it must not block, and an exception of its own ends the stream."""

    def answered(self, method: str, response: Response) -> None:
        """Every answer, refused logins and redirects included."""
        ...

    def arrived(self, media_index: int, packet: bytes, now_ms: int, *, is_rtcp: bool) -> None:
        """What came on one medium's channel or port, before anything is done with it."""
        ...

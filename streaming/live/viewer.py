"""The seams between feeds, sessions and what lies outside this package: sockets, pictures, cameras' states.

Feed ──▶ Viewer (a session) ──▶ Outlet (a socket)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from streaming.live.message import Message
from streaming.live.protocol import GapReason, Mode, ProtocolError
from streaming.media.packet import Tracks

PictureKind = Literal["jpeg", "raw"]


class Outlet(Protocol):
    """A viewer's socket. Nothing here waits or raises; what is written to a socket that is gone is lost."""

    @property
    def reports_writable(self) -> bool:
        """Whether `is_writable` tells about the network, not only about this process."""
        ...

    @property
    def is_writable(self) -> bool: ...

    def write(self, frame: bytes) -> None:
        """Takes a whole WebSocket frame as message.py makes them."""
        ...


class Viewer(Protocol):
    """What a feed tells. Called in the event loop; must return at once."""

    def opened(self) -> None:
        """The feed has begun a new generation: `Feed.opening` says what."""
        ...

    def message(self, message: Message, now_ms: int) -> None: ...

    def gap(self, skipped: int, reason: GapReason) -> None: ...

    def failed(self, failure: ProtocolError) -> None:
        """The feed can't serve this viewer, now or later."""
        ...


@dataclass(frozen=True, slots=True)
class Opening:
    """Everything `init` says about the frames, and the init segments to send after it."""

    generation: int
    stream: str
    video: Mapping[str, Any]
    audio: Mapping[str, Any] | None = None
    heads: Sequence[Message] = field(default=())
    tracks: Tracks | None = None  # none for pictures; with the sound, if this viewer is to have it


class Feed(Protocol):
    @property
    def rate(self) -> tuple[float, int]:
        """Frames and bits of video a second, lately."""
        ...

    def join(self, viewer: Viewer, mode: Mode, *, has_audio: bool) -> None:
        """Again for a viewer that is there already changes its mode and audio."""
        ...

    def leave(self, viewer: Viewer) -> None: ...

    async def run(self) -> None:
        """Reads until cancelled."""
        ...

    def opening(self, viewer: Viewer) -> Opening | None:
        """None as long as nothing is known about the stream."""
        ...

    def recent(self, viewer: Viewer) -> Sequence[Message]:
        """What a viewer that comes now starts with: a keyframe and what followed; empty when there is none to start with."""
        ...


@dataclass(frozen=True, slots=True)
class Picture:
    """`message` is a complete wire message, header and payload."""

    message: bytes
    width_px: int
    height_px: int
    stream: str


class PictureSource(Protocol):
    def pictures(self, camera_id: int, kind: PictureKind, rung: str) -> AsyncIterator[Picture]:
        """Has them made as long as it is iterated; ends never by itself, survives a bus that is away."""
        ...


class CameraStates(Protocol):
    """State and reason of streams, in words for people, at most about a second old."""

    def watch(self, camera_id: int) -> None: ...

    def unwatch(self, camera_id: int) -> None: ...

    def state(self, camera_id: int, role: str) -> tuple[str, str]: ...


@dataclass(frozen=True, slots=True)
class LiveCamera:
    id: int
    roles: tuple[str, ...]


def picture_kind(mode: Mode) -> PictureKind:
    return "raw" if mode is Mode.RAW else "jpeg"

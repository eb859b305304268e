"""Rendered pictures of one camera, kind and rung for all viewers of this process; only the newest one counts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from streaming.live.message import VIDEO, Message
from streaming.live.protocol import GapReason, Mode
from streaming.live.rate import Rate
from streaming.live.viewer import Opening, Picture, PictureKind, PictureSource, Viewer
from streaming.media.wire import HEADER_BYTES, Flag, WireError, parse_header

logger = logging.getLogger(__name__)

# A picture older than this is no start for a newcomer.
FRESH_MS = 2000
CAMERA_GAP_MS = 3000
_CODECS: dict[PictureKind, str] = {"jpeg": "mjpeg", "raw": "i420"}


class PictureFeed:
    def __init__(
        self,
        camera_id: int,
        kind: PictureKind,
        rung: str,
        *,
        source: PictureSource,
        next_generation: Callable[[], int],
        monotonic_ms: Callable[[], int],
        wall_ms: Callable[[], int],
    ) -> None:
        self._camera_id = camera_id
        self._kind: PictureKind = kind
        self._rung = rung
        self._source = source
        self._next_generation = next_generation
        self._monotonic_ms = monotonic_ms
        self._wall_ms = wall_ms
        self._viewers: tuple[Viewer, ...] = ()
        self._opening: Opening | None = None
        self._shape: tuple[int, int, str] | None = None
        self._newest: Message | None = None
        self._sequence = 0
        self._rate = Rate()

    def join(self, viewer: Viewer, mode: Mode, *, has_audio: bool) -> None:
        if viewer not in self._viewers:
            self._viewers = (*self._viewers, viewer)

    def leave(self, viewer: Viewer) -> None:
        self._viewers = tuple(other for other in self._viewers if other is not viewer)

    @property
    def rate(self) -> tuple[float, int]:
        return self._rate.per_second(self._monotonic_ms())

    def opening(self, viewer: Viewer) -> Opening | None:
        return self._opening

    def recent(self, viewer: Viewer) -> Sequence[Message]:
        newest = self._newest
        return [newest] if newest is not None and self._monotonic_ms() - newest.arrived_ms < FRESH_MS else []

    async def run(self) -> None:
        async for picture in self._source.pictures(self._camera_id, self._kind, self._rung):
            try:
                self._picture(picture)
            except WireError as error:
                logger.warning("camera %s, %s %s: the renderer sent no picture: %s", self._camera_id, self._kind, self._rung, error)

    def _picture(self, picture: Picture) -> None:
        now_ms = self._monotonic_ms()
        rendered = parse_header(picture.message)
        shape = (picture.width_px, picture.height_px, picture.stream)
        if self._opening is None or shape != self._shape:
            self._begin(picture, shape)
        elif self._newest is not None and now_ms - self._newest.arrived_ms > CAMERA_GAP_MS:
            self._tell_gap("camera")
        assert self._opening is not None
        message = Message(
            rendered.kind,
            picture.message[HEADER_BYTES:],
            flags=int(Flag.KEY),
            track=VIDEO,
            sequence=self._sequence,
            generation=self._opening.generation,
            pts_us=rendered.pts_us,
            captured_at_us=rendered.captured_at_us,
            duration_us=rendered.duration_us,
            arrived_ms=now_ms,
            delay_ms=max(0, self._wall_ms() - rendered.captured_at_us // 1000),
        )
        self._sequence += 1
        self._newest = message
        self._rate.add(len(picture.message), now_ms)
        for viewer in self._viewers:
            viewer.message(message, now_ms)

    def _begin(self, picture: Picture, shape: tuple[int, int, str]) -> None:
        self._shape = shape
        self._newest = None
        video = {"codec": _CODECS[self._kind], "width": picture.width_px, "height": picture.height_px, "mime": None}
        self._opening = Opening(self._next_generation(), picture.stream, video)
        for viewer in self._viewers:
            viewer.opened()

    def _tell_gap(self, reason: GapReason) -> None:
        for viewer in self._viewers:
            viewer.gap(0, reason)

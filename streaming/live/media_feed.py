"""One camera stream for all its viewers in this process: read once, framed once, with the group of pictures a newcomer starts from.

Access units and fragments are two forms of the same packets with the same sequences; a form is made when somebody wants it.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Sequence
from typing import Any

from streaming.bus.base import MediaReader
from streaming.live.message import AUDIO, VIDEO, Message
from streaming.live.packet_forms import Forms, PacketForms, mime_or_none
from streaming.live.protocol import Close, Mode, ProtocolError
from streaming.live.rate import Rate
from streaming.live.viewer import Opening, Viewer
from streaming.media import fmp4
from streaming.media.packet import AudioTrack, Codec, Gap, MediaPacket, StreamKey, Tracks
from streaming.media.wire import Kind

logger = logging.getLogger(__name__)

GROUP_BYTES = 6_000_000
# Packets further apart than this at capture were not lost by us.
CAMERA_GAP_MS = 3000
_AUDIO_NAMES = {Codec.AAC: "mp4a.40.2", Codec.OPUS: "opus", Codec.PCMA: "alaw", Codec.PCMU: "ulaw"}


class MediaFeed:
    def __init__(
        self,
        stream: StreamKey,
        *,
        reader: MediaReader,
        next_generation: Callable[[], int],
        monotonic_ms: Callable[[], int],
        wall_ms: Callable[[], int],
    ) -> None:
        self._stream = stream
        self._reader = reader
        self._next_generation = next_generation
        self._monotonic_ms = monotonic_ms
        self._wall_ms = wall_ms
        self._viewers: dict[Viewer, tuple[Mode, bool]] = {}
        # by track
        self._of_units: list[tuple[Viewer, ...]] = [(), ()]
        self._of_fragments: list[tuple[Viewer, ...]] = [(), ()]
        self._forms: Forms | None = None
        self._group: list[PacketForms] = []
        self._group_bytes = 0
        self._sequences = [0, 0]
        self._rate = Rate()
        self._last_captured_ms: int | None = None
        self._arrival = _Arrival()

    # viewers

    def join(self, viewer: Viewer, mode: Mode, *, has_audio: bool) -> None:
        self._viewers[viewer] = (mode, has_audio)
        self._sort_audiences()

    def leave(self, viewer: Viewer) -> None:
        self._viewers.pop(viewer, None)
        self._sort_audiences()

    @property
    def rate(self) -> tuple[float, int]:
        return self._rate.per_second(self._monotonic_ms())

    def opening(self, viewer: Viewer) -> Opening | None:
        """Raises ProtocolError (4415) for a codec this viewer's mode can't carry."""
        forms = self._forms
        if forms is None:
            return None
        mode, has_audio = self._viewers[viewer]
        video = forms.tracks.video
        if video.codec is Codec.MJPEG:
            raise ProtocolError("unsupported", f"This camera sends JPEG pictures; mode {mode} needs H.264 or H.265.", Close.UNSUPPORTED)
        is_mse = mode is Mode.MSE
        audio = forms.tracks.audio if has_audio else None
        if audio is not None and is_mse and mime_or_none(audio) is None:
            audio = None
        heads = []
        if is_mse:
            heads = [self._head(forms, VIDEO), *([self._head(forms, AUDIO)] if audio else [])]
        described: dict[str, Any] = {
            "codec": video.codec_string,
            "width": video.width_px,
            "height": video.height_px,
            "mime": fmp4.mime(video) if is_mse else None,
        }
        tracks = Tracks(forms.tracks.generation, video, audio)
        return Opening(forms.generation, str(self._stream.role), described, _describe_audio(audio, is_mse=is_mse), heads, tracks)

    def recent(self, viewer: Viewer) -> Sequence[Message]:
        mode, has_audio = self._viewers[viewer]
        entries = [entry for entry in self._group if has_audio or entry.track == VIDEO]
        found = [entry.as_fragment() if mode is Mode.MSE else entry.as_unit() for entry in entries]
        return [message for message in found if message is not None]

    # the stream

    async def run(self) -> None:
        """Reads until cancelled."""
        async for item in self._reader.read(self._stream):
            if isinstance(item, MediaPacket):
                self._packet(item)
            elif isinstance(item, Tracks):
                self._begin(item)
            else:
                self._missed(item)

    def _begin(self, tracks: Tracks) -> None:
        if self._forms is not None and self._forms.tracks == tracks:
            return
        self._forms = Forms(tracks, self._next_generation())
        self._forget_group()
        self._last_captured_ms = None
        for viewer in tuple(self._viewers):
            viewer.opened()

    def _missed(self, gap: Gap) -> None:
        self._forget_group()
        self._arrival = _Arrival()
        self._last_captured_ms = None
        for viewer in tuple(self._viewers):
            viewer.gap(gap.packets, "bus")

    def _packet(self, packet: MediaPacket) -> None:
        forms = self._forms
        if forms is None:
            return
        now_ms = self._monotonic_ms()
        delay_ms = max(0, self._wall_ms() - packet.captured_at_ms)
        track = VIDEO if packet.track == "video" else AUDIO
        is_late = self._arrival.is_late(packet.captured_at_ms, now_ms, delay_ms)
        if track == VIDEO:
            self._rate.add(len(packet.data), now_ms)
            self._notice_camera_gap(packet)
        entry = PacketForms(forms, packet, self._sequences[track], is_late=is_late, arrived_ms=now_ms, delay_ms=delay_ms)
        self._sequences[track] += 1
        self._keep(entry)
        if self._of_units[track]:
            unit = entry.as_unit()
            for viewer in self._of_units[track]:
                viewer.message(unit, now_ms)
        if self._of_fragments[track] and (fragment := entry.as_fragment()) is not None:
            for viewer in self._of_fragments[track]:
                viewer.message(fragment, now_ms)

    def _notice_camera_gap(self, packet: MediaPacket) -> None:
        before, self._last_captured_ms = self._last_captured_ms, packet.captured_at_ms
        if before is not None and packet.is_key and packet.captured_at_ms - before > CAMERA_GAP_MS:
            for viewer in tuple(self._viewers):
                viewer.gap(0, "camera")

    def _keep(self, entry: PacketForms) -> None:
        if entry.is_key and entry.track == VIDEO:
            self._forget_group()
        elif not self._group:
            return
        self._group.append(entry)
        self._group_bytes += entry.size
        if self._group_bytes > GROUP_BYTES:  # too much to start from; newcomers wait for the next keyframe
            self._forget_group()

    def _forget_group(self) -> None:
        self._group = []
        self._group_bytes = 0

    def _head(self, forms: Forms, track: int) -> Message:
        payload = forms.init_segment(track)
        return Message(Kind.INIT_SEGMENT, payload, flags=0, track=track, sequence=self._sequences[track], generation=forms.generation)

    def _sort_audiences(self) -> None:
        of_units, of_fragments = [
            [(viewer, has_audio) for viewer, (mode, has_audio) in self._viewers.items() if mode is wanted]
            for wanted in (Mode.H264, Mode.MSE)
        ]
        for audience, members in ((self._of_units, of_units), (self._of_fragments, of_fragments)):
            audience[VIDEO] = tuple(viewer for viewer, _ in members)
            audience[AUDIO] = tuple(viewer for viewer, has_audio in members if has_audio)


class _Arrival:
    """Tells the packets the bus kept for us from those that are live: kept ones come faster than they were captured.

    Lateness alone would not do: the clocks of two machines may differ by more than a frame.
    """

    def __init__(self) -> None:
        self._before: tuple[int, int] | None = None
        self._is_over = False

    def is_late(self, captured_at_ms: int, now_ms: int, delay_ms: int) -> bool:
        if self._is_over:
            return False
        before, self._before = self._before, (captured_at_ms, now_ms)
        is_burst = before is None or 4 * (now_ms - before[1]) < captured_at_ms - before[0]
        if before is not None and captured_at_ms == before[0]:
            is_burst = True
        self._is_over = delay_ms < 100 or not is_burst
        return not self._is_over


def _describe_audio(audio: AudioTrack | None, *, is_mse: bool) -> dict[str, Any] | None:
    if audio is None:
        return None
    return {
        "codec": _AUDIO_NAMES[audio.codec],
        "sample_rate": audio.sample_rate_hz,
        "channels": audio.channels,
        "config": base64.b64encode(audio.config).decode("ascii") if audio.config else None,
        "mime": fmp4.mime(audio) if is_mse else None,
    }

"""Turns one stream's packets into segment files. Used by one writer thread; no queue, no clock of its own.

A segment's sound often comes a little after its last picture, so at a cut the old segment is kept open for a second while the new one
already grows: no sound falls into the gap.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from recordings.audio import AacEncoder, encoder_for
from recordings.directory import RecordingDirectory, segment_path
from recordings.open_segment import AUDIO_TRACK_ID, OpenSegment
from recordings.rules.cutting import Cutting
from recordings.rules.fragments import VIDEO_TRACK_ID
from recordings.rules.lead import Lead
from recordings.segment_file import SegmentFile
from recordings.segment_header import SegmentHeader
from streaming.media.fmp4 import movie_init
from streaming.media.packet import AudioTrack, MediaPacket, StreamKey, Tracks
from streaming.media.timing import TICKS_PER_SECOND, to_ms

logger = logging.getLogger(__name__)
# A longer pause between two pictures is a gap: a new segment begins. Longer than what streaming/ingest/timestamps.py lets a leap be.
LONGEST_PAUSE_90K = 5 * TICKS_PER_SECOND // 2
# A pause in the middle of a group of pictures: what follows can only be played in the same file.
LONGEST_PAUSE_IN_GOP_90K = 15 * TICKS_PER_SECOND
# Cameras that send a picture every few seconds do not pause between them.
_SLOW_CAMERA_FACTOR = 3
OLDEST_IN_MEMORY_S = 1.2
_SOUND_GRACE_S = 1.0
_MOST_SOUND_AHEAD = 500
_ATTEMPTS = 5


class Keeper(Protocol):
    """What is told about segments. It makes them durable and closes those that ended; none of the calls blocks or raises."""

    def grown(self, segment: OpenSegment) -> None: ...

    def ended(self, segment: OpenSegment) -> None: ...

    def clock_went_ahead(self, segment: OpenSegment, ended_at_ms: int, by_ms: int) -> None:
        """No footage is missing after it: the time that follows was left out by the clock."""


class StreamWriter:
    def __init__(self, stream: StreamKey, directory: RecordingDirectory, cutting: Cutting, keeper: Keeper) -> None:
        self.directory = directory
        self.cutting = cutting
        self._stream = stream
        self._keeper = keeper
        self._tracks: Tracks | None = None
        self._current: OpenSegment | None = None
        self._ending: OpenSegment | None = None
        self._ending_until_90k = 0
        self._ending_since_s = 0.0
        self._encoder: AacEncoder | None = None
        self._sound_ahead: list[MediaPacket] = []
        self._last: MediaPacket | None = None
        self._has_paused = False
        self._lead = Lead()
        self._last_gop_ms = 0
        self._last_key_ms = 0

    @property
    def segment(self) -> OpenSegment | None:
        return self._current

    @property
    def last_picture_ms(self) -> int | None:
        """When the picture that came last was over."""
        last = self._last
        return None if last is None else last.captured_at_ms + to_ms(last.duration_90k)

    def announce(self, tracks: Tracks) -> None:
        """Ends the running segment when the parameters differ: a file has one set of them. Raises OSError."""
        if tracks == self._tracks:
            return
        self.finish()
        self._tracks = tracks
        self._encoder = encoder_for(tracks.audio)

    def write(self, packet: MediaPacket, now_s: float) -> None:
        """`now_s` is monotonic. Raises OSError (DirectoryError too) and ValueError (parameters that no file can have): call abandon() then;
        the next keyframe begins a new segment.
        """
        if self._tracks is None or packet.generation != self._tracks.generation:
            return
        if packet.track == "audio":
            self._sound_ahead += self._encoder.encode(packet) if self._encoder else [packet]
            self._place_sound(self._last.dts_90k if self._last else 0)
        else:
            packet = self._lead.led(packet, self._last if self._current is not None else None)
            if self._current is not None and not self._is_continued_by(packet):
                self.finish()
            self._place_sound(packet.dts_90k)
            self._write_picture(packet, now_s)
            self._last = packet

    def tick(self, now_s: float) -> None:
        """At least every tenth of a second: what is in memory for too long goes to the disk though nothing has come. Raises OSError."""
        if self._ending is not None and now_s - self._ending_since_s >= _SOUND_GRACE_S:
            self._finish_ending()
        current = self._current
        if current is not None and current.waiting_s(now_s) >= OLDEST_IN_MEMORY_S:
            if current.has_one_waiting:
                current.flush_all()
            else:
                current.flush_all_but_one()
            self._keeper.grown(current)

    def finish(self) -> None:
        """Writes what is in memory and ends the segment. Raises OSError; the segment has ended all the same."""
        if self._encoder is not None:
            self._sound_ahead += self._encoder.drain()
        # Sound from after a pause came before its picture: put here it would be behind a silence as long as the pause.
        self._place_sound(self._last.dts_90k + self._last.duration_90k + int(_SOUND_GRACE_S * TICKS_PER_SECOND) if self._last else 0)
        try:
            self._finish_ending()
        finally:
            segment, self._current = self._current, None
            if segment is not None:
                try:
                    segment.end_sound()
                    segment.flush_all()
                finally:
                    self._keeper.ended(segment)

    def abandon(self) -> None:
        """After an error: ends the segment with what it holds, and forgets what is in memory."""
        with contextlib.suppress(OSError, ValueError):  # what has failed need not be what was ending
            self._finish_ending()
        if self._current is not None:
            self._keeper.ended(self._current)
        self._current = None
        self._sound_ahead = []

    def _write_picture(self, packet: MediaPacket, now_s: float) -> None:
        if packet.is_key:
            self._note_gop(packet)
        if self._ending is not None and packet.dts_90k - self._ending_until_90k >= _SOUND_GRACE_S * TICKS_PER_SECOND:
            self._finish_ending()
        if self._current is None:
            if packet.is_key:
                self._begin(packet, packet.captured_at_ms, now_s)
            return
        first = self._current.first_waiting
        if packet.is_key and self._segment_is_long_enough(self._current, packet):
            self._cut(self._current, packet, now_s)
            return
        if first is not None and (self._current.is_full or self._fragment_is_long_enough(first, packet)):
            self._current.flush(packet.dts_90k)
            self._keeper.grown(self._current)
        self._current.add_picture(packet, now_s)

    def _place_sound(self, until_90k: int) -> None:
        """Of what is ahead of the pictures it isn't known yet which segment it belongs to. Sound from before all pictures is left out."""
        ahead, current = [], self._current
        for packet in self._sound_ahead:
            if packet.pts_90k >= until_90k:
                ahead.append(packet)
            elif self._ending is not None and packet.pts_90k < self._ending_until_90k:
                self._ending.add_sound(packet)
            elif current is not None and packet.pts_90k + packet.duration_90k // 2 >= current.header.started_90k:
                current.add_sound(packet)
        self._sound_ahead = ahead[-_MOST_SOUND_AHEAD:]

    def _note_gop(self, packet: MediaPacket) -> None:
        if self._last_key_ms:
            self._last_gop_ms = max(packet.captured_at_ms - self._last_key_ms, 0)
        self._last_key_ms = packet.captured_at_ms

    def _is_continued_by(self, packet: MediaPacket) -> bool:
        last = self._last
        assert last is not None
        pause_90k = packet.dts_90k - last.dts_90k
        if 0 < pause_90k <= max(LONGEST_PAUSE_90K, _SLOW_CAMERA_FACTOR * last.duration_90k):
            return True
        self._has_paused = True
        return not packet.is_key and 0 < pause_90k <= LONGEST_PAUSE_IN_GOP_90K

    def _fragment_is_long_enough(self, first: MediaPacket, packet: MediaPacket) -> bool:
        return self.cutting.ends_fragment(
            started_90k=first.dts_90k, now_90k=packet.dts_90k, begins_with_key=first.is_key, is_key=packet.is_key
        )

    def _segment_is_long_enough(self, segment: OpenSegment, packet: MediaPacket) -> bool:
        return self._has_paused or self.cutting.ends_segment(
            started_at_ms=segment.header.started_at_ms,
            now_ms=packet.captured_at_ms,
            media_ms=to_ms(packet.dts_90k - segment.header.started_90k),
            last_gop_ms=self._last_gop_ms,
        )

    def _cut(self, old: OpenSegment, packet: MediaPacket, now_s: float) -> None:
        """The old one's last picture stays in memory for a moment, so that there is a fragment for its late sound."""
        self._finish_ending()
        old.flush_all_but_one()
        self._current = None
        self._ending, self._ending_until_90k, self._ending_since_s = old, packet.dts_90k, now_s
        if self._recorded_audio() is None:
            self._finish_ending()
        if self._has_paused:
            started_at_ms = packet.captured_at_ms
        else:
            ended_at_ms = old.header.started_at_ms + to_ms(packet.dts_90k - old.header.started_90k)
            started_at_ms = self.cutting.start_ms(ended_at_ms=ended_at_ms, captured_at_ms=packet.captured_at_ms)
            if self.cutting.is_clock_set_ahead(ended_at_ms=ended_at_ms, captured_at_ms=packet.captured_at_ms):
                self._keeper.clock_went_ahead(old, ended_at_ms, packet.captured_at_ms - ended_at_ms)
        self._begin(packet, started_at_ms, now_s)

    def _finish_ending(self) -> None:
        segment, self._ending = self._ending, None
        if segment is not None:
            try:
                segment.end_sound()
                segment.flush(self._ending_until_90k)
            finally:
                self._keeper.ended(segment)

    def _begin(self, packet: MediaPacket, started_at_ms: int, now_s: float) -> None:
        assert self._tracks is not None
        video, audio = self._tracks.video, self._recorded_audio()
        init = movie_init({VIDEO_TRACK_ID: video} | ({AUDIO_TRACK_ID: audio} if audio else {}))
        header = SegmentHeader(
            camera_id=self._stream.camera_id,
            role=str(self._stream.role),
            started_at_ms=started_at_ms,
            started_90k=packet.dts_90k,
            generation=packet.generation,
            directory_id=str(self.directory.id),
            video_codec=video.codec_string,
            audio_codec=audio.codec_string if audio else "",
            width_px=video.width_px,
            height_px=video.height_px,
        )
        brands_bytes = int.from_bytes(init[:4], "big")
        head = init[:brands_bytes] + header.to_box() + init[brands_bytes:]
        self._has_paused = False
        self._current = OpenSegment(header, video.codec, audio, lambda pieces: self._create(header, [head, *pieces]))
        self._current.add_picture(packet, now_s)

    def _create(self, header: SegmentHeader, pieces: Sequence[bytes]) -> SegmentFile:
        path = segment_path(header.camera_id, header.role, header.started_at_ms)
        with self.directory.opened() as root:
            self.directory.check_room(root)
            return _make(path, pieces, root)

    def _recorded_audio(self) -> AudioTrack | None:
        assert self._tracks is not None
        return self._encoder.track if self._encoder else self._tracks.audio


def _make(path: Path, pieces: Sequence[bytes], root: int) -> SegmentFile:
    """Whoever deletes footage may remove a directory that is empty just then."""
    for _ in range(_ATTEMPTS):
        with contextlib.suppress(FileNotFoundError):
            return SegmentFile(path, pieces, root=root)
    return SegmentFile(path, pieces, root=root)

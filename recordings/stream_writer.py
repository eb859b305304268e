"""Turns one stream's packets into segment files. Used by one writer thread at a time; no queue, no clock of its own.

A fragment leaves when the next one begins: at a keyframe, or a second after its first picture. So every duration is known when it is
written, and what a crash can cost is the fragment in memory plus what the disk has not synced yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from recordings.audio import AacEncoder, encoder_for
from recordings.directory import DirectoryError, RecordingDirectory, segment_path
from recordings.rules.cutting import Cutting
from recordings.rules.fragments import VIDEO_TRACK_ID
from recordings.segment_file import SegmentFile
from recordings.segment_header import SegmentHeader
from streaming.media import h264, h265
from streaming.media.fmp4 import Sample, TrackRun, movie_fragment, movie_init, timescale
from streaming.media.packet import AudioTrack, Codec, MediaPacket, StreamKey, Tracks
from streaming.media.timing import TICKS_PER_SECOND, rescale

AUDIO_TRACK_ID = 2
# A longer pause between two pictures is a gap: the file ends, so that a file is always continuous footage.
LONGEST_PAUSE_90K = 2 * TICKS_PER_SECOND


@dataclass(frozen=True, slots=True)
class SegmentNews:
    """What the catalogue wants to know. `path` is relative to the directory."""

    stream: StreamKey
    directory_id: str
    path: str
    is_finished: bool


class StreamWriter:
    def __init__(self, stream: StreamKey, cutting: Cutting, *, tell: Callable[[SegmentNews], None]) -> None:
        self._stream = stream
        self._cutting = cutting
        self._tell = tell
        self._tracks: Tracks | None = None
        self._file: SegmentFile | None = None
        self._header: SegmentHeader | None = None
        self._video: list[MediaPacket] = []
        self._audio: list[MediaPacket] = []
        self._encoder: AacEncoder | None = None
        self._sequence = 0
        self._last_gop_ms = 0
        self._last_key_ms = 0

    @property
    def file(self) -> SegmentFile | None:
        return self._file

    @property
    def is_open(self) -> bool:
        return self._file is not None

    def announce(self, tracks: Tracks) -> None:
        """Ends the running segment when the parameters differ: a file has one set of them. Raises OSError."""
        if self._tracks is not None and tracks.generation == self._tracks.generation:
            return
        self.finish()
        self._tracks = tracks
        self._encoder = encoder_for(tracks.audio)

    def write(self, packet: MediaPacket, directory: RecordingDirectory) -> None:
        """Raises OSError (DirectoryError too); the running segment is ended then, and the next keyframe begins a new one."""
        if self._tracks is None or packet.generation != self._tracks.generation:
            return
        if packet.track == "audio":
            if self._file is not None:
                self._audio += self._encoder.encode(packet) if self._encoder else [packet]
            return
        if packet.is_key:
            self._note_gop(packet)
        if self._video and not self._is_continued_by(packet):
            self.finish()
        if self._file is None:
            if packet.is_key:
                self._begin(packet, directory)
            return
        if self._video and (packet.is_key or self._fragment_is_long_enough(packet)):
            self._flush(until_90k=packet.dts_90k)
            if packet.is_key and self._segment_is_long_enough(packet):
                self._end()
                self._begin(packet, directory)
                return
        self._video.append(packet)

    def finish(self) -> None:
        """Writes what is in memory and ends the segment. Raises OSError."""
        if self._file is None:
            return
        if self._video:
            last = self._video[-1]
            self._flush(until_90k=last.dts_90k + max(last.duration_90k, 1))
        self._end()

    def abandon(self) -> None:
        """After an OSError: forgets what is in memory and ends the segment with what it holds."""
        self._video, self._audio = [], []
        try:
            self._end()
        except OSError:
            self._file = self._header = None

    def _note_gop(self, packet: MediaPacket) -> None:
        if self._last_key_ms:
            self._last_gop_ms = max(packet.captured_at_ms - self._last_key_ms, 0)
        self._last_key_ms = packet.captured_at_ms

    def _is_continued_by(self, packet: MediaPacket) -> bool:
        return 0 < packet.dts_90k - self._video[-1].dts_90k <= LONGEST_PAUSE_90K

    def _fragment_is_long_enough(self, packet: MediaPacket) -> bool:
        return self._cutting.ends_fragment(started_90k=self._video[0].dts_90k, now_90k=packet.dts_90k)

    def _segment_is_long_enough(self, packet: MediaPacket) -> bool:
        assert self._header is not None
        return self._cutting.ends_segment(
            started_at_ms=self._header.started_at_ms, now_ms=packet.captured_at_ms, last_gop_ms=self._last_gop_ms
        )

    def _begin(self, packet: MediaPacket, directory: RecordingDirectory) -> None:
        assert self._tracks is not None
        directory.verify()
        if not directory.has_room():
            raise DirectoryError(f"{directory.path} has less than {directory.keep_free_bytes // 2**20} MB left")
        video, audio = self._tracks.video, self._recorded_audio()
        self._header = SegmentHeader(
            camera_id=self._stream.camera_id,
            role=str(self._stream.role),
            started_at_ms=packet.captured_at_ms,
            started_90k=packet.dts_90k,
            generation=packet.generation,
            directory_id=str(directory.id),
            video_codec=video.codec_string,
            audio_codec=audio.codec_string if audio else "",
            width_px=video.width_px,
            height_px=video.height_px,
        )
        init = movie_init({VIDEO_TRACK_ID: video} | ({AUDIO_TRACK_ID: audio} if audio else {}))
        brands_bytes = int.from_bytes(init[:4], "big")
        path = segment_path(self._stream.camera_id, str(self._stream.role), packet.captured_at_ms)
        self._file = _create(directory.path, path, init[:brands_bytes] + self._header.to_box() + init[brands_bytes:])
        self._sequence = 0
        self._video, self._audio = [packet], []
        self._tell_catalogue(is_finished=False)

    def _flush(self, *, until_90k: int) -> None:
        assert self._file is not None
        assert self._header is not None
        start_90k = self._header.started_90k
        runs = [TrackRun(VIDEO_TRACK_ID, self._video[0].dts_90k - start_90k, self._video_samples(until_90k))]
        audio = self._recorded_audio()
        if audio is not None and self._audio:
            run = _audio_run(audio, self._audio, start_90k)
            if run.samples:
                runs.append(run)
        self._video, self._audio = [], []
        self._sequence += 1
        self._file.append(movie_fragment(self._sequence, runs))

    def _video_samples(self, until_90k: int) -> list[Sample]:
        assert self._tracks is not None
        convert = {Codec.H264: h264.to_length_prefixed, Codec.H265: h265.to_length_prefixed}.get(self._tracks.video.codec, bytes)
        ends = [packet.dts_90k for packet in self._video[1:]] + [until_90k]
        return [
            Sample(end - packet.dts_90k, packet.pts_90k - packet.dts_90k, packet.is_key, convert(packet.data))
            for packet, end in zip(self._video, ends, strict=True)
        ]

    def _recorded_audio(self) -> AudioTrack | None:
        assert self._tracks is not None
        return self._encoder.track if self._encoder else self._tracks.audio

    def _end(self) -> None:
        file = self._file
        if file is None:
            return
        try:
            file.close()
        finally:
            self._tell_catalogue(is_finished=True)
            self._file = self._header = None
            self._video, self._audio = [], []

    def _tell_catalogue(self, *, is_finished: bool) -> None:
        assert self._header is not None
        path = segment_path(self._header.camera_id, self._header.role, self._header.started_at_ms)
        self._tell(SegmentNews(self._stream, self._header.directory_id, str(path), is_finished))


def _create(root: Path, path: Path, init: bytes) -> SegmentFile:
    """A clock that was set back may name a file that exists; the next free millisecond's name is close enough and loses nothing."""
    try:
        return SegmentFile(root / path, init)
    except FileExistsError:
        raise DirectoryError(f"{path} exists already: the clock was set back; recording goes on at the next keyframe") from None


def _audio_run(track: AudioTrack, packets: list[MediaPacket], start_90k: int) -> TrackRun:
    """Audio from before the first picture is left out: decode times can't be negative."""
    rate = timescale(track)
    kept = [packet for packet in packets if packet.pts_90k >= start_90k]
    times = [rescale(packet.pts_90k - start_90k, TICKS_PER_SECOND, rate) for packet in kept]
    if not kept:
        return TrackRun(AUDIO_TRACK_ID, 0, [])
    last = max(rescale(kept[-1].duration_90k, TICKS_PER_SECOND, rate), 1)
    ends = [*times[1:], times[-1] + last]
    samples = [Sample(max(end - time, 1), 0, True, packet.data) for time, end, packet in zip(times, ends, kept, strict=True)]
    return TrackRun(AUDIO_TRACK_ID, times[0], samples)

"""The thread that decodes one stream and makes the pictures of every job that wants them from it.

Every packet is decoded, since the next one needs it, but a picture is made only when its job is due for one and the thread keeps up;
one that doesn't keep up still makes four a second. JPEG from the camera that fits is passed on as it is.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from streaming.codec.decode import DecodedFrame, Decoder, decode_keyframe
from streaming.codec.jpeg import EncodedPicture, PictureError, PictureMaker
from streaming.media.packet import Codec, MediaPacket, StreamKey, Tracks
from streaming.media.timing import to_us
from streaming.render.demand import RenderJob
from streaming.render.job_output import JobOutput, MadePicture
from streaming.render.pace import Pace
from streaming.render.packet_queue import PacketQueue
from streaming.render.rungs import Rung, rung_named

logger = logging.getLogger(__name__)

_KEEPING_UP_MS = 100
_PATIENCE_S = 0.25


@dataclass(slots=True)
class RenderCounters:
    """Of one process since it began; roughly, since threads share it."""

    packets_read: int = 0
    frames_decoded: int = 0
    pictures_made: int = 0
    corrupt_packets: int = 0
    jumped_packets: int = 0


@dataclass(slots=True)
class _Work:
    """What the thread remembers of one job."""

    output: JobOutput
    rung: Rung
    pace: Pace
    maker: PictureMaker = field(default_factory=PictureMaker)
    last_pts_90k: int | None = None
    last_made_s: float = 0.0


class Producer:
    def __init__(self, stream: StreamKey, counters: RenderCounters) -> None:
        self._stream = stream
        self._counters = counters
        self._jobs: Mapping[RenderJob, JobOutput] = {}
        self._work: dict[RenderJob, _Work] = {}
        self._tracks: Tracks | None = None
        self._decoder: Decoder | None = None
        self._is_first = True
        self.queue = PacketQueue()
        self._thread = threading.Thread(target=self._run, name=f"render {stream}", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """False after something went wrong that nobody foresaw; it is in the log then."""
        return self._thread.is_alive()

    def set_jobs(self, jobs: Mapping[RenderJob, JobOutput]) -> None:
        self._jobs = dict(jobs)

    def close(self) -> None:
        """Blocks until the picture at hand is done."""
        self.queue.close()
        self._thread.join()

    def _run(self) -> None:
        try:
            while (item := self.queue.take()) is not None:
                if isinstance(item, MediaPacket):
                    self._packet(item)
                elif isinstance(item, Tracks):
                    self._tracks = item
                    self._decoder = Decoder(item.video)
                    self._is_first = True
                elif self._decoder:
                    self._decoder.skip_to_keyframe()
        except Exception:
            logger.exception("Making pictures of %s ended", self._stream)

    def _packet(self, packet: MediaPacket) -> None:
        tracks, decoder = self._tracks, self._decoder
        if tracks is None or decoder is None:
            return
        self._follow_jobs()
        is_jpeg = tracks.video.codec is Codec.MJPEG
        due = self._due(packet.captured_at_ms) if is_jpeg else []
        if is_jpeg:
            due = [work for work in due if not self._pass_on(work, packet, tracks)]
            if not due:
                return
        before = decoder.corrupt_packets
        decoded = decoder.decode(packet)
        self._counters.corrupt_packets += decoder.corrupt_packets - before
        if not decoded and self._is_first and packet.is_key:
            frame = decode_keyframe(tracks.video, packet)
            decoded = [DecodedFrame(frame, packet.pts_90k, packet.captured_at_ms)] if frame else []
        for picture in decoded:
            self._is_first = False
            self._counters.frames_decoded += 1
            for work in due if is_jpeg else self._due(picture.captured_at_ms):
                self._make(work, picture, tracks)

    def _follow_jobs(self) -> None:
        jobs = self._jobs
        if jobs.keys() != self._work.keys():
            for gone in self._work.keys() - jobs.keys():
                del self._work[gone]
            for job in jobs.keys() - self._work.keys():
                rung = rung_named(job.rung)
                self._work[job] = _Work(jobs[job], rung, Pace(rung.pictures_per_second))

    def _due(self, captured_at_ms: int) -> list[_Work]:
        is_keeping_up = self.queue.backlog_ms(captured_at_ms) <= _KEEPING_UP_MS
        now_s = time.monotonic()
        return [
            work
            for work in self._work.values()
            if work.pace.is_due(captured_at_ms) and (is_keeping_up or now_s - work.last_made_s > _PATIENCE_S)
        ]

    def _pass_on(self, work: _Work, packet: MediaPacket, tracks: Tracks) -> bool:
        video = tracks.video
        if work.output.is_raw or video.width_px > work.rung.width_px:
            return False
        self._deliver(work, EncodedPicture(video.width_px, video.height_px, packet.data), packet.pts_90k, packet.captured_at_ms, tracks)
        return True

    def _make(self, work: _Work, decoded: DecodedFrame, tracks: Tracks) -> None:
        try:
            if work.output.is_raw:
                picture = work.maker.i420(decoded.frame, work.rung.width_px)
            else:
                picture = work.maker.jpeg(decoded.frame, work.rung.width_px, work.rung.jpeg_quality)
        except PictureError as error:
            self._counters.corrupt_packets += 1
            logger.debug("%s: %s", self._stream, error)
            return
        self._counters.pictures_made += 1
        self._deliver(work, picture, decoded.pts_90k, decoded.captured_at_ms, tracks)

    def _deliver(self, work: _Work, picture: EncodedPicture, pts_90k: int, captured_at_ms: int, tracks: Tracks) -> None:
        since_90k = 0 if work.last_pts_90k is None else max(pts_90k - work.last_pts_90k, 0)
        work.last_pts_90k = pts_90k
        work.last_made_s = time.monotonic()
        work.pace.spend()
        work.output.put(
            MadePicture(
                picture=picture,
                role=self._stream.role,
                pts_us=max(to_us(pts_90k), 0),
                captured_at_ms=captured_at_ms,
                duration_us=to_us(since_90k),
                generation=tracks.generation,
            )
        )

"""The packet sink that records: hands each stream's packets to the lane of a directory that is well.

Nothing here is waited for by ingest. The recorder needs no Redis, no database and no Celery: which streams to record where is handed in
as plans, what it did is told through `tell` (best effort, for the catalogue) and the journal (for the account).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from recordings.backlog import Backlog, Interrupted, Join, Leave
from recordings.directory import RecordingDirectory
from recordings.health import Condition, State
from recordings.journal import Journal
from recordings.lane import Lane, Pace
from recordings.lane_writer import WRITE_FAILURE, Figures, SegmentNews
from recordings.notebook import Notebook
from recordings.rules.cutting import Cutting
from streaming.media.packet import MediaPacket, StreamKey, Tracks

logger = logging.getLogger(__name__)
BACKLOG_BYTES = 512 * 2**20
BACKLOG_BYTES_PER_STREAM = 16 * 2**20
# Footage moves to the next directory when the room left here would last for less than this: before retention has to make room.
_ROOM_FOR_S = 600
NOT_RUNNING = "not_running"
OFF = "off"


@dataclass(frozen=True, slots=True)
class Plan:
    """How one stream is recorded now: in the first directory that is well."""

    directories: tuple[RecordingDirectory, ...]
    cutting: Cutting


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """`kind` is one of the journal's: off, schedule_off, write_failure."""

    kind: str
    reason: str


Plans = Mapping[StreamKey, Plan | NotRecorded]
_LaneKey = tuple[UUID, Path]


@dataclass(frozen=True, slots=True)
class DirectoryReport:
    directory: RecordingDirectory
    state: State
    figures: Figures
    waiting_bytes: int
    dropped_packets: int


class Recorder:
    """announce(), write(), interrupt() and resume() come from the ingest loop, set_plans() from the thread that reads the cameras; all
    return at once.
    """

    def __init__(
        self,
        *,
        journal: Journal,
        tell: Callable[[SegmentNews], None],
        backlog_bytes: int = BACKLOG_BYTES,
        backlog_bytes_per_stream: int = BACKLOG_BYTES_PER_STREAM,
        pace: Pace = Pace(),  # noqa: B008 - a value
    ) -> None:
        self._last_words = journal.last_words
        self._notebook = Notebook(journal)
        self._tell = tell
        self._backlog_bytes = backlog_bytes
        self._backlog_bytes_per_stream = backlog_bytes_per_stream
        self._pace = pace
        self._received = (time.monotonic(), 0)
        self._is_started = False
        self._plans: Plans = {}
        self._lanes: dict[_LaneKey, Lane] = {}
        self._unwanted: set[_LaneKey] = set()
        self._tracks: dict[StreamKey, Tracks] = {}
        self._joined: dict[StreamKey, tuple[Lane, Cutting]] = {}
        self._interruptions: dict[StreamKey, tuple[str, str]] = {}

    def start(self) -> None:
        self._is_started = True
        for lane in self._lanes.values():
            lane.start()

    def close(self, timeout_s: float = 4.0) -> bool:
        """Writes what waits and ends all segments. False when a disk did not let it within the timeout."""
        deadline_s = time.monotonic() + timeout_s
        for lane in self._lanes.values():
            lane.close()
        late = [lane.directory.path for lane in self._lanes.values() if not lane.join(deadline_s)]
        for path in late:
            logger.error("the disk of %s did not take the last footage in time", path)
        return not late

    def set_plans(self, plans: Plans) -> None:
        """A stream that leaves the plans ends its segment with its next packet. To be called every few seconds, also without news."""
        self._lanes = self._lanes_for(plans)
        known, self._plans = self._plans, dict(plans)
        self._note_plans(known)
        self._note_hanging()
        self._measure()

    def announce(self, stream: StreamKey, tracks: Tracks) -> None:
        self._tracks[stream] = tracks
        if stream in self._joined:
            self._joined[stream][0].put(stream, tracks)

    def write(self, stream: StreamKey, packet: MediaPacket) -> None:
        plan, joined = self._plans.get(stream), self._joined.get(stream)
        if not isinstance(plan, Plan):
            if joined is not None:
                why = plan or NotRecorded(OFF, "not to be recorded")
                del self._joined[stream]
                joined[0].put(stream, Leave(packet.captured_at_ms, why.kind, why.reason))
            return
        if packet.is_key and packet.track == "video":
            joined = self._join(stream, plan, joined, packet.captured_at_ms)
        if joined is not None:
            joined[0].put(stream, packet)

    def interrupt(self, stream: StreamKey, kind: str, reason: str) -> None:
        """The camera sends nothing until its next keyframe: camera_down, off or not_running."""
        self._interruptions[stream] = (kind, reason)
        joined = self._joined.get(stream)
        if joined is not None and kind == OFF:
            del self._joined[stream]
            joined[0].put(stream, Leave(_now_ms(), kind, reason))
        elif joined is not None:
            joined[0].put(stream, Interrupted(_now_ms(), kind, reason))
        elif isinstance(self._plans.get(stream), Plan):
            self._notebook.note(stream, _now_ms(), kind, reason)

    def resume(self, stream: StreamKey) -> None:
        self._interruptions.pop(stream, None)

    def reports(self) -> list[DirectoryReport]:
        """One per directory that is in use. From any thread."""
        now_s = time.monotonic()
        return [
            DirectoryReport(lane.directory, lane.state(now_s), replace(lane.figures), lane.backlog.size_bytes, lane.backlog.dropped_packets)
            for lane in self._lanes.values()
        ]

    def _join(self, stream: StreamKey, plan: Plan, joined: tuple[Lane, Cutting] | None, at_ms: int) -> tuple[Lane, Cutting]:
        lane = self._choose(plan, joined[0] if joined else None)
        if joined is not None and joined[0] is lane and joined[1] == plan.cutting:
            return joined
        if joined is not None and joined[0] is not lane:
            joined[0].put(stream, Leave(at_ms))
        lane.put(stream, Join(self._tracks.get(stream), plan.cutting))
        self._joined[stream] = (lane, plan.cutting)
        return self._joined[stream]

    def _choose(self, plan: Plan, current: Lane | None) -> Lane:
        """When none is well: the one that it has, or the first, whose thread then says why there is no footage."""
        now_s = time.monotonic()
        lanes = [self._lanes[directory.id, directory.path] for directory in plan.directories]
        if lanes[0] is current and len(lanes) == 1:
            return current
        well = [lane for lane in lanes if lane.state(now_s).is_well]
        if well:
            return next((lane for lane in well if lane.is_roomy), well[0])
        return current if current is not None and current in lanes else lanes[0]

    def _lanes_for(self, plans: Plans) -> dict[_LaneKey, Lane]:
        """A lane that no plan names any more ends when its streams have left it."""
        wanted = {(found.id, found.path): found for plan in plans.values() if isinstance(plan, Plan) for found in plan.directories}
        lanes = dict(self._lanes)
        for key, directory in wanted.items():
            if key in lanes:
                lanes[key].directory = directory
                continue
            backlog = Backlog(self._backlog_bytes_per_stream, self._backlog_bytes)
            lanes[key] = Lane(directory, backlog=backlog, notebook=self._notebook, tell=self._tell, pace=self._pace)
            if self._is_started:
                lanes[key].start()
        for key in [key for key in lanes if key not in wanted and key in self._unwanted and lanes[key].is_idle]:
            lanes.pop(key).close()
        self._unwanted = lanes.keys() - wanted.keys()
        for lane in lanes.values():
            lane.backlog.max_bytes = self._backlog_bytes // len(lanes)
        return lanes

    def _measure(self) -> None:
        """What comes in now would fill so much until the margin is used up."""
        (since_s, before), now_s = self._received, time.monotonic()
        received = sum(lane.figures.received_bytes for lane in self._lanes.values())
        if now_s - since_s >= 10:
            self._received = (now_s, received)
            for lane in self._lanes.values():
                lane.margin_bytes = max(received - before, 0) * _ROOM_FOR_S // int(now_s - since_s)

    def _note_plans(self, known: Plans) -> None:
        now_ms = _now_ms()
        last, self._last_words = self._last_words, None
        for stream, plan in self._plans.items():
            if isinstance(plan, NotRecorded):
                if plan != known.get(stream):
                    self._notebook.note(stream, now_ms, plan.kind, plan.reason)
                continue
            if last is not None:
                reason = "the NVR was stopped" if last.was_stopped else "a crash or a power cut"
                self._notebook.note(stream, min(last.at_ms, now_ms), NOT_RUNNING, reason)
            if stream in self._interruptions and not isinstance(known.get(stream), Plan):
                self._notebook.note(stream, now_ms, *self._interruptions[stream])

    def _note_hanging(self) -> None:
        now_s = time.monotonic()
        for lane in self._lanes.values():
            state = lane.state(now_s)
            if state.condition is Condition.HANGING:
                for stream in lane.streams:
                    joined = self._joined.get(stream)
                    if joined is not None and joined[0] is lane:
                        self._notebook.note(stream, _now_ms(), WRITE_FAILURE, state.reason)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

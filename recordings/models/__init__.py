"""What the database keeps of recordings: the catalogue of files, what was seen in them, and what people make of them."""

from __future__ import annotations

from recordings.models.catalogue import (
    LONGEST_SEGMENT_MS,
    CoverageDay,
    Deletion,
    Protection,
    RecordingNote,
    RecordingRule,
    Segment,
    TrustedClock,
    Volume,
    VolumeDay,
)
from recordings.models.events import Event
from recordings.models.exports import Export, ShareLink
from recordings.models.motion import MotionRule, MotionTrace, MotionWatch, Zone
from recordings.models.notify import Delivery, Notice, NotifyChannel, NotifyMessage, NotifyMute, NotifyRule, PushDevice

__all__ = [
    "LONGEST_SEGMENT_MS",
    "CoverageDay",
    "Deletion",
    "Delivery",
    "Event",
    "Export",
    "MotionRule",
    "MotionTrace",
    "MotionWatch",
    "Notice",
    "NotifyChannel",
    "NotifyMessage",
    "NotifyMute",
    "NotifyRule",
    "Protection",
    "PushDevice",
    "RecordingNote",
    "RecordingRule",
    "Segment",
    "ShareLink",
    "TrustedClock",
    "Volume",
    "VolumeDay",
    "Zone",
]

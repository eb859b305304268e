"""What the database keeps of recordings: the catalogue of files, and what people make of them."""

from __future__ import annotations

from recordings.models.catalogue import (
    LONGEST_SEGMENT_MS,
    CoverageDay,
    Deletion,
    Protection,
    RecordingNote,
    RecordingRule,
    Segment,
    Volume,
    VolumeDay,
)
from recordings.models.exports import Export, ShareLink

__all__ = [
    "LONGEST_SEGMENT_MS",
    "CoverageDay",
    "Deletion",
    "Export",
    "Protection",
    "RecordingNote",
    "RecordingRule",
    "Segment",
    "ShareLink",
    "Volume",
    "VolumeDay",
]

"""Rows of the catalogue as what exports, timelapses and pictures of events are made of."""

from __future__ import annotations

from pathlib import Path

from recordings.models import Segment
from recordings.rules.export_plan import Source
from recordings.rules.fragments import from_bytes
from recordings.rules.spans import Span


def source_of(row: Segment) -> Source:
    """Costs a query unless the volume is loaded. Raises ValueError for an index that is damaged."""
    return Source(
        path=Path(row.volume.path) / row.path,
        span=Span(row.started_at_ms, row.ended_at_ms),
        started_90k=row.started_90k,
        size_bytes=row.size_bytes,
        init_bytes=row.init_bytes,
        gops=from_bytes(bytes(row.index)),
        look=(row.video_codec, row.audio_codec, row.width_px, row.height_px),
        pixels=row.width_px * row.height_px,
    )

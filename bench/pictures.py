"""What pictures of footage and exports cost: CPU per camera-hour, and per hour of footage exported. `python -m bench.pictures`.

1920x1080 at 30 pictures a second, 4 Mbit/s, a keyframe every 1.6 s; segments of a minute, read from a warm cache.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
START_MS = 1_795_000_020_000
MINUTES = 5


def cpu_ms() -> float:
    return time.process_time() * 1000


def footage() -> tuple[Any, list[Any]]:
    """Minutes of the test camera's clip, one after the other."""
    from dataclasses import replace

    from streaming.media import h264
    from streaming.media.packet import MediaPacket, Tracks, VideoTrack
    from tests.support.clips import CLIP_MS, clip

    found = clip("h264_1080p30")
    units = found.of("video")
    nals = [nal for nal in h264.split_annexb(units[0].data) if h264.nal_type(nal) in (h264.SPS, h264.PPS)]
    track = replace(found.tracks.video, codec_string=h264.codec_string(nals[0]), parameter_sets=tuple(nals))
    assert isinstance(track, VideoTrack)
    packets, lap = [], CLIP_MS * 90
    for number in range(MINUTES * 60_000 // CLIP_MS):
        for unit in units:
            at = START_MS * 90 + number * lap + unit.rtp_timestamp
            packets.append(MediaPacket("video", 1, at, at, 3000, unit.is_key, at // 90, unit.data))
    return Tracks(1, track, None), packets


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="nvr-bench-") as data_dir:
        os.environ |= {"NVR_DATA_DIR": data_dir, "DJANGO_SETTINGS_MODULE": "nvr.settings", "REDIS_URL": "redis://127.0.0.1:9"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        figures = measure(Path(data_dir))
    RESULTS.mkdir(exist_ok=True)
    figures |= {"machine": platform.machine(), "cores": os.cpu_count(), "load": os.getloadavg()[0]}
    (RESULTS / "pictures.json").write_text(json.dumps(figures, indent=1) + "\n")
    for name, value in figures.items():
        print(f"{name:40} {value:.1f}" if isinstance(value, float) else f"{name:40} {value}")


def measure(data_dir: Path) -> dict[str, Any]:
    from cameras.models import Camera
    from recordings import remux
    from recordings.rules.movie import Labels
    from recordings.rules.spans import Span
    from recordings.services import pictures, strips
    from recordings.services.exports import pieces_for
    from tests.support.recorded import Archive

    camera = Camera.objects.create(name="Bench", slug="bench")
    segments = Archive(data_dir / "footage").add(camera, footage(), segment_ms=60_000)
    costs, tiles = [], 0
    for segment in segments:
        before = cpu_ms()
        assert pictures.make_pictures(segment.pk)
        costs.append(cpu_ms() - before)
        tiles += pictures.strip_for(segment).tiles
    recorded_h = sum(segment.ended_at_ms - segment.started_at_ms for segment in segments) / 3_600_000
    kept = sum(path.stat().st_size for path in (data_dir / "previews").rglob("*.jpg"))
    size_bytes = sum(segment.size_bytes for segment in segments)
    figures: dict[str, Any] = {
        "pictures: CPU s per camera-hour": sum(costs) / 1000 / recorded_h,
        "pictures: CPU ms per keyframe": sum(costs) / tiles,
        "pictures: CPU ms per segment, median": statistics.median(costs),
        "pictures: per mille of the footage's bytes": kept * 1000 / size_bytes,
    }
    at = [START_MS + second * 1000 for second in range(0, MINUTES * 60 - 10, 7)]
    for width in (160, 640):
        before = cpu_ms()
        for moment in at:
            assert strips.preview_at(camera, "main", moment, width_px=width)
        figures[f"preview of {width} pixels: CPU ms"] = (cpu_ms() - before) / len(at)
    window = Span(START_MS + 1_000, START_MS + MINUTES * 60_000 - 1_000)
    before = cpu_ms()
    (movie,) = remux.compose(pieces_for(camera, "main", window), lambda start, end: Labels(start, "Bench", ""))
    figures["export: CPU ms to compose, per minute"] = (cpu_ms() - before) / MINUTES
    before = cpu_ms()
    with (data_dir / "film.mp4").open("wb") as out:
        remux.write(movie, out, lambda count: None)
    figures["export: CPU ms to write, per minute"] = (cpu_ms() - before) / MINUTES
    figures["export: bytes more than the footage, per mille"] = (movie.size_bytes / size_bytes - 1) * 1000
    return figures


if __name__ == "__main__":
    main()

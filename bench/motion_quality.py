"""How good motion detection is: recall and precision per clip, ours through the whole pipeline, beside Debian's `motion` on the same files.

`python -m bench.motion_quality [part of a clip's name …]`. A clip is encoded as a camera would (H.264, 600 kbit/s), recorded, and analysed
from the segment file. Without opencv-doc there are no real clips, without motion no comparison: both are said.

Time is matched, not events: spans of motion are joined over rests of a second. Recall is the part of the true time that was found,
precision the part of the found time that is true, give or take a second at each end of what is true. Where nothing is true, precision is 1
without a false alarm and 0 with one. The first ten seconds don't count: programs learn the picture then.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
START_MS = 1_795_000_000_000
_SLACK_MS = 1000
_REST_MS = 1000
_DAEMONS_AT_ONCE = 5
# 0.1 % of 640x360: what our smallest object is by default.
_SMALL_THRESHOLD = 230


@dataclass(frozen=True)
class Verdict:
    recall: float | None
    precision: float
    false_ms: int
    found: list[tuple[float, float]]


def main(wanted: Sequence[str]) -> None:
    from tests.support.redis_server import running_redis

    with tempfile.TemporaryDirectory(prefix="nvr-bench-") as data_dir, running_redis() as redis_url:
        os.environ |= {"NVR_DATA_DIR": data_dir, "DJANGO_SETTINGS_MODULE": "nvr.settings", "REDIS_URL": redis_url}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        figures = measure(Path(data_dir), wanted)
    if not wanted:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "motion_quality.json").write_text(json.dumps(figures, indent=1) + "\n")


def measure(data_dir: Path, wanted: Sequence[str]) -> dict[str, Any]:
    from bench import _motion_clips, _motion_daemon
    from tests.support.recorded import Archive

    archive = Archive(data_dir / "footage")
    clips = _motion_clips.drawn()
    missing = []
    try:
        clips += _motion_clips.real()
    except FileNotFoundError as error:
        missing.append(str(error))
    has_daemon = _motion_daemon.is_installed()
    if not has_daemon:
        missing.append("no comparison with motion: apt install motion")
    clips = [clip for clip in clips if not wanted or any(part in clip.name for part in wanted)]
    rows: dict[str, Any] = {}
    with ThreadPoolExecutor(_DAEMONS_AT_ONCE) as pool:
        daemons: dict[str, tuple[Future[Any], Future[Any]]] = {}
        for clip in clips:
            film, found = ours(archive, clip)
            rows[clip.name] = {"ours": judged(clip, found)}
            print(f"{clip.name:36} {words(rows[clip.name]['ours'])}  {rows[clip.name]['ours'].found}", flush=True)
            if has_daemon and os.environ.get("NVR_BENCH_MOTION", "1") != "0":
                times = {"fps": clip.fps, "seconds": clip.seconds}
                daemons[clip.name] = (
                    pool.submit(_motion_daemon.watch, film, **times),
                    pool.submit(_motion_daemon.watch, film, threshold=_SMALL_THRESHOLD, **times),
                )
        for clip in clips:
            if clip.name in daemons:
                plain, small = daemons[clip.name]
                rows[clip.name] |= {"motion": judged(clip, plain.result()), "motion, threshold 230": judged(clip, small.result())}
                print(f"{clip.name:36} {'   '.join(words(verdict) for verdict in rows[clip.name].values())}", flush=True)
    for line in missing:
        print(f"missing: {line}", file=sys.stderr)
    about = {
        "motion": _motion_daemon.version() if has_daemon else None,
        "missing": missing,
        "motion_settings": _motion_daemon._CONFIGURATION.split(),
    }
    return {"about": about, "clips": {name: {who: vars(verdict) for who, verdict in row.items()} for name, row in rows.items()}}


def ours(archive: Any, clip: Any) -> tuple[Path, list[Any]]:
    """The recorded file, and when something moved in it by a camera's default settings."""
    from cameras.models import Camera
    from recordings.models import MotionWatch
    from recordings.services import motion_analysis, motion_footage
    from tests.support.filmed import filmed

    name = clip.name.replace(" ", "-").replace(",", "").replace(":", "")
    start_ms = time.time_ns() // 1_000_000 - round(clip.seconds * 1000) - 1000
    camera = Camera.objects.create(name=clip.name, slug=name, detects_motion=True)
    MotionWatch.objects.create(camera=camera, since_ms=0)
    footage = filmed(clip.pictures(), fps=clip.fps, start_ms=start_ms)
    row = archive.add(camera, footage, segment_ms=600_000)[0]
    motion_analysis._BATCH_MS = 1  # as it is live: group by group
    told: list[Any] = []
    while motion_analysis.analyse(camera.pk, tell=lambda camera, rule, activities, now_ms: told.extend(activities), budget_s=20):
        pass
    assert motion_footage.due(motion_footage.reachable_roots()) == []
    from recordings.rules.spans import Span

    moving = {Span(span.start_ms - start_ms, span.end_ms - start_ms) for activity in told for span in activity.moving}
    return Path(archive.volume.path) / row.path, sorted(moving)


def judged(clip: Any, found: Sequence[Any]) -> Verdict:
    from bench._motion_clips import SETTLING_MS
    from recordings.rules.spans import Span, clipped, joined, total_ms

    counted = Span(SETTLING_MS if clip.span.end_ms > 30_000 else 0, clip.span.end_ms)
    seen = clipped(joined(found, tolerance_ms=_REST_MS), counted)
    truth = clipped(clip.truth, counted)
    wide = joined(Span(span.start_ms - _SLACK_MS, span.end_ms + _SLACK_MS) for span in truth)
    hit_ms = sum(total_ms(clipped(seen, span)) for span in truth)
    true_ms = sum(total_ms(clipped(seen, span)) for span in wide)
    precision = true_ms / total_ms(seen) if seen else 1.0
    times = [(round(span.start_ms / 1000, 1), round(span.end_ms / 1000, 1)) for span in seen]
    return Verdict(round(hit_ms / total_ms(truth), 3) if truth else None, round(precision, 3), total_ms(seen) - true_ms, times)


def words(verdict: Verdict) -> str:
    recall = "  – " if verdict.recall is None else f"{verdict.recall:4.2f}"
    return f"recall {recall} precision {verdict.precision:4.2f} false {verdict.false_ms / 1000:5.1f} s"


if __name__ == "__main__":
    main(sys.argv[1:])

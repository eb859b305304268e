"""What motion detection costs: CPU per camera, all in. `python -m bench.motion_cost`.

    pictures  decoding, shrinking and looking at one picture, on one thread
    tasks     what Celery adds: tasks with nothing to do, through a worker of their own
    live      footage analysed group by group as it is live: files, database (SQLite), Redis, events; 5 analyses a second; of one camera,
              and of four, which one task takes together
    others    the same pictures through OpenCV's background subtraction, if it is installed

A clip of people and grain, encoded as cameras do. CPU seconds, which grow when the machine is busy: `load` says how busy it was.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
SECONDS, FPS, ANALYSES_PER_S = 40, 15, 5


def main() -> None:
    from tests.support.redis_server import running_redis

    with tempfile.TemporaryDirectory(prefix="nvr-bench-") as data_dir, running_redis() as redis_url:
        os.environ |= {
            "NVR_DATA_DIR": data_dir,
            "DJANGO_SETTINGS_MODULE": "nvr.settings",
            "REDIS_URL": redis_url,
            "OPENBLAS_NUM_THREADS": "1",
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        figures = measure(Path(data_dir))
    figures |= {"machine": platform.machine(), "cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "motion_cost.json").write_text(json.dumps(figures, indent=1) + "\n")
    for name, value in figures.items():
        print(f"{name:58} {value:.2f}" if isinstance(value, float) else f"{name:58} {value}")


def measure(data_dir: Path) -> dict[str, Any]:
    from bench import _motion_clips
    from tests.support.filmed import filmed
    from tests.support.recorded import Archive

    clip = next(clip for clip in _motion_clips.drawn() if clip.name == "walker")
    shown = [picture for _, picture in zip(range(SECONDS * FPS), clip.pictures(), strict=False)]
    archive = Archive(data_dir / "footage")
    figures = of_pictures(shown) | tasks(data_dir)
    for gop_s in (1, 2):
        film = filmed(iter(shown), fps=FPS, start_ms=0, gop_s=gop_s)
        for cameras in (1, 4):
            figures |= live(archive, film, gop_s=gop_s, cameras=cameras)
            figures |= all_in(figures, gop_s=gop_s, cameras=cameras)
    return figures | of_opencv(shown)


def cost(work: Callable[[], Any], times: int = 3, clock: Callable[[], float] = time.thread_time) -> float:
    """Milliseconds of CPU of this thread, the least of some."""
    found = []
    for _ in range(times):
        before = clock()
        work()
        found.append((clock() - before) * 1000)
    return min(found)


def of_pictures(shown: list[Any]) -> dict[str, float]:
    import av

    from recordings.frames import GreyScaler
    from recordings.motion.detector import Detector
    from recordings.motion.sizes import HEIGHT, WIDTH
    from tests.support.filmed import filmed

    _, packets = filmed(iter(shown), fps=FPS, start_ms=0)
    figures = {}

    def decode(**options: str) -> list[Any]:
        context: Any = av.CodecContext.create("h264", "r")
        context.thread_count, context.options = 1, options
        return [frame for packet in packets for frame in context.decode(av.Packet(packet.data))]

    figures["decoding 640x360 H.264, ms per picture"] = cost(decode) / len(shown)
    figures["… without the loop filter (not used: false alarms)"] = cost(lambda: decode(skip_loop_filter="all")) / len(shown)
    frames = decode()[:: FPS // ANALYSES_PER_S]
    for width, height in ((160, 90), (WIDTH, HEIGHT), (320, 180)):
        scaler = GreyScaler(width, height)
        figures[f"shrinking to {width}x{height}, ms per picture"] = cost(
            lambda scaler=scaler: [scaler.grey(frame) for frame in frames]
        ) / len(frames)
    greys = [GreyScaler(WIDTH, HEIGHT).grey(frame) for frame in frames]

    def look() -> None:
        detector = Detector()
        for number, grey in enumerate(greys):
            detector.look(grey, number * 1000 // ANALYSES_PER_S)

    figures[f"looking at {WIDTH}x{HEIGHT}, ms per picture"] = cost(look) / len(greys)
    return figures


def live(archive: Any, film: Any, *, gop_s: int, cameras: int) -> dict[str, float]:
    """Groups of pictures as they come live, one at each camera for each task, which also finds them, and a task each second that finds
    none. CPU of the whole process: libraries have threads too.
    """
    from cameras.models import Camera
    from recordings import tasks
    from recordings.services import motion_analysis, motion_footage

    ids = [recorded(archive, film, f"bench-{gop_s}-{cameras}-{number}") for number in range(cameras)]
    motion_analysis._BATCH_MS = 1
    rounds, ticks, do = [], [], motion_analysis._do
    motion_footage._LATE_MS = SECONDS * 100_000  # it is an old film

    def once(*arguments: Any) -> bool:
        do(*arguments)
        return False

    motion_analysis._do = once
    for _ in range(SECONDS // gop_s):
        rounds.append(cost(tasks.find_motion, 1, time.process_time))
    motion_analysis._do = do
    for _ in range(10):
        ticks.append(cost(tasks.find_motion, 1, time.process_time))
    Camera.objects.filter(pk__in=ids).update(detects_motion=False)
    tasks.find_motion()
    spent = sum(rounds) + statistics.median(ticks) * (SECONDS - SECONDS // gop_s)
    about = _about(gop_s, cameras)
    return {
        f"{about}: ms of a task per camera, median": statistics.median(rounds) / cameras,
        f"{about}: ms of a task without news": statistics.median(ticks),
        f"{about}: % of a core per camera": spent / cameras / SECONDS / 10,
    }


def _about(gop_s: int, cameras: int) -> str:
    return f"a group every {gop_s} s, {cameras} cameras" if cameras > 1 else f"a group every {gop_s} s"


def recorded(archive: Any, film: Any, name: str) -> int:
    """A camera, just now."""
    from cameras.models import Camera, Stream
    from recordings.models import MotionWatch
    from tests.support.filmed import later

    start_ms = time.time_ns() // 1_000_000 - SECONDS * 1000 - 1000
    camera = Camera.objects.create(name=name, slug=name, detects_motion=True)
    Stream.objects.create(camera=camera, role="main", url="rtsp://cam/main")
    MotionWatch.objects.create(camera=camera, since_ms=start_ms - 1000)
    archive.add(camera, later(film, start_ms), segment_ms=60_000)
    return int(camera.pk)


def all_in(figures: dict[str, Any], *, gop_s: int, cameras: int) -> dict[str, float]:
    """With the message that begins a task each second."""
    celery_ms = figures["Celery: ms per message, worker"] + figures["Celery: ms per message, sender"]
    looking = figures[f"{_about(gop_s, cameras)}: % of a core per camera"]
    return {f"{_about(gop_s, cameras)}: with Celery's part": looking + celery_ms / cameras / 10}


def tasks(data_dir: Path) -> dict[str, float]:
    """Messages for no camera, one by one, through a worker as `manage.py nvr` starts it."""
    import subprocess
    import sys

    from recordings import tasks as celery_tasks
    from streaming.bus.keepsakes import Keepsakes  # noqa: F401  # connects as tasks do

    words = ("-P", "threads", "-c", "4", "-Q", "motion", "-n", "bench@%h", "--without-gossip", "--without-mingle", "-l", "WARNING")
    worker = subprocess.Popen([sys.executable, "-W", "ignore", "-m", "celery", "-A", "nvr", "worker", *words])
    try:
        idle = 1000.0
        while idle > 20:  # it starts, on a busy machine for long
            before = _cpu_ms(worker.pid)
            time.sleep(5)
            spent = _cpu_ms(worker.pid) - before
            idle = spent / 5 if spent or idle < 1000 else idle
        before, count = _cpu_ms(worker.pid), 100
        sending = cost(lambda: [_send(celery_tasks.look_for_motion) for _ in range(count)], 1)
        time.sleep(6)
        spent = _cpu_ms(worker.pid) - before - 6 * idle
    finally:
        worker.terminate()
        worker.wait(20)
    return {
        "Celery: ms per message, worker": spent / count,
        "Celery: ms per message, sender": sending / count,
        "Celery: idle worker, ms per s": idle,
    }


def _send(task: Any) -> None:
    task.apply_async(([],))
    time.sleep(0.02)


def _cpu_ms(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def of_opencv(shown: list[Any]) -> dict[str, Any]:
    try:
        import cv2
    except ImportError:
        return {"OpenCV": "missing: pip install opencv-python-headless into another environment"}
    cv2.setNumThreads(1)
    figures = {}
    for width, height in ((192, 108), (640, 360)):
        small = [cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA) for picture in shown[:: FPS // ANALYSES_PER_S]]

        def subtract(small: list[Any] = small) -> None:
            subtractor = cv2.createBackgroundSubtractorMOG2(detectShadows=False)
            for picture in small:
                mask = cv2.morphologyEx(subtractor.apply(picture), cv2.MORPH_OPEN, None)
                cv2.connectedComponentsWithStats(mask)

        figures[f"OpenCV {cv2.__version__} MOG2 at {width}x{height}, ms per picture"] = cost(subtract) / len(small)
    return figures


if __name__ == "__main__":
    main()

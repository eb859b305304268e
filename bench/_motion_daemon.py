"""Runs Debian's `motion` on a file as if it were a camera, in real time, and notes when it saw motion.

Its settings are its defaults but for those that say what to read and not to store anything; it calls a script for each picture with
motion. With `threshold` it gets another least number of changed pixels.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from recordings.rules.spans import Span, joined

_CONFIGURATION = """
daemon off
setup_mode off
log_level 6
target_dir {directory}
netcam_url file://{film}
width 640
height 360
framerate {fps}
picture_output off
movie_output off
webcontrol_port 0
stream_port 0
on_motion_detected {directory}/note
{extra}
"""


def is_installed() -> bool:
    return shutil.which("motion") is not None


def version() -> str:
    found = re.search(r"Version (\S+),", subprocess.run(["motion", "-h"], capture_output=True, text=True, check=False).stdout)
    return found[1] if found else "unknown"


def watch(film: Path, *, fps: int, seconds: float, threshold: int | None = None) -> list[Span]:
    """Takes as long as the film does."""
    with tempfile.TemporaryDirectory(prefix="nvr-motion-") as name:
        directory = Path(name)
        note = directory / "note"
        note.write_text(f"#!/bin/sh\ndate +%s%3N >> {directory}/noted\n")
        note.chmod(0o755)
        extra = f"threshold {threshold}" if threshold else ""
        (directory / "conf").write_text(_CONFIGURATION.format(directory=directory, film=film, fps=fps, extra=extra))
        process = subprocess.Popen(
            ["motion", "-n", "-c", str(directory / "conf")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert process.stdout is not None
        begun_ms = 0
        for line in process.stdout:
            if "netcam_rtsp_connect" in line and "connected" in line:
                begun_ms = time.time_ns() // 1_000_000
                break
        threading.Thread(target=process.stdout.read, daemon=True).start()
        time.sleep(seconds)
        process.terminate()
        process.wait(10)
        noted = (directory / "noted").read_text().split() if (directory / "noted").exists() else []
    moments = [int(word) - begun_ms for word in noted]
    every_ms = 1000 // fps
    return joined([Span(at, at + every_ms) for at in moments if 0 <= at < seconds * 1000], tolerance_ms=1000)

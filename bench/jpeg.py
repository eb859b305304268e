"""What a JPEG costs by each way from a decoded frame, as CPU time and as a ratio to Pillow in the same run.

`python -m bench.jpeg`. The ways that lost are here so that the choice in streaming/codec/jpeg.py can be checked again.
"""

from __future__ import annotations

import io
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import simplejpeg
from av import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from streaming.codec.jpeg import PictureMaker, fit_width
from tests.support.colours import BT601, BT709, colourful_frame

RESULTS = Path(__file__).parent / "results"
QUALITY, ROUNDS = 80, 30
SIZES = [((1920, 1080), 1920), ((1920, 1080), 1280), ((1920, 1080), 640), ((1280, 720), 1280), ((640, 360), 640), ((640, 360), 320)]


def grained_frame(size: tuple[int, int], matrix: int) -> VideoFrame:
    """Noise as of a camera, or the encoder has nothing to do."""
    frame = colourful_frame(*size, matrix=matrix, is_full=False)
    grain = np.random.default_rng(1)
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), np.uint8) + grain.integers(0, 12, plane.buffer_size, dtype=np.uint8)
        plane.update(rows.astype(np.uint8).tobytes())
    return frame


def ways(frame: VideoFrame, at_most_px: int) -> dict[str, Callable[[], bytes]]:
    width, height = fit_width(frame.width, frame.height, at_most_px)
    maker, scaler = PictureMaker(), VideoReformatter()

    def pillow() -> bytes:
        file = io.BytesIO()
        frame.to_image(width=width, height=height).save(file, "JPEG", quality=QUALITY)
        return file.getvalue()

    def rgb_array() -> bytes:
        array = frame.to_ndarray(format="rgb24", width=width, height=height)
        return simplejpeg.encode_jpeg(array, quality=QUALITY, colorsubsampling="420")

    def between_matrices() -> bytes:
        made = scaler.reformat(
            frame,
            width=width,
            height=height,
            format="yuvj420p",
            interpolation=Interpolation.AREA if width < frame.width else Interpolation.BILINEAR,
            src_colorspace=Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU601,
            src_color_range=ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
            threads=1,
        )
        planes = [np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:, : plane.width] for plane in made.planes]
        return simplejpeg.encode_jpeg_yuv_planes(*planes, quality=QUALITY)

    found: dict[str, Callable[[], bytes]] = {
        "pillow": pillow,
        "chosen": lambda: maker.jpeg(frame, at_most_px, QUALITY).data,
        "simplejpeg from RGB": rgb_array,
    }
    if frame.colorspace == BT709:
        found["planes between matrices"] = between_matrices
    return found


def cpu_ms(runs: dict[str, Callable[[], bytes]]) -> dict[str, float]:
    """The median of each, taken in turns so that other load on the machine hits all alike; libswscale's threads included."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(ROUNDS):
        for name, run in runs.items():
            began = time.process_time()
            run()
            times[name].append(time.process_time() - began)
    return {name: 1000 * statistics.median(values) for name, values in times.items()}


def main() -> None:
    rows: list[dict[str, Any]] = []
    load = os.getloadavg()[0]
    print(f"{'frame':>10} {'width':>6} {'matrix':>7}   CPU ms (share of Pillow's)")
    for size, at_most in SIZES:
        for matrix, name in ((BT601, "BT.601"), (BT709, "BT.709")):
            frame = grained_frame(size, matrix)
            spent = cpu_ms(ways(frame, at_most))
            ratios = {way: value / spent["pillow"] for way, value in spent.items()}
            rows.append({"frame": list(size), "width": at_most, "matrix": name, "cpu_ms": spent, "of_pillow": ratios})
            shown = "  ".join(f"{way} {value:.2f} ({ratios[way]:.2f})" for way, value in spent.items())
            print(f"{size[0]}x{size[1]:<5} {at_most:>6} {name:>7}   {shown}")
    result = {"case": "jpeg", "python": platform.python_version(), "cores": os.cpu_count(), "load_before": round(load, 2), "rows": rows}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "jpeg.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()

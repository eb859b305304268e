"""MobileNetV2-SSD for the CPU: 300 x 300 pixels in, 24 kinds of things out, some 25 ms a picture on one core.

The weights (model/) are those that MediaPipe ships for its Objectron solution: Apache-2.0, trained on Open Images V4. model/README.md
says where they are from.
"""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from recordings.objects.detection import Detection
from recordings.objects.finder import FinderMissing
from recordings.objects.ssd_boxes import anchors, best, decoded
from recordings.rules.motion.activity import Box

_MODEL = Path(__file__).parent / "model"
_LEAST_SCORE = 0.5
_MOST = 10


class SsdFinder:
    def __init__(self) -> None:
        if lack := self.missing():
            raise FinderMissing(lack)
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_path=str(_MODEL / "ssd_mobilenetv2_oidv4_fp16.tflite"), num_threads=1)
        self._interpreter.allocate_tensors()
        (self._input,) = self._interpreter.get_input_details()
        outputs = {output["name"]: output["index"] for output in self._interpreter.get_output_details()}
        self._boxes, self._classes = outputs["raw_outputs/box_encodings"], outputs["raw_outputs/class_predictions"]
        self._names = [name.lower() for name in (_MODEL / "labels.txt").read_text(encoding="utf-8").split("\n")]
        self._anchors = anchors()
        self._lock = threading.Lock()

    @staticmethod
    def missing() -> str:
        is_there = importlib.util.find_spec("ai_edge_litert") is not None
        return "" if is_there else "This needs the extra that names what moved: run script/objects on the server and start the NVR again."

    def find(self, picture: NDArray[np.uint8]) -> Sequence[Detection]:
        height_px, width_px = self._input["shape"][1:3]
        small = np.asarray(Image.fromarray(picture).resize((width_px, height_px), Image.Resampling.BILINEAR), np.float32)
        with self._lock:
            self._interpreter.set_tensor(self._input["index"], (small / 127.5 - 1)[None])
            self._interpreter.invoke()
            encodings = self._interpreter.get_tensor(self._boxes)[0]
            logits = self._interpreter.get_tensor(self._classes)[0]
        # The first class is "nothing".
        kinds = logits[:, 1:].argmax(axis=1) + 1
        scores = 1 / (1 + np.exp(-logits[np.arange(len(logits)), kinds]))
        sure = np.flatnonzero(scores >= _LEAST_SCORE)
        boxes = decoded(encodings[sure], self._anchors[sure])
        return [
            Detection(self._names[kinds[sure[index]]], float(scores[sure[index]]), Box(*(float(value) for value in boxes[index])))
            for index in best(boxes, scores[sure], most=_MOST)
        ]

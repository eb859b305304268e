"""The extra as it is shipped: the real network on real pictures."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

import numpy as np
import pytest
import pytest_django
from PIL import Image

from recordings.objects import finder, ssd
from recordings.objects.detection import names_of
from recordings.objects.finder import FinderMissing
from recordings.objects.ssd import SsdFinder

PICTURES = Path(__file__).parents[2] / "fixtures" / "pictures"
MODEL = Path(ssd.__file__).parent / "model"


@pytest.mark.parametrize("what", ["cat", "person"])
def test_it_finds_what_is_in_the_picture(what: str) -> None:
    with Image.open(PICTURES / f"{what}.jpg") as file:
        found = SsdFinder().find(np.asarray(file.convert("RGB")))
    assert set(names_of(found, None)) == {what}
    box = max(found, key=lambda one: one.score).box
    assert box.width * box.height > 0.3


def test_a_plain_wall_is_nothing() -> None:
    assert list(SsdFinder().find(np.full((480, 640, 3), 127, np.uint8))) == []


def test_the_weights_are_those_that_the_readme_tells_of() -> None:
    digest = hashlib.sha256((MODEL / "ssd_mobilenetv2_oidv4_fp16.tflite").read_bytes()).hexdigest()
    assert digest in (MODEL / "README.md").read_text()


def test_without_the_extra_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, settings: pytest_django.Settings) -> None:
    settings.OBJECT_FINDER = "recordings.objects.ssd.SsdFinder"
    assert finder.trouble() == ""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert "script/objects" in finder.trouble()
    with pytest.raises(FinderMissing, match="script/objects"):
        SsdFinder()

"""Processes that catalogue, doom and mend the same footage at the same time, in a database of their own.

python -m tests.support.catalogue_race prepare ROOT     migrates, records, prints the volume's id
python -m tests.support.catalogue_race run VOLUME SEED  a worker: everything in an order of its own
python -m tests.support.catalogue_race judge VOLUME     prints what is wrong as JSON
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

import django

PIECE_MS = 2000
PIECES = 30
DOOMED = 5


def prepare(root: str) -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from cameras.models import Camera
    from recordings.rules.cutting import Cutting
    from streaming.media.packet import Role
    from tests.support.camcorder import Camcorder, make_volume

    volume = make_volume(Path(root))
    camera = Camera.objects.create(name="Yard", slug="yard")
    for role in Role:
        Camcorder(volume, camera, role, Cutting(PIECE_MS)).record(PIECES * PIECE_MS / 1000, start_ms=_start_ms()).stop()
    sys.stdout.write(str(volume.pk))


def run(volume_id: str, seed: str) -> None:
    from recordings.models import CoverageDay, Segment, Volume
    from recordings.services.catalogue import catalogue_file, sweep
    from recordings.services.coverage import Wrong, rebuild
    from recordings.services.deletion import doom, sweep_doomed
    from recordings.services.discovery import find_files

    volume = Volume.objects.get(pk=volume_id)
    root = Path(volume.path)
    chance = random.Random(int(seed))
    paths = sorted(path.relative_to(root).as_posix() for path in root.rglob("camera-*/*/*/*.mp4"))
    oldest = Segment.objects.filter(role="main", started_at_ms__lt=_start_ms() + DOOMED * PIECE_MS)
    chance.shuffle(paths)
    for number, path in enumerate(paths):
        catalogue_file(volume, path, is_finished=chance.random() < 0.5)
        if number % 7 == 0:
            sweep()
        if number % 11 == 0:
            find_files(budget_s=30)
        if number % 13 == 0:
            doom(oldest, "age")
            sweep_doomed()
        if number % 5 == 0:
            for row in CoverageDay.objects.all():
                rebuild(Wrong(row, (), ()))
    for path in paths:
        catalogue_file(volume, path, is_finished=True)
    doom(oldest, "age")
    sweep_doomed()


def judge(volume_id: str) -> None:
    from recordings.models import CoverageDay, Deletion, Segment, Volume, VolumeDay
    from recordings.services.coverage import wrong_days

    root = Path(Volume.objects.get(pk=volume_id).path)
    files = {path.relative_to(root).as_posix(): path.stat().st_size for path in root.rglob("camera-*/*/*/*.mp4")}
    rows = list(Segment.objects.values_list("path", "size_bytes"))
    days = {*CoverageDay.objects.values_list("day", flat=True), *VolumeDay.objects.values_list("day", flat=True)}
    sys.stdout.write(
        json.dumps(
            {
                "rows": len(rows),
                "differing": sorted(set(rows) ^ set(files.items())),
                "unfinished": Segment.objects.filter(is_finished=False).count(),
                "wrong_sums": [str(wrong) for day in days for wrong in wrong_days(day)],
                "deleted": [(end_ms - start_ms) // PIECE_MS for start_ms, end_ms in Deletion.objects.values_list("start_ms", "end_ms")],
            }
        )
    )


def _start_ms() -> int:
    from tests.support.footage import START_MS

    return START_MS - START_MS % PIECE_MS


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nvr.settings")
    django.setup()
    commands: dict[str, Callable[..., None]] = {"prepare": prepare, "run": run, "judge": judge}
    commands[sys.argv[1]](*sys.argv[2:])

"""The picture sizes that the renderer makes; the table of docs/live-protocol.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rung:
    name: str
    width_px: int
    jpeg_quality: int
    pictures_per_second: int


RUNGS = (
    Rung("1080p", 1920, 80, 30),
    Rung("720p", 1280, 80, 30),
    Rung("480p", 854, 75, 15),
    Rung("360p", 640, 75, 15),
    Rung("180p", 320, 70, 10),
)
_BY_NAME = {rung.name: rung for rung in RUNGS}


def rung_named(name: str) -> Rung:
    """Raises ValueError for a name that is not in the table."""
    try:
        return _BY_NAME[name]
    except KeyError as error:
        raise ValueError(f"no rung is called {name!r}; there are {', '.join(_BY_NAME)}") from error

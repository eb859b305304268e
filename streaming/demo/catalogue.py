"""The demo cameras there can be, as plain data: what is served, and what a camera's row needs to say.

Odd ones have sound, even ones a password with everything in it that breaks careless programs. Every four the light changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SLUG_PREFIX = "demo-"
MOST = 16
_PLACES = (("Entrance", "entrance"), ("Car park", "car-park"), ("Garden", "garden"), ("Workshop", "workshop"))
_LIGHTS = (("", "day"), ("evening", "evening"), ("night", "night"), ("mist", "mist"))
_USERNAME = "viewer"
_PASSWORD = "p@ss:word/#1 \u00fc"  # noqa: S105 - it guards a drawing, and is meant to be read


@dataclass(frozen=True, slots=True)
class DemoCamera:
    """`place` and `light` name what is drawn. Without a user name anybody may watch."""

    name: str
    slug: str
    place: str
    light: str
    main_path: str
    sub_path: str | None
    has_audio: bool = False
    username: str = ""
    password: str = ""


def catalogue(count: int) -> tuple[DemoCamera, ...]:
    """The first `count`, 16 at most; always the same ones in the same order."""
    return tuple(_camera(index) for index in range(min(count, MOST)))


def count_for(slugs: Iterable[str]) -> int:
    """How many of the catalogue have to be served for the cameras that still exist."""
    wanted = set(slugs)
    return max((number for number, camera in enumerate(catalogue(MOST), 1) if camera.slug in wanted), default=0)


def _camera(index: int) -> DemoCamera:
    name, place = _PLACES[index % len(_PLACES)]
    word, light = _LIGHTS[index // len(_PLACES) % len(_LIGHTS)]
    key = f"{place}-{word}" if word else place
    is_guarded = index % 2 == 1
    return DemoCamera(
        name=f"{name}, {word}" if word else name,
        slug=SLUG_PREFIX + key,
        place=place,
        light=light,
        main_path=f"/{key}/main",
        sub_path=f"/{key}/sub",
        has_audio=not is_guarded,
        username=_USERNAME if is_guarded else "",
        password=_PASSWORD if is_guarded else "",
    )

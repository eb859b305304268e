"""Places and lights by name, so that the catalogue stays plain data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from streaming.demo.scene.canvas import Light
from streaming.demo.scene.car_park import car_park
from streaming.demo.scene.entrance import entrance
from streaming.demo.scene.garden import garden
from streaming.demo.scene.stage import Stage, scale_for
from streaming.demo.scene.workshop import workshop

PLACES: Mapping[str, Callable[[float], Stage]] = MappingProxyType(
    {"entrance": entrance, "car-park": car_park, "garden": garden, "workshop": workshop}
)
LIGHTS: Mapping[str, Light | None] = MappingProxyType(
    {
        "day": None,
        "evening": Light(brightness=0.74, haze=6, colourfulness=0.92, blueness=-14, redness=14),
        "night": Light(brightness=0.36, haze=4, colourfulness=0.45, blueness=12, redness=-7),
        "mist": Light(brightness=0.7, haze=34, colourfulness=0.38, blueness=4, redness=-2),
    }
)


def stage_for(place: str, light: str, width_px: int, height_px: int) -> Stage:
    """Takes up to a second. Raises ValueError unless the size is 16:9."""
    stage = PLACES[place](scale_for(width_px, height_px))
    adjusted = LIGHTS[light]
    return stage if adjusted is None else stage.in_light(adjusted)

"""What a head can, and in which numbers it says so: the coordinate spaces of ONVIF PTZ, 5.7, against our own measure. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cameras.onvif.answers import dig, items, number, text, truth, whole

MOST_PRESETS = 500
_FOV = "TranslationSpaceFov"


@dataclass(frozen=True, slots=True)
class Range:
    """What the device calls our -1 (or 0) and 1."""

    low: float
    high: float

    def scaled(self, value: float, *, from_zero: bool = False) -> float:
        part = value if from_zero else (value + 1) / 2
        return round(self.low + max(0.0, min(1.0, part)) * (self.high - self.low), 6)

    def measured(self, value: float, *, from_zero: bool = False) -> float:
        if self.high == self.low:
            return 0.0
        part = max(0.0, min(1.0, (value - self.low) / (self.high - self.low)))
        return round(part if from_zero else 2 * part - 1, 4)


@dataclass(frozen=True, slots=True)
class Space:
    """One way of saying where to: `y` is None for zoom."""

    uri: str
    x: Range
    y: Range | None = None


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the device says that it can; what is missing is not offered to people."""

    turns: bool = False
    zooms: bool = False
    moves_by: bool = False
    zooms_by: bool = False
    moves_to: bool = False
    zooms_to: bool = False
    has_home: bool = False
    focuses: bool = False
    most_presets: int = 0
    centres_on_click: bool = False

    @property
    def is_ptz(self) -> bool:
        return any((self.turns, self.zooms, self.moves_by, self.moves_to, self.most_presets))


_SPACES = {
    "ContinuousPanTiltVelocitySpace": "ContinuousPanTiltVelocity",
    "ContinuousZoomVelocitySpace": "ContinuousZoomVelocity",
    "RelativePanTiltTranslationSpace": "RelativePanTiltTranslation",
    "RelativeZoomTranslationSpace": "RelativeZoomTranslation",
    "AbsolutePanTiltPositionSpace": "AbsolutePanTiltPosition",
    "AbsoluteZoomPositionSpace": "AbsoluteZoomPosition",
}


def read_spaces(supported: Any) -> dict[str, Space]:
    """The first of each kind that has a range, which is the generic one by the standard's order; and the one in parts of the picture."""
    found: dict[str, Space] = {}
    for element, name in _SPACES.items():
        for each in items(supported, element):
            uri, x, y = text(each, "URI"), _range(dig(each, "XRange")), _range(dig(each, "YRange"))
            if x is None or ("PanTilt" in name and y is None):
                continue
            if uri.endswith(_FOV):
                found.setdefault("RelativePanTiltFov", Space(uri, x, y))
            else:
                found.setdefault(name, Space(uri, x, y))
    return found


def _range(element: Any) -> Range | None:
    low, high = number(element, "Min"), number(element, "Max")
    return Range(low, high) if low is not None and high is not None and low < high else None


def read_abilities(node: Any, spaces: Mapping[str, Space], *, focuses: bool) -> Abilities:
    return Abilities(
        turns="ContinuousPanTiltVelocity" in spaces,
        zooms="ContinuousZoomVelocity" in spaces,
        moves_by="RelativePanTiltTranslation" in spaces or "RelativePanTiltFov" in spaces,
        zooms_by="RelativeZoomTranslation" in spaces,
        moves_to="AbsolutePanTiltPosition" in spaces,
        zooms_to="AbsoluteZoomPosition" in spaces,
        has_home=truth(node, "HomeSupported"),
        focuses=focuses,
        most_presets=max(0, min(MOST_PRESETS, whole(node, "MaximumNumberOfPresets") or 0)),
        centres_on_click="RelativePanTiltFov" in spaces,
    )

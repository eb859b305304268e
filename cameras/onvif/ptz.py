"""Turning a device: moves, presets, focus (ONVIF PTZ and Imaging services).

Everything is in our own measure, whatever range the device declares: pan and tilt from -1 (left, down) to 1 (right, up), zoom from 0
(wide) to 1 (close), speeds from -1 to 1.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

from cameras.onvif.answers import dig, items, number, text
from cameras.onvif.client import OnvifClient
from cameras.onvif.errors import CameraRefuses, Malformed, NotSupported, OnvifError
from cameras.onvif.media import profiles
from cameras.onvif.spaces import MOST_PRESETS, Abilities, Range, Space, read_abilities, read_spaces

# A move that nobody renews ends by itself after this, on devices that take it for what it says.
MOVE_TIMEOUT_S = 0.8
_WHOLE_SECONDS_S = 1.0
# A stop that waits longer comes too late; the next one is on its way then.
COMMAND_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Position:
    """None for what the device doesn't tell."""

    pan: float | None = None
    tilt: float | None = None
    zoom: float | None = None
    is_moving: bool | None = None


@dataclass(frozen=True, slots=True)
class DevicePreset:
    token: str
    name: str


@dataclass(slots=True)
class Ptz:
    """Of one connected device; made by open()."""

    client: OnvifClient
    profile: str
    source: str
    abilities: Abilities
    spaces: Mapping[str, Space] = field(default_factory=dict)
    _timeout_s: float = MOVE_TIMEOUT_S

    @classmethod
    async def open(cls, client: OnvifClient) -> Self:
        """Finds the profile that turns, and asks what its head can. Raises NotSupported for a device that has none."""
        await client.connect()
        if "ptz" not in client.services:
            raise NotSupported("The camera has no PTZ service: it can't be turned by ONVIF.")
        known = await profiles(client)
        profile = next((each for each in known if each.has_ptz), known[0])
        nodes = items(await client.call("ptz", "GetNodes"), "PTZNode")
        if not nodes:
            raise NotSupported("The camera tells of nothing that turns.")
        node = next((each for each in nodes if text(each, "token") == profile.ptz_node), nodes[0])
        spaces = read_spaces(dig(node, "SupportedPTZSpaces"))
        focuses = await _focuses(client, profile.source)
        return cls(client, profile.token, profile.source, read_abilities(node, spaces, focuses=focuses), spaces)

    async def turn(self, pan: float, tilt: float, zoom: float) -> None:
        """Starts, changes or renews a move that ends by itself MOVE_TIMEOUT_S later."""
        velocity = self._vector("ContinuousPanTiltVelocity", "ContinuousZoomVelocity", pan, tilt, zoom)
        if not velocity:
            raise NotSupported("The camera can't be turned that way.")
        request = {"ProfileToken": self.profile, "Velocity": velocity}
        try:
            await self._command("ContinuousMove", request | {"Timeout": timedelta(seconds=self._timeout_s)})
        except CameraRefuses:
            if self._timeout_s == _WHOLE_SECONDS_S:
                raise
            # Some know whole seconds only.
            await self._command("ContinuousMove", request | {"Timeout": timedelta(seconds=_WHOLE_SECONDS_S)})
            self._timeout_s = _WHOLE_SECONDS_S

    async def stop(self) -> None:
        """Pan, tilt and zoom. Where Stop is refused, a move of speed 0 stops as well."""
        try:
            await self._command("Stop", {"ProfileToken": self.profile, "PanTilt": True, "Zoom": True})
        except (CameraRefuses, NotSupported, Malformed):
            still = self._vector("ContinuousPanTiltVelocity", "ContinuousZoomVelocity", 0.0, 0.0, 0.0)
            await self._command("ContinuousMove", {"ProfileToken": self.profile, "Velocity": still})

    async def move_by(self, pan: float, tilt: float, zoom: float, *, in_picture: bool = False) -> None:
        """Parts of the whole range; with `in_picture`, of half the picture that is seen now (abilities.centres_on_click)."""
        pan_tilt = "RelativePanTiltFov" if in_picture and "RelativePanTiltFov" in self.spaces else "RelativePanTiltTranslation"
        translation = self._vector(pan_tilt, "RelativeZoomTranslation", pan, tilt, zoom, names_space=in_picture)
        if not translation:
            raise NotSupported("The camera can't be moved in steps.")
        await self._command("RelativeMove", {"ProfileToken": self.profile, "Translation": translation})

    async def move_to(self, pan: float | None, tilt: float | None, zoom: float | None, *, speed: float | None = None) -> None:
        """None keeps what is there; pan and tilt belong together."""
        position: dict[str, Any] = {}
        space = self.spaces.get("AbsolutePanTiltPosition")
        if space is not None and space.y is not None and pan is not None and tilt is not None:
            position["PanTilt"] = {"x": space.x.scaled(pan), "y": space.y.scaled(tilt)}
        space = self.spaces.get("AbsoluteZoomPosition")
        if space is not None and zoom is not None:
            position["Zoom"] = {"x": space.x.scaled(zoom, from_zero=True)}
        if not position:
            raise NotSupported("The camera can't be sent to a position.")
        await self._command("AbsoluteMove", {"ProfileToken": self.profile, "Position": position} | _speed(speed, position))

    async def go_home(self) -> None:
        await self._command("GotoHomePosition", {"ProfileToken": self.profile})

    async def set_home(self) -> None:
        await self._command("SetHomePosition", {"ProfileToken": self.profile})

    async def status(self) -> Position:
        answer = await self._command("GetStatus", {"ProfileToken": self.profile})
        found = dig(answer, "PTZStatus")
        states = {text(found, "MoveStatus", axis).upper() for axis in ("PanTilt", "Zoom")}
        pan_tilt, zoom = self.spaces.get("AbsolutePanTiltPosition"), self.spaces.get("AbsoluteZoomPosition")
        return Position(
            _measured(pan_tilt.x if pan_tilt else None, number(found, "Position", "PanTilt", "x")),
            _measured(pan_tilt.y if pan_tilt else None, number(found, "Position", "PanTilt", "y")),
            _measured(zoom.x if zoom else None, number(found, "Position", "Zoom", "x"), from_zero=True),
            True if "MOVING" in states else False if "IDLE" in states else None,
        )

    async def presets(self) -> tuple[DevicePreset, ...]:
        """In the device's order; those without a token can't be gone to and are left out."""
        answer = await self._command("GetPresets", {"ProfileToken": self.profile}, timeout_s=None)
        found = {text(each, "token"): text(each, "Name")[:100] for each in items(answer, "Preset")[:MOST_PRESETS]}
        return tuple(DevicePreset(token, name or token) for token, name in found.items() if token)

    async def set_preset(self, name: str, token: str = "") -> str:
        """Stores where the device looks now, anew or in place of what `token` was. Returns its token."""
        request = {"ProfileToken": self.profile, "PresetName": name} | ({"PresetToken": token} if token else {})
        answer = await self._command("SetPreset", request, timeout_s=None)
        given = text(answer, "PresetToken") or token
        if not given:
            raise Malformed("The camera has stored the preset and does not say under which name.")
        return given

    async def remove_preset(self, token: str) -> None:
        await self._command("RemovePreset", {"ProfileToken": self.profile, "PresetToken": token}, timeout_s=None)

    async def go_to_preset(self, token: str, *, speed: float | None = None) -> None:
        can = self.abilities
        axes = [axis for axis, has in (("PanTilt", can.turns or can.moves_to), ("Zoom", can.zooms or can.zooms_to)) if has]
        await self._command("GotoPreset", {"ProfileToken": self.profile, "PresetToken": token} | _speed(speed, axes))

    async def focus(self, speed: float) -> None:
        """Nearer when negative, until focus_stop()."""
        request = {"VideoSourceToken": self.source, "Focus": {"Continuous": {"Speed": max(-1.0, min(1.0, speed))}}}
        await self.client.call("imaging", "Move", request, timeout_s=COMMAND_TIMEOUT_S)

    async def focus_stop(self) -> None:
        await self.client.call("imaging", "Stop", {"VideoSourceToken": self.source}, timeout_s=COMMAND_TIMEOUT_S)

    async def _command(self, operation: str, request: Mapping[str, Any], *, timeout_s: float | None = COMMAND_TIMEOUT_S) -> Any:
        return await self.client.call("ptz", operation, request, timeout_s=timeout_s)

    def _vector(
        self, pan_tilt: str, zoom_axis: str, pan: float, tilt: float, zoom: float, *, names_space: bool = False
    ) -> dict[str, dict[str, Any]]:
        """Only the axes that the device has. A space is named where it is not the device's default."""
        vector: dict[str, dict[str, Any]] = {}
        space = self.spaces.get(pan_tilt)
        if space is not None and space.y is not None:
            vector["PanTilt"] = {"x": space.x.scaled(pan), "y": space.y.scaled(tilt)} | ({"space": space.uri} if names_space else {})
        space = self.spaces.get(zoom_axis)
        if space is not None:
            vector["Zoom"] = {"x": space.x.scaled(zoom)}
        return vector


async def _focuses(client: OnvifClient, source: str) -> bool:
    """Whether focus can be moved by hand. A device that has no answer to that has no focus to move."""
    if "imaging" not in client.services or not source:
        return False
    try:
        answer = await client.call("imaging", "GetMoveOptions", {"VideoSourceToken": source})
    except OnvifError:
        return False
    return dig(answer, "MoveOptions", "Continuous", "Speed") is not None


def _measured(of: Range | None, value: float | None, *, from_zero: bool = False) -> float | None:
    return None if of is None or value is None else of.measured(value, from_zero=from_zero)


def _speed(speed: float | None, axes: Collection[str]) -> dict[str, Any]:
    """From 0 to 1; without one the device takes its own."""
    if speed is None or not axes:
        return {}
    value = max(0.0, min(1.0, speed))
    return {"Speed": {axis: {"x": value, "y": value} if axis == "PanTilt" else {"x": value} for axis in axes}}

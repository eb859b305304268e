"""The zones of a camera: what somebody has drawn, checked, and put in the place of those there are.

Refused input raises django.core.exceptions.ValidationError by field name ("zones.1.points"), in words that name the zone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from cameras.models import Camera, Preset
from recordings.models import Zone
from recordings.rules.motion.grid import PolygonError, parse_polygon

MOST_ZONES = 32
_NAME_LENGTH = 60
# A hundred-thousandth of the picture is less than a pixel of any camera.
_DECIMALS = 5


def drawn_zones(camera: Camera, given: Sequence[Mapping[str, Any]]) -> list[Zone]:
    """Unsaved, checked together: `name`, `kind`, `points`, and perhaps `sensitivity`, the `id` of the zone that it was so far, and the
    `preset_id` at which alone it holds (or `holds_everywhere` false without one, for one whose preset is gone).

    One with an id that the camera does not have is made anew: somebody else has deleted it meanwhile.
    """
    if len(given) > MOST_ZONES:
        raise ValidationError({"zones": f"{len(given)} zones; at most {MOST_ZONES} are possible"})
    known = set(Zone.objects.filter(camera=camera).values_list("pk", flat=True))
    problems: dict[str, str] = {}
    zones: list[Zone] = []
    for number, one in enumerate(given):
        try:
            zones.append(_drawn(camera, one, known=known, before=zones))
        except ValidationError as error:
            problems |= {f"zones.{number}.{field}": " ".join(messages) for field, messages in error.message_dict.items()}
    if problems:
        raise ValidationError(problems)
    return zones


def replace_zones(camera: Camera, zones: Sequence[Zone]) -> None:
    """To be called in a transaction. A zone that was there stays the same row, also under another name."""
    kept = {zone.pk for zone in zones if zone.pk}
    Zone.objects.filter(camera=camera).exclude(pk__in=kept).delete()
    _free_names(camera, zones)
    for zone in zones:
        zone.save()


def _drawn(camera: Camera, given: Mapping[str, Any], *, known: set[int], before: Sequence[Zone]) -> Zone:
    name = _checked_name(str(given["name"]))
    if name.casefold() in {zone.name.casefold() for zone in before}:
        raise ValidationError({"name": f"there are two zones called “{name}”: events are told by these names"})
    zone_id = given.get("id") if given.get("id") in known else None
    if zone_id is not None and zone_id in {zone.pk for zone in before}:
        raise ValidationError({"id": f"zone “{name}”: another zone has the id {zone_id} here already"})
    try:
        points = parse_polygon(given["points"])
    except PolygonError as error:
        raise ValidationError({"points": f"zone “{name}”: {error}"}) from error
    rounded = [[round(x, _DECIMALS), round(y, _DECIMALS)] for x, y in points]
    where = _place(camera, given)
    return Zone(pk=zone_id, camera=camera, name=name, kind=given["kind"], points=rounded, sensitivity=given.get("sensitivity"), **where)


def _place(camera: Camera, given: Mapping[str, Any]) -> dict[str, Any]:
    """Where it holds."""
    preset_id = given.get("preset_id")
    if preset_id is None:
        return {"holds_everywhere": given.get("holds_everywhere") is not False, "preset": None}
    preset = Preset.objects.filter(camera=camera, pk=preset_id).first()
    if preset is None:
        raise ValidationError({"preset": f"zone “{given['name']}”: the camera has no preset {preset_id} (any more)"})
    return {"holds_everywhere": False, "preset": preset}


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": "a zone needs a name"})
    if len(name) > _NAME_LENGTH:
        raise ValidationError({"name": f"the name “{name[:20]}…” is longer than {_NAME_LENGTH} characters"})
    if not name.isprintable():
        raise ValidationError({"name": "the name holds a control character"})
    return name


def _free_names(camera: Camera, zones: Sequence[Zone]) -> None:
    """Names are the camera's only once, at any moment: those that go from one row to another are given up first."""
    wanted = {zone.pk: zone.name for zone in zones if zone.pk}
    for zone in Zone.objects.filter(camera=camera, pk__in=wanted):
        if zone.name != wanted[zone.pk]:
            # No name that was checked has spaces at its ends.
            Zone.objects.filter(pk=zone.pk).update(name=f" {zone.pk} ")

"""Reading what devices answer, whatever they leave out or add: elements of XML, by their local names.

Nothing here raises for a missing or odd value: it is None or what the caller gives instead.
"""

from __future__ import annotations

import math
from typing import Any


def dig(element: Any, *path: str) -> Any:
    """The first element there, `dig(answer, "PTZStatus", "Position", "PanTilt")`; None as soon as one is missing."""
    for name in path:
        if element is None:
            return None
        element = next((child for child in element if local_name(child.tag) == name), None)
    return element


def items(element: Any, name: str) -> list[Any]:
    """All children of that name."""
    return [] if element is None else [child for child in element if local_name(child.tag) == name]


def text(element: Any, *path: str) -> str:
    """Of the element there, else of the attribute that the last name says. Without control characters, at most 500 characters."""
    found = dig(element, *path)
    if found is not None:
        return _printable(found.text or "")
    owner = dig(element, *path[:-1])
    return "" if owner is None or not path else _printable(owner.get(path[-1], ""))


def number(element: Any, *path: str) -> float | None:
    """None for what is no finite number."""
    try:
        value = float(text(element, *path))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def whole(element: Any, *path: str) -> int | None:
    value = number(element, *path)
    return None if value is None else int(value)


def truth(element: Any, *path: str) -> bool:
    return text(element, *path).lower() in ("true", "1")


def local_name(tag: Any) -> str:
    """Without its namespace, or the prefix that nobody declared."""
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def _printable(raw: str) -> str:
    return "".join(character if character.isprintable() else " " for character in raw).strip()[:500]

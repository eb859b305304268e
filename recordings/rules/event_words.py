"""What is said to people about an event, in a sentence. Pure."""

from __future__ import annotations

from collections.abc import Sequence

_S, _MIN, _H, _DAY = 1000, 60_000, 3_600_000, 86_400_000
MOTION, CAMERA_DOWN, STORAGE, GAP, NODE = "motion", "camera_down", "storage", "gap", "node"
CAMERA_MOTION, LINE, INTRUSION, TAMPER, SOUND, INPUT = "camera_motion", "line", "intrusion", "tamper", "sound", "input"


def event_text(
    kind: str, *, length_ms: int | None, zones: Sequence[str] = (), labels: Sequence[str] = (), subject: str = "", reason: str = ""
) -> str:
    """`length_ms`: None while it goes on. `subject`: a volume's or a machine's name."""
    lasted = "" if length_ms is None else f" for {length_text(length_ms)}"
    where = f" in {_listed(zones)}" if zones else ""
    words = {
        MOTION: f"{_capital(_listed(labels)) if labels else 'Something moved'}{where}{lasted}",
        CAMERA_MOTION: f"The camera noticed {_listed(labels) if labels else 'motion'}{lasted}",
        LINE: "The camera saw a line crossed",
        INTRUSION: f"The camera noticed an intrusion{lasted}",
        TAMPER: f"The camera’s view is covered, turned or blurred{lasted}",
        SOUND: f"The camera heard something{lasted}",
        INPUT: f"The camera’s input “{subject}” is active{lasted}"
        if length_ms is None
        else f"The camera’s input “{subject}” was active{lasted}",
        CAMERA_DOWN: f"No picture from the camera{lasted}",
        GAP: f"Footage is missing{lasted}",
        STORAGE: f"Trouble with keeping recordings ({subject}){lasted}",
        NODE: f"The machine “{subject}” is not there{lasted}" if length_ms is None else f"The machine “{subject}” was not there{lasted}",
    }.get(kind, kind)
    return f"{words}: {reason}" if reason else words


def length_text(length_ms: int) -> str:
    """Two units at most; what is shorter than a second still took one."""
    if length_ms < 100 * _S:
        return f"{max(length_ms // _S, 1)} s"
    for large, small, names in ((_DAY, _H, ("d", "h")), (_H, _MIN, ("h", "min"))):
        if length_ms >= large:
            rest = length_ms % large // small
            return f"{length_ms // large} {names[0]}" + (f" {rest} {names[1]}" if rest else "")
    return f"{length_ms // _MIN} min"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last

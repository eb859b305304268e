"""What a connection test found out, in words. A prober makes it (settings.NVR_CAMERA_PROBER); admin, API and commands show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Verdict:
    """`code` is "ok" or what went wrong, for programs; `text` says it to a camera owner; `details` are facts in the order to show them."""

    ok: bool
    code: str
    text: str
    details: Mapping[str, str] = field(default_factory=dict)

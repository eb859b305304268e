"""Which stream of a camera pictures of a size are made from; pure."""

from __future__ import annotations

from collections.abc import Mapping

from streaming.media.packet import Role


def choose_role(widths_px: Mapping[Role, int], width_px: int) -> Role | None:
    """The narrowest stream that is wide enough, else the widest; None when there is none."""
    wide_enough = [role for role, width in widths_px.items() if width >= width_px]
    if wide_enough:
        return min(wide_enough, key=lambda role: widths_px[role])
    return max(widths_px, key=lambda role: widths_px[role], default=None)

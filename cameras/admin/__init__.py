"""The administration site's pages about cameras."""

from __future__ import annotations

from cameras.admin import camera, grants, layouts

__all__ = ["camera", "grants", "layouts"]

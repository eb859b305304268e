"""The administration site's pages about cameras."""

from __future__ import annotations

from cameras.admin import camera, grants, layouts, onvif, presets, searches, tours

__all__ = ["camera", "grants", "layouts", "onvif", "presets", "searches", "tours"]

"""Where recordings go, and how each camera is recorded: the second stands on the camera's own page."""

from __future__ import annotations

from recordings.admin import rules, volumes

__all__ = ["rules", "volumes"]

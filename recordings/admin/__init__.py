"""Where recordings go, how each camera is recorded (that stands on the camera's own page), and what happened."""

from __future__ import annotations

from recordings.admin import events, rules, volumes

__all__ = ["events", "rules", "volumes"]

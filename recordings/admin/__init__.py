"""Where recordings go and what is in them, how cameras are recorded and watched, what happened, and who is told."""

from __future__ import annotations

from recordings.admin import channels, deliveries, events, exports, footage, motion, notify_rules, protections, rules, volumes

__all__ = ["channels", "deliveries", "events", "exports", "footage", "motion", "notify_rules", "protections", "rules", "volumes"]

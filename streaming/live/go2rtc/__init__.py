"""Viewers that speak go2rtc's WebSocket protocol instead of ours: its players and cards, unchanged (docs/interop.md)."""

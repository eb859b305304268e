from __future__ import annotations

from cameras.models.camera import Action, Camera, CameraGroup, Grant, Layout, LayoutKind, Stream, StreamState

__all__ = ["Action", "Camera", "CameraGroup", "Grant", "Layout", "LayoutKind", "Stream", "StreamState"]

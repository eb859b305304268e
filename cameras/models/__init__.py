from __future__ import annotations

from cameras.models.camera import Action, Camera, CameraGroup, Grant, Layout, LayoutKind, Stream, StreamState
from cameras.models.diagnosis import Diagnosis
from cameras.models.search import CameraSearch

__all__ = ["Action", "Camera", "CameraGroup", "CameraSearch", "Diagnosis", "Grant", "Layout", "LayoutKind", "Stream", "StreamState"]

from __future__ import annotations

from cameras.models.camera import Action, Camera, CameraGroup, Grant, Layout, LayoutKind, Stream, StreamState
from cameras.models.onvif import OnvifDevice
from cameras.models.ptz import HeadMove, Preset, Steering, Tour, TourStop

__all__ = [
    "Action",
    "Camera",
    "CameraGroup",
    "Grant",
    "HeadMove",
    "Layout",
    "LayoutKind",
    "OnvifDevice",
    "Preset",
    "Steering",
    "Stream",
    "StreamState",
    "Tour",
    "TourStop",
]

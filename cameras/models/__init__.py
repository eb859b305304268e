from __future__ import annotations

from cameras.models.camera import Action, Camera, CameraGroup, Grant, Layout, LayoutKind, Stream, StreamState
from cameras.models.diagnosis import Diagnosis
from cameras.models.idempotency import CreatedOnce
from cameras.models.onvif import OnvifDevice
from cameras.models.ptz import HeadMove, Preset, Steering, Tour, TourStop
from cameras.models.search import CameraSearch

__all__ = [
    "Action",
    "Camera",
    "CameraGroup",
    "CameraSearch",
    "CreatedOnce",
    "Diagnosis",
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

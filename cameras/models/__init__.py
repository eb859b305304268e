from __future__ import annotations

from cameras.models.audit import AppendOnly, AuditAction, AuditActivity, AuditEntry, AuditHead, Means
from cameras.models.camera import Camera, CameraGroup, Layout, LayoutKind, Stream, StreamState
from cameras.models.diagnosis import Diagnosis
from cameras.models.grant import Action, Grant
from cameras.models.idempotency import CreatedOnce
from cameras.models.onvif import OnvifDevice
from cameras.models.ptz import HeadMove, Preset, Steering, Tour, TourStop
from cameras.models.search import CameraSearch

__all__ = [
    "Action",
    "AppendOnly",
    "AuditAction",
    "AuditActivity",
    "AuditEntry",
    "AuditHead",
    "Camera",
    "CameraGroup",
    "CameraSearch",
    "CreatedOnce",
    "Diagnosis",
    "Grant",
    "HeadMove",
    "Layout",
    "LayoutKind",
    "Means",
    "OnvifDevice",
    "Preset",
    "Steering",
    "Stream",
    "StreamState",
    "Tour",
    "TourStop",
]

from __future__ import annotations

from django.apps import AppConfig


class CamerasConfig(AppConfig):
    name = "cameras"

    def ready(self) -> None:
        from cameras import models
        from cameras.audit.following import follow

        follow(models.Camera, camera=lambda camera: camera, sets=("groups",))
        follow(models.Stream, kind="stream")
        follow(models.CameraGroup)
        follow(models.Grant, kind="right")
        follow(models.OnvifDevice, kind="ONVIF access")
        follow(models.Preset, ignore=("position",))
        follow(models.Tour)

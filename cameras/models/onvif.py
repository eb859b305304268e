from __future__ import annotations

from django.db import models

from cameras.encryption import EncryptedText
from cameras.models.camera import Camera
from cameras.onvif.address import DeviceAddress, parse_device_address
from cameras.stream_url import Credentials


class OnvifDevice(models.Model):
    """Where a camera is asked by ONVIF, and what it has told. Without a user name of its own the camera's is used.

    `abilities` are cameras.onvif.spaces.Abilities, `relays` tokens of outputs: as last read from the device.
    """

    class EventsState(models.TextChoices):
        OFF = "off", "off"
        CONNECTING = "connecting", "connecting"
        LISTENING = "listening", "listening"
        DOWN = "down", "down"

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, related_name="onvif")
    address = models.CharField(max_length=300, help_text="http://host:port, as this server reaches the camera.")
    username = EncryptedText(max_length=200, blank=True, default="")
    password = EncryptedText(max_length=200, blank=True, default="")
    information = models.JSONField(default=dict, blank=True, editable=False)
    abilities = models.JSONField(default=dict, blank=True, editable=False)
    relays = models.JSONField(default=list, blank=True, editable=False)
    has_events = models.BooleanField(default=False, editable=False)
    clock_ahead_s = models.FloatField(null=True, blank=True, editable=False)
    failure = models.CharField(max_length=300, blank=True, default="", editable=False)
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    takes_events = models.BooleanField("take the camera's own events", default=False)
    events_state = models.CharField(max_length=12, choices=EventsState.choices, default=EventsState.OFF, editable=False)
    events_reason = models.CharField(max_length=300, blank=True, default="", editable=False)
    home_after_s = models.PositiveIntegerField(
        "home after", default=0, help_text="Seconds after which a camera that somebody moved goes back home; 0: never."
    )
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.camera} by ONVIF"

    @property
    def device_address(self) -> DeviceAddress:
        """Raises DeviceAddressError."""
        return parse_device_address(self.address)

    @property
    def credentials(self) -> Credentials:
        """Costs a query unless the camera is loaded."""
        if self.username:
            return Credentials(self.username, self.password)
        return Credentials(self.camera.username, self.camera.password)

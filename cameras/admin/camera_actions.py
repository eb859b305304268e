"""What can be done to many cameras at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from cameras.admin.downloads import Downloadable
from cameras.admin.outcomes import do_each
from cameras.models import Action, Camera
from cameras.permissions import cameras_for, signed_in
from cameras.services import change_camera, probe_address
from cameras.stream_url import Credentials, redact

_TESTS_AT_A_TIME = 8


def _streams(camera: Camera) -> list[dict[str, Any]]:
    return [
        {
            "role": stream.role,
            "address": redact(stream.url),
            "transport": stream.transport,
            "verify_tls": stream.verify_tls,
            "state": stream.state,
        }
        for stream in camera.streams.all()
    ]


class CameraActions(Downloadable):
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "name": lambda camera: camera.name,
        "slug": lambda camera: camera.slug,
        "is_enabled": lambda camera: camera.is_enabled,
        "record": lambda camera: camera.record,
        "detects_motion": lambda camera: camera.detects_motion,
        "position": lambda camera: camera.position,
        "has_password": lambda camera: bool(camera.password),
        "state": lambda camera: camera.state,
        "state_reason": lambda camera: camera.state_reason,
        "state_changed_at": lambda camera: camera.state_changed_at,
        "streams": _streams,
    }

    @admin.action(description="Enable selected cameras", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
        self._switch(request, queryset, is_enabled=True)

    @admin.action(description="Disable selected cameras", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
        self._switch(request, queryset, is_enabled=False)

    def _switch(self, request: HttpRequest, queryset: QuerySet[Camera], *, is_enabled: bool) -> None:
        word = "enabled" if is_enabled else "disabled"

        def switch(camera: Camera) -> str:
            if camera.is_enabled == is_enabled:
                return f"{word} already"
            change_camera(camera, is_enabled=is_enabled, by=signed_in(request.user))
            return word

        do_each(request, configurable(request, queryset), switch)

    @admin.action(description="Test the connections of selected cameras", permissions=["change"])
    def test_connections(self, request: HttpRequest, queryset: QuerySet[Camera]) -> None:
        """Several at a time; the threads get values, so that none opens a database connection."""
        streams = [(camera, stream) for camera in configurable(request, queryset) for stream in camera.streams.all()]
        with ThreadPoolExecutor(_TESTS_AT_A_TIME) as pool:
            verdicts = pool.map(
                lambda pair: probe_address(
                    pair[1].address, Credentials(pair[0].username, pair[0].password), pair[1].transport, pair[1].verify_tls
                ),
                streams,
            )
            for (camera, stream), verdict in zip(streams, verdicts, strict=True):
                level = messages.SUCCESS if verdict.ok else messages.ERROR
                messages.add_message(request, level, f"{camera}, {stream.get_role_display()} stream: {verdict.text}")


def configurable(request: HttpRequest, cameras: QuerySet[Camera]) -> list[Camera]:
    """Of those selected; the others are named, and left alone."""
    mine = set(cameras_for(request.user, Action.CONFIGURE).values_list("pk", flat=True))
    selected = list(cameras)
    if others := [camera.name for camera in selected if camera.pk not in mine]:
        messages.error(request, f"Left alone, for want of the right to configure: {', '.join(others)}.")
    return [camera for camera in selected if camera.pk in mine]

"""The administration as an operator walks through it: what belongs together stands together, whichever app keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse

from nvr.overview import overview


@dataclass(frozen=True, slots=True)
class Group:
    """`models` tells, in their order, what each is for."""

    key: str
    name: str
    models: Mapping[str, str]


GROUPS = (
    Group(
        "cameras",
        "Cameras",
        {
            "cameras.camera": "names, addresses, logins, how they are recorded",
            "cameras.cameragroup": "cameras that belong together, to give rights on all of them",
            "cameras.onvifdevice": "turning, cameras' own events, outputs",
            "cameras.preset": "views of cameras that turn",
            "cameras.tour": "presets one after the other",
            "cameras.diagnosis": "what the camera doctor found",
            "cameras.camerasearch": "what was found in the network",
            "cameras.layout": "arrangements of people's dashboards",
        },
    ),
    Group(
        "recording",
        "Recording",
        {
            "recordings.volume": "directories that are recorded to, and how much they may hold",
            "recordings.protection": "footage that nobody deletes",
            "recordings.export": "films that people have made of footage",
            "recordings.sharelink": "who may fetch an export without an account",
            "recordings.segment": "the recorded files",
            "recordings.recordingnote": "since when there is footage, and why there is none",
            "recordings.deletion": "what went, by which rule",
        },
    ),
    Group(
        "motion",
        "Motion & events",
        {
            "recordings.motionrule": "what counts as motion",
            "recordings.zone": "parts of the picture to watch or to ignore",
            "recordings.event": "what happened",
        },
    ),
    Group(
        "people",
        "People",
        {
            "auth.user": "who may sign in",
            "auth.group": "people with the same rights",
            "cameras.grant": "who may do what with which camera",
        },
    ),
    Group(
        "notifications",
        "Notifications",
        {
            "recordings.notifyrule": "who is told of what, and when",
            "recordings.notifychannel": "e-mail, webhooks, brokers, services",
            "recordings.pushdevice": "browsers that take messages",
            "recordings.delivery": "what was sent, and what was not",
            "recordings.notice": "what was not told, and why",
        },
    ),
    Group("system", "System", {}),
)
# What people call it, where a model's own name is for programmers.
_NAMES = {
    "cameras.onvifdevice": "ONVIF settings",
    "cameras.grant": "Rights",
    "recordings.sharelink": "Links",
    "recordings.segment": "Files",
    "recordings.recordingnote": "Gaps and their reasons",
    "recordings.motionrule": "Motion settings",
    "recordings.notifyrule": "Rules",
    "recordings.notifychannel": "Channels",
    "recordings.pushdevice": "Devices",
    "recordings.delivery": "Deliveries",
    "recordings.notice": "Not told",
}
# Where models stand that GROUPS does not name; what is in neither is the system's.
_BY_APP = {"cameras": "cameras", "streaming": "cameras", "recordings": "recording"} | dict.fromkeys(
    ("auth", "account", "knox", "mfa", "sessions", "socialaccount", "usersessions", "axes"), "people"
)
_LAST = 1000


class OperatorSite(AdminSite):
    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """By GROUPS, for the first page and the bar at the side; an app's own page has the app."""
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        found: dict[str, list[tuple[int, dict[str, Any]]]] = {group.key: [] for group in GROUPS}
        for app in apps:
            for model in app["models"]:
                name = f"{app['app_label']}.{model['object_name'].lower()}"
                key, place, hint = _place_of(name)
                found[key].append((place, {**model, "name": _NAMES.get(name, model["name"]), "hint": hint}))
        index = reverse("admin:index", current_app=self.name)
        return [
            {
                "name": group.name,
                "app_label": group.key,
                "app_url": f"{index}#{group.key}",
                "has_module_perms": True,
                "models": [model for _, model in sorted(found[group.key], key=lambda placed: placed[0])],
            }
            for group in GROUPS
            if found[group.key]
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        states = overview(request.user)
        parts = [{**part, "state": states.pop(part["app_label"], [])} for part in self.get_app_list(request)]
        # What somebody may know of without a page of it to change.
        names = {group.key: group.name for group in GROUPS}
        parts += [{"name": names[key], "app_label": key, "models": [], "state": state} for key, state in states.items() if state]
        order = [group.key for group in GROUPS]
        parts.sort(key=lambda part: order.index(part["app_label"]))
        return super().index(request, {**(extra_context or {}), "parts": parts})


def _place_of(name: str) -> tuple[str, int, str]:
    """Of a model: its group, its place there, and what it is for."""
    for group in GROUPS:
        if name in group.models:
            return group.key, list(group.models).index(name), group.models[name]
    return _BY_APP.get(name.partition(".")[0], "system"), _LAST, ""

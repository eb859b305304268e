"""The OpenAPI document for schemathesis, and an installation in which every path of it leads to something."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import schemathesis
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.wsgi import get_wsgi_application
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from schemathesis import BaseSchema

from cameras.models import Action, CameraGroup, CameraSearch, Diagnosis, Grant, Layout, OnvifDevice, Preset, Tour
from nvr.people.models import SignIn
from nvr.people.tokens import make_token
from recordings.models import Event, Export, NotifyChannel, NotifyRule, PushDevice, ShareLink
from tests.recordings.shelf import MIDNIGHT_MS, Shelf
from tests.support.people import House


def document() -> dict[str, Any]:
    """As /api/v1/schema/ serves it."""
    made = SchemaGenerator(api_version="v1").get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    found: dict[str, Any] = json.loads(OpenApiJsonRenderer().render(made))
    return found


def schema() -> BaseSchema:
    loaded = schemathesis.openapi.from_dict(document())
    loaded.app = get_wsgi_application()
    return loaded


@dataclass(slots=True)
class Furnished:
    """`names` are the path parameters by the beginning of the path; the longest one that fits counts."""

    house: House
    names: dict[str, dict[str, Any]] = field(default_factory=dict)

    def parameters(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for beginning in sorted(self.names, key=len):
            if path.startswith(f"/api/v1/{beginning}"):
                found |= self.names[beginning]
        return found


def furnish(house: House, root: Path) -> Furnished:
    """Something of each kind, all of it Alice's."""
    alice, camera, now = house.alice, house.camera, timezone.now()
    shelf = Shelf(root)
    (segment,) = shelf.put(camera, MIDNIGHT_MS, MIDNIGHT_MS + 60_000)
    protection = shelf.protection(camera, MIDNIGHT_MS, MIDNIGHT_MS + 1000, "kept")
    OnvifDevice(camera=camera, address="http://192.0.2.1", relays=["relay"]).save()
    preset = Preset.objects.create(camera=camera, token="1", name="Gate")
    tour = Tour.objects.create(camera=camera, name="Round")
    tour.stops.create(preset=preset)
    times = {"start_ms": MIDNIGHT_MS, "end_ms": MIDNIGHT_MS + 5000}
    event = Event.objects.create(
        **times, camera=camera, kind=Event.Kind.MOTION, seen_until_ms=MIDNIGHT_MS + 5000, footage_start_ms=MIDNIGHT_MS, footage_end_ms=1
    )
    export = Export.objects.create(**times, owner=alice, expires_at=now + timedelta(days=1))
    export.cameras.set([camera])
    link = ShareLink.objects.create(export=export, secret_hash="h", made_by=alice, expires_at=now + timedelta(days=1))
    channel = NotifyChannel.objects.create(owner=alice, name="Mail", kind="email", settings={"to": "alice@example.org"})
    rule = NotifyRule.objects.create(owner=alice, name="Nights", kinds=["motion"])
    browser = PushDevice.objects.create(owner=alice, name="Phone", endpoint_digest="d", subscription={})
    diagnosis = Diagnosis.objects.create(camera=camera, started_by=alice, state=Diagnosis.State.DONE, finished_at=now)
    search = CameraSearch.objects.create(started_by=alice, state=CameraSearch.State.DONE, finished_at=now)
    cameras, people = CameraGroup.objects.create(name="Outside"), Group.objects.create(name="Guards")
    grant = Grant.objects.create(user=house.bob, camera=camera, action=Action.EXPORT)
    token = make_token(alice, name="Home")[0]
    session = Session.objects.create(session_key="s" * 32, session_data="", expire_date=now + timedelta(days=1))
    device = SignIn.objects.create(session=session, user=alice, since=now, seen_at=now)
    layout = Layout.objects.create(user=alice, name="All")
    return Furnished(
        house,
        {
            "cameras/": {
                **{"slug": camera.slug, "diagnosis_id": diagnosis.pk, "preset_id": preset.pk, "tour_id": tour.pk},
                **{"token": "relay", "role": "main", "segment_id": segment.pk, "at_ms": MIDNIGHT_MS},
            },
            "discovery/": {"search_id": search.pk},
            "events/": {"id": event.pk},
            "exports/": {"id": str(export.pk), "export_id": str(export.pk)},
            "exports/{export_id}/links/": {"id": link.pk},
            "layouts/": {"id": layout.pk},
            "notifications/channels/": {"id": channel.pk},
            "notifications/rules/": {"id": rule.pk},
            "notifications/push/": {"id": browser.pk},
            "protections/": {"id": protection.pk},
            "camera-groups/": {"id": cameras.pk},
            "groups/": {"id": people.pk},
            "grants/": {"id": grant.pk},
            "sessions/": {"id": device.pk},
            "tokens/": {"id": token.pk},
            "users/": {"id": house.bob.pk},
        },
    )

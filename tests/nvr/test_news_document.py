"""The AsyncAPI document of /ws/events/ against what the consumer really sends."""

from __future__ import annotations

import json
from typing import Any

import pytest
from channels.db import database_sync_to_async as in_thread
from django.test import Client
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

from cameras import events
from cameras.models import Camera, Grant
from cameras.services import change_camera, set_status
from nvr.api.news_document import schemas_by_type
from recordings.models import Event
from recordings.services.event_hooks import news_of
from tests.support.people import House
from tests.support.sockets import browser_headers, connected

SCHEMAS = schemas_by_type()


@pytest.fixture
def house(transactional_db: None) -> House:
    return House()


def check(message: dict[str, Any]) -> str:
    Draft202012Validator(SCHEMAS[message["type"]]).validate(message)
    assert set(message) == set(SCHEMAS[message["type"]]["properties"])
    return str(message["type"])


def test_every_schema_is_one_and_the_document_is_served(db: None) -> None:
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)
    answer = Client().get("/api/v1/events-document/")
    document = json.loads(answer.content)
    assert document["asyncapi"] == "3.0.0"
    assert {"CameraState", "EventNews", "ExportProgress", "Error"} <= set(document["components"]["messages"])


async def test_what_is_sent_is_what_the_document_says(house: House) -> None:
    async with connected("/ws/events/", await in_thread(browser_headers)(house, "carol")) as socket:

        async def heard() -> str:
            return check(await socket.receive_json_from(timeout=10))

        assert await heard() == "camera.state"
        await in_thread(set_status)(house.camera.pk, "main", "down", "refused")
        assert await heard() == "camera.state"
        event = await Event.objects.acreate(
            camera=house.camera, kind="motion", start_ms=1, seen_until_ms=2, footage_start_ms=1, footage_end_ms=2
        )
        await in_thread(
            lambda: events.publish(house.camera.pk, news_of(Event.objects.select_related("camera").get(pk=event.pk), "begun"))
        )()
        assert await heard() == "event"
        await in_thread(change_camera)(await Camera.objects.aget(pk=house.camera.pk), by=house.alice, name="Door")
        assert await heard() == "camera.renamed"
        await Grant.objects.all().adelete()
        await in_thread(events.publish_list_change)()
        assert await heard() == "camera.removed"


async def test_a_refusal_is_in_the_document_too(house: House) -> None:
    async with connected("/ws/events/", await in_thread(browser_headers)(house, "nobody")) as socket:
        assert check(await socket.receive_json_from(timeout=5)) == "error"

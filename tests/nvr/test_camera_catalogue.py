from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from django.db import connection

from cameras.models import Camera, Stream
from cameras.services import add_camera
from cameras.stream_url import Credentials, parse_stream_url
from nvr.camera_catalogue import CameraCatalogue
from streaming.ingest.supervisor import ListAway
from streaming.ingest.worker import WantedStream
from streaming.media.packet import Role, StreamKey

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def catalogue() -> Iterator[CameraCatalogue]:
    catalogue = CameraCatalogue()
    yield catalogue
    catalogue.close(wait=True)


def test_the_streams_of_enabled_cameras_are_wanted(catalogue: CameraCatalogue) -> None:
    front = add_camera(name="Front", url="rtsp://u:p%40ss@cam/main", sub_url="rtsp://cam/sub", transport="udp")
    add_camera(name="Shed", url="rtsp://shed/main", is_enabled=False)
    wanted = {stream.key: stream for stream in asyncio.run(catalogue.wanted())}
    key = StreamKey(front.pk, Role.MAIN)
    assert wanted.keys() == {key, StreamKey(front.pk, Role.SUB)}
    assert wanted[key] == WantedStream(key, "Front", parse_stream_url("rtsp://cam/main"), Credentials("u", "p@ss"), "udp", False)


def test_a_new_password_is_seen_and_an_old_one_is_not_decrypted_again(catalogue: CameraCatalogue) -> None:
    camera = add_camera(name="Front", url="rtsp://u:old@cam/main")
    first = asyncio.run(catalogue.wanted())[0].credentials
    assert first == Credentials("u", "old")
    assert asyncio.run(catalogue.wanted())[0].credentials is first
    camera.password = "new"
    camera.save()
    assert asyncio.run(catalogue.wanted())[0].credentials == Credentials("u", "new")


def test_what_was_live_when_it_was_disabled_is_set_off(catalogue: CameraCatalogue) -> None:
    camera = add_camera(name="Front", url="rtsp://cam/main")
    asyncio.run(catalogue.write_status(StreamKey(camera.pk, Role.MAIN), "live", ""))
    assert Camera.objects.get().state == "live"
    Camera.objects.update(is_enabled=False)
    assert asyncio.run(catalogue.wanted()) == []
    assert (Camera.objects.get().state, Camera.objects.get().state_reason) == ("off", "switched off")


def test_an_address_that_cannot_be_used_is_told_and_others_go_on(catalogue: CameraCatalogue) -> None:
    broken = add_camera(name="Broken", url="rtsp://cam/main")
    Stream.objects.filter(camera=broken).update(url="http://cam/main")
    add_camera(name="Front", url="rtsp://cam/main")
    assert [stream.name for stream in asyncio.run(catalogue.wanted())] == ["Front"]
    assert Camera.objects.get(name="Broken").state == "down"


def test_a_database_in_trouble_is_told_apart_from_an_empty_list(catalogue: CameraCatalogue) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cameras_stream RENAME TO elsewhere")
    try:
        with pytest.raises(ListAway):
            asyncio.run(catalogue.wanted())
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO cameras_stream")

from __future__ import annotations

import pytest
from channels.layers import get_channel_layer
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import connection
from pytest_django import Settings

from cameras import services
from cameras.addresses import read_source
from cameras.events import group_of
from cameras.models import Camera
from cameras.services import StreamChange, add_camera, change_camera, set_status
from cameras.stream_url import Credentials, StreamUrl
from cameras.verdict import Verdict
from tests.cameras.passwords import AWKWARD

pytestmark = pytest.mark.django_db


def raw_password(camera: Camera) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM cameras_camera WHERE id = %s", [camera.pk])
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize("password", AWKWARD)
def test_password_comes_back_whole_from_a_field_and_from_an_address(password: str) -> None:
    plain = StreamUrl("rtsp", "cam.local", 554, "/live?ch=1")
    typed = add_camera(name="Typed", url=str(plain), username="us@er", password=password)
    pasted = add_camera(name="Pasted", url=plain.with_credentials("us@er", password))
    for camera in (Camera.objects.get(pk=typed.pk), Camera.objects.get(pk=pasted.pk)):
        assert (camera.username, camera.password) == ("us@er", password)
        assert camera.streams.get().url == "rtsp://cam.local/live?ch=1"
        assert raw_password(camera).startswith("gAAAA")
        assert password not in raw_password(camera)


def test_camera_without_credentials_is_stored() -> None:
    camera = Camera.objects.get(pk=add_camera(name="Open", url="rtsp://cam/x").pk)
    assert (camera.username, camera.password) == ("", "")


def test_nothing_that_is_printed_by_accident_shows_the_password() -> None:
    camera = add_camera(name="A", url="rtsp://viewer:hunter2@cam/x")
    stream = camera.streams.get()
    assert "hunter2" not in f"{camera!r} {camera} {stream!r} {stream} {stream.address!r} {read_source(url='rtsp://viewer:hunter2@cam/x')!r}"


def test_slug_is_unique_and_made_from_any_name() -> None:
    slugs = [add_camera(name=name, url="rtsp://cam/x").slug for name in ("Haustür", "Haustur", "前门", "后门")]
    assert slugs == ["haustur", "haustur-2", "camera", "camera-2"]
    assert add_camera(name="Add", url="rtsp://cam/x").slug == "add-2", "/cameras/add/ is another page"


def test_sub_stream_and_order() -> None:
    first = add_camera(name="A", url="rtsp://u:p@cam/main", sub_url="rtsp://u:p@cam/sub", transport="udp")
    second = add_camera(name="B", url="rtsp://cam/x")
    assert [(s.role, s.url, s.transport) for s in first.streams.order_by("role")] == [
        ("main", "rtsp://cam/main", "udp"),
        ("sub", "rtsp://cam/sub", "udp"),
    ]
    assert first.position < second.position


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "Taken"}, "name"),
        ({"url": "http://cam/x"}, "url"),
        ({"url": "file:///etc/passwd"}, "url"),
        ({"sub_url": "rtsp://:99999/x"}, "sub_url"),
        ({"url": "rtsp://a:b@cam/x", "username": "c"}, "username"),
        ({"url": "rtsp://a:hunter2@cam/x", "sub_url": "rtsp://a:hunter3@cam/x"}, "password"),
        ({"password": "line\r\nbreak"}, "password"),
    ],
)
def test_refused_input_is_named_by_field_without_the_password(given: dict[str, str], field: str) -> None:
    add_camera(name="Taken", url="rtsp://cam/x")
    with pytest.raises(ValidationError) as refused:
        add_camera(**{"name": "New", "url": "rtsp://cam/x"} | given)  # type: ignore[arg-type]  # strings only
    assert list(refused.value.message_dict) == [field]
    assert "hunter" not in str(refused.value)
    assert Camera.objects.count() == 1


@pytest.mark.django_db(transaction=True)
async def test_status_is_written_and_published_once() -> None:
    from channels.db import database_sync_to_async as in_thread

    camera = await in_thread(add_camera)(name="A", url="rtsp://u:p@cam/main", sub_url="rtsp://cam/sub")
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(group_of(camera.pk), channel)

    await in_thread(set_status)(camera.pk, "sub", "down", "timeout")
    await in_thread(set_status)(camera.pk, "main", "down", "no answer from rtsp://u:p@cam/main")
    since = (await Camera.objects.aget(pk=camera.pk)).state_changed_at
    await in_thread(set_status)(camera.pk, "main", "down", "no answer from rtsp://u:p@cam/main")
    await in_thread(set_status)(camera.pk, "main", "down", "refused")

    messages = [await layer.receive(channel), await layer.receive(channel)]
    assert [(m["event"]["state"], m["event"]["reason"]) for m in messages] == [
        ("down", "no answer from rtsp://***@cam/main"),
        ("down", "refused"),
    ]
    await camera.arefresh_from_db()
    assert (camera.state, camera.state_reason, camera.state_changed_at) == ("down", "refused", since)
    assert (await camera.streams.aget(role="sub")).state_reason == "timeout"
    await in_thread(set_status)(camera.pk + 1000, "main", "live", "")  # deleted meanwhile


def test_switching_off_shows_at_once() -> None:
    camera = add_camera(name="A", url="rtsp://cam/x")
    set_status(camera.pk, "main", "live", "")
    change_camera(camera, is_enabled=False, by=get_user_model()(is_superuser=True))
    camera.refresh_from_db()
    assert (camera.is_enabled, camera.state, camera.state_reason) == (False, "off", "switched off")


def test_stored_password_does_not_follow_an_address_to_another_host() -> None:
    bob, root = get_user_model()(username="bob"), get_user_model()(username="root", is_superuser=True)
    camera = add_camera(name="A", url="rtsp://u:secret@cam:8554/x")
    elsewhere = (StreamChange("main", url="rtsp://attacker/x"),)
    with pytest.raises(ValidationError, match="password"):
        change_camera(camera, streams=elsewhere, by=bob)
    change_camera(camera, streams=(StreamChange("main", url="rtsp://cam:9554/y"),), by=bob)
    change_camera(camera, streams=elsewhere, password="secret", by=bob)
    change_camera(camera, streams=(StreamChange("main", url="rtsp://third/x"),), by=root)
    assert (camera.streams.get().url, camera.password) == ("rtsp://third/x", "secret")


def test_change_keeps_what_is_not_named_and_empty_removes() -> None:
    root = get_user_model()(is_superuser=True)
    camera = add_camera(name="A", url="rtsp://u:p@cam/x")
    change_camera(camera, name="B", streams=(StreamChange("sub", url="rtsp://cam/sub", transport="udp"),), by=root)
    camera.refresh_from_db()
    assert (camera.name, camera.slug, camera.username, camera.password, camera.streams.count()) == ("B", "a", "u", "p", 2)
    change_camera(camera, username="", password="", by=root)
    camera.refresh_from_db()
    assert (camera.username, camera.password) == ("", "")


def test_a_camera_knows_since_when_it_is_recorded_as_it_is() -> None:
    root = get_user_model()(is_superuser=True)
    camera = add_camera(name="A", url="rtsp://cam/x")
    since = camera.record_changed_at
    change_camera(camera, name="B", record="continuous", by=root)
    assert camera.record_changed_at == since
    change_camera(camera, record="motion", by=root)
    assert camera.record_changed_at > since


async def probe_in_a_loop(address: StreamUrl, credentials: Credentials, transport: str, verify_tls: bool) -> Verdict:
    return Verdict(True, "ok", f"{address} as {credentials.username}/{credentials.password}, {transport}, {verify_tls}")


def test_connection_test_asks_the_configured_prober(settings: Settings) -> None:
    settings.NVR_CAMERA_PROBER = f"{__name__}.probe_in_a_loop"
    camera = add_camera(name="A", url="rtsp://u:p@cam/x", transport="udp")
    assert services.test_connection(camera, "main").text == "rtsp://cam/x as u/p, udp, False"


@pytest.mark.django_db
def test_a_hidden_password_is_not_taken_for_a_new_one() -> None:
    with pytest.raises(ValidationError, match="write it out again"):
        add_camera(name="Yard", url="rtsp://cam.local/user=admin&password=***&channel=1")

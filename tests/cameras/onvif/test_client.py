"""The client against a camera of another make, and against one that gets wrong whatever it is told to."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from cameras.onvif.address import DeviceAddress
from cameras.onvif.answers import text
from cameras.onvif.client import OnvifClient
from cameras.onvif.errors import CameraRefuses, Malformed, NotAuthorized, NotOnvif, NotSupported, OnvifError, Unreachable
from cameras.onvif.media import chosen_streams, offered_streams, profiles, snapshot, snapshot_address
from cameras.stream_url import Credentials
from tests.support.certificates import self_signed_context
from tests.support.ipycam_camera import ipycam
from tests.support.onvif.answers import envelope, fault
from tests.support.onvif.camera import JPEG, StubCamera, onvif_camera


@asynccontextmanager
async def client_of(camera: StubCamera, **options: float) -> AsyncIterator[OnvifClient]:
    async with OnvifClient(camera.address, camera.credentials, **options) as client:
        yield client


async def failure_of(camera: StubCamera, **options: float) -> OnvifError:
    async with client_of(camera, **options) as client:
        with pytest.raises(OnvifError) as failure:
            await client.information()
        return failure.value


@pytest.mark.peer
async def test_a_camera_of_another_make_tells_what_it_is_and_what_it_streams() -> None:
    with ipycam() as camera:
        async with OnvifClient(camera.address, camera.credentials) as client:
            assert str(await client.information()) == "PythonCam VirtualCam-1"
            assert client.clock is not None
            assert client.clock.is_right
            main, sub = chosen_streams(await offered_streams(client))
            assert (str(main.url), main.width_px, main.codec) == ("rtsp://127.0.0.1:8554/video_main", 1920, "h264")
            assert sub is not None
            assert (str(sub.url), sub.width_px, sub.has_ptz) == ("rtsp://127.0.0.1:8554/video_sub", 640, True)
            assert await snapshot_address(client, main.profile) == f"http://127.0.0.1:{camera.port}/snapshot.jpg"


@pytest.mark.peer
async def test_two_cameras_of_another_make_at_once_with_a_wrong_password_at_one() -> None:
    with ipycam() as first, ipycam() as second:
        async with (
            OnvifClient(first.address, Credentials("operator", "wrong")) as wrong,
            OnvifClient(second.address, second.credentials) as right,
        ):
            refused, information = await asyncio.gather(wrong.information(), right.information(), return_exceptions=True)
    assert isinstance(refused, NotAuthorized)
    assert str(refused) == "The camera refuses the user name or password."
    assert str(information) == "PythonCam VirtualCam-1"


async def test_profiles_become_main_and_sub_by_size() -> None:
    with onvif_camera() as camera:
        async with client_of(camera) as client:
            offered = await offered_streams(client)
    assert [(stream.profile, stream.width_px, stream.gop_frames, stream.bitrate_kbps) for stream in offered] == [
        ("main", 1920, 50, 4096),
        ("sub", 640, 30, 512),
        ("tiny", 320, 10, 128),
    ]
    main, sub = chosen_streams(offered)
    assert main.profile == "main"
    assert sub is not None
    assert sub.profile == "sub"


async def test_profile_t_is_asked_first_for_it_alone_tells_of_h265() -> None:
    with onvif_camera(StubCamera(services={"media", "media2", "ptz"})) as camera:
        async with client_of(camera) as client:
            offered = await offered_streams(client)
    assert [(stream.profile, stream.codec, stream.width_px, stream.gop_frames, stream.source) for stream in offered][:2] == [
        ("main2", "h265", 1920, 50, "vs1"),
        ("sub2", "h265", 640, 30, "vs1"),
    ]
    assert offered[0].has_ptz
    assert offered[0].frames_per_s == 25


async def test_a_media2_that_lies_leads_to_the_older_service() -> None:
    camera = StubCamera(services={"media", "media2"})
    with onvif_camera(camera):
        camera.instead["GetProfiles"] = fault("ActionNotSupported", "no")
        async with client_of(camera) as client:
            with pytest.raises(NotSupported):
                await profiles(client)
            assert camera.asked.count("GetProfiles") == 2


async def test_behind_nat_everything_leads_to_the_typed_host() -> None:
    with onvif_camera(StubCamera(announced_host="192.168.99.1")) as camera:
        async with client_of(camera) as client:
            offered = await offered_streams(client)
            assert str(offered[0].url) == "rtsp://127.0.0.1/main"
            assert await snapshot(client, "main") == JPEG
            assert set(client.services.values()) == {
                f"http://127.0.0.1:{camera.port}/onvif/{name}" for name in ("media", "ptz", "imaging", "events", "deviceio")
            }


async def test_a_clock_that_is_years_off_is_no_hindrance() -> None:
    with onvif_camera(StubCamera(clock_ahead=timedelta(days=-9000))) as camera:
        async with client_of(camera) as client:
            await client.information()
            assert client.clock is not None
            assert not client.clock.is_right
            assert client.clock.ahead_s == pytest.approx(-9000 * 86400, abs=2)


async def test_a_clock_that_jumps_while_connected_is_read_again() -> None:
    with onvif_camera() as camera:
        async with client_of(camera) as client:
            await client.information()
            camera.clock_ahead = timedelta(hours=-5)
            await client.information()
            assert camera.asked.count("GetSystemDateAndTime") == 2


async def test_a_clock_that_only_users_may_read() -> None:
    with onvif_camera(StubCamera(clock_needs_login=True)) as camera:
        async with client_of(camera) as client:
            assert (await client.information()).model == "SC-1"


async def test_a_wrong_password_and_a_wrong_clock_are_told_together() -> None:
    with onvif_camera(StubCamera(clock_ahead=timedelta(hours=3))) as camera:
        async with OnvifClient(camera.address, Credentials("operator", "wrong")) as client:
            with pytest.raises(NotAuthorized) as failure:
                await client.information()
    assert str(failure.value) == "The camera refuses the user name or password. Its clock is 3 hours ahead, which can be why."


async def test_no_password_given_is_said_as_that() -> None:
    with onvif_camera() as camera:
        async with OnvifClient(camera.address, Credentials()) as client:
            with pytest.raises(NotAuthorized, match="The camera wants a user name and password"):
                await client.information()


async def test_http_digest_where_the_device_wants_it() -> None:
    with onvif_camera(StubCamera(wants_digest=True)) as camera:
        async with client_of(camera) as client:
            assert (await client.information()).serial_number == "0815"
            assert await snapshot(client, "main") == JPEG
        async with OnvifClient(camera.address, Credentials("operator", "wrong")) as wrong:
            with pytest.raises(NotAuthorized):
                await wrong.information()


@pytest.mark.parametrize("digest", [("MD5-sess", "auth"), ("SHA-256", "auth"), ("MD5", "auth-int"), ("SHA-256", "auth-int")])
async def test_other_kinds_of_http_digest(digest: tuple[str, str]) -> None:
    with onvif_camera(StubCamera(wants_digest=True, digest=digest)) as camera:
        async with client_of(camera) as client:
            assert (await client.information()).serial_number == "0815"


@pytest.mark.parametrize("content_type", ["application/soap+xml", "text/html", "application/octet-stream", ""])
async def test_answers_in_chunks_and_under_other_names(content_type: str) -> None:
    with onvif_camera(StubCamera(is_chunked=True, content_type=content_type)) as camera:
        async with client_of(camera) as client:
            assert (await client.information()).model == "SC-1"
            assert len(await profiles(client)) == 3


@pytest.mark.parametrize("status", [200, 400, 500])
async def test_a_fault_is_a_fault_under_whatever_status(status: int) -> None:
    camera = StubCamera(instead={"GetDeviceInformation": fault("OutofMemory", "Try later")}, statuses={"GetDeviceInformation": status})
    with onvif_camera(camera):
        failure = await failure_of(camera)
    assert (type(failure), str(failure)) == (CameraRefuses, "The camera refuses GetDeviceInformation: Try later")


async def test_prefixes_of_its_own_making_and_soap_1_1_are_understood() -> None:
    odd = (
        b'<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Header/><SOAP-ENV:Body>'
        b'<GetDeviceInformationResponse xmlns="http://www.onvif.org/ver10/device/wsdl"><Model>X</Model></GetDeviceInformationResponse>'
        b"</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )
    with onvif_camera(StubCamera(instead={"GetDeviceInformation": odd})) as camera:
        async with client_of(camera) as client:
            assert (await client.information()).model == "X"


async def test_a_camera_without_a_profile_says_so() -> None:
    empty = envelope("<trt:GetProfilesResponse/>")
    with onvif_camera(StubCamera(instead={"GetProfiles": empty})) as camera:
        async with client_of(camera) as client:
            with pytest.raises(Malformed, match="The camera offers no stream"):
                await offered_streams(client)


async def test_tls_with_the_camera_s_own_certificate(tmp_path: Path) -> None:
    with onvif_camera(tls=self_signed_context(tmp_path)) as camera:
        address = DeviceAddress("127.0.0.1", camera.port, is_tls=True)
        async with OnvifClient(address, camera.credentials) as client:
            assert (await client.information()).manufacturer == "Example"


async def test_an_old_device_without_get_services() -> None:
    with onvif_camera(StubCamera(has_get_services=False)) as camera:
        async with client_of(camera) as client:
            await client.connect()
            assert set(client.services) == {"media", "ptz", "imaging", "events"}


async def test_a_missing_service_is_named() -> None:
    with onvif_camera(StubCamera(services={"media"})) as camera:
        async with client_of(camera) as client:
            with pytest.raises(NotSupported, match="The camera has no PTZ service"):
                await client.call("ptz", "GetNodes")


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (b"", NotOnvif, "does not speak ONVIF"),
        (b"<html><body>Login</body></html>", NotOnvif, "does not speak ONVIF"),
        (b'{"error": 1}', NotOnvif, "does not speak ONVIF"),
        (b"<s:Envelope><s:Body><tds:GetDeviceInf", Malformed, "not what the standard asks for"),
        (envelope("<tds:SomethingElse/>"), Malformed, "not what the standard asks for"),
        (envelope(""), Malformed, "not what the standard asks for"),
        (fault("ActionNotSupported", "Optional Action Not Implemented"), NotSupported, "does not offer GetDeviceInformation"),
        (fault("InvalidArgVal", "go away"), CameraRefuses, "refuses GetDeviceInformation: go away"),
        (fault("OperationProhibited", "Wrong username or password"), NotAuthorized, "user name or password"),
        (b"x" * (4 * 2**20 + 1), Malformed, "more than 4194 KB"),
        (envelope("").replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "b">]>'), Malformed, "not what the standard asks for"),
        (b'<!DOCTYPE x [<!ENTITY a "&b;&b;"><!ENTITY b "x">]><x>&a;</x>', NotOnvif, "does not speak ONVIF"),
    ],
)
async def test_odd_answers_are_told_in_words(answer: bytes, kind: type[OnvifError], words: str) -> None:
    camera = StubCamera(instead={"GetDeviceInformation": answer})
    with onvif_camera(camera):
        failure = await failure_of(camera)
    assert type(failure) is kind
    assert words in str(failure)


@pytest.mark.parametrize(
    ("status", "kind"), [(404, NotOnvif), (503, CameraRefuses), (403, NotAuthorized), (302, NotOnvif), (500, CameraRefuses)]
)
async def test_odd_statuses_are_told_in_words(status: int, kind: type[OnvifError]) -> None:
    camera = StubCamera(instead={"GetDeviceInformation": b"<p>no</p>"}, statuses={"GetDeviceInformation": status})
    with onvif_camera(camera):
        assert type(await failure_of(camera)) is kind


async def test_every_truncation_of_an_answer_is_told_and_none_crashes() -> None:
    whole = envelope("<tds:GetDeviceInformationResponse><tds:Model>x</tds:Model></tds:GetDeviceInformationResponse>")
    camera = StubCamera()
    with onvif_camera(camera):
        async with client_of(camera) as client:
            for length in range(0, len(whole), 7):
                camera.instead["GetDeviceInformation"] = whole[:length]
                try:
                    await client.information()
                except OnvifError:
                    continue


async def test_a_device_that_answers_late_or_not_at_all() -> None:
    camera = StubCamera(delays_s={"GetDeviceInformation": 1.0})
    with onvif_camera(camera):
        begin = time.monotonic()
        failure = await failure_of(camera, timeout_s=0.4)
        assert time.monotonic() - begin < 5  # the library reads its descriptions first
    assert isinstance(failure, Unreachable)
    assert failure.was_sent
    assert "did not answer within 0.4 s" in str(failure)


async def test_nobody_at_home() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    failure = await failure_of(StubCamera(port=port))
    assert isinstance(failure, Unreachable)
    assert not failure.was_sent
    assert str(failure) == f"Something is there, but nothing accepts connections at 127.0.0.1:{port}."


async def test_a_camera_that_restarts_is_reached_again_by_the_same_client() -> None:
    with onvif_camera() as camera:
        client = OnvifClient(camera.address, camera.credentials)
        await client.information()
    with onvif_camera(port=camera.port):
        assert (await client.information()).model == "SC-1"
    await client.aclose()


async def test_answers_with_undeclared_prefixes_are_understood() -> None:
    with ipycam(is_mended=False) as camera:
        async with OnvifClient(camera.address, camera.credentials) as client:
            await client.information()
            answer = await client.call("ptz", "GetConfigurations")
            assert text(answer, "PTZConfiguration", "NodeToken") == "PTZ_Node_1"

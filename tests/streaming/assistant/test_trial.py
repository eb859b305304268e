"""From an address and a login to pictures: by the device's own word, by the makers' patterns, or why not."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from cameras.discovery import onvif_door
from cameras.findings import Grade, cause
from streaming.assistant import streams
from streaming.assistant.outcome import Outcome, Way
from streaming.assistant.place import parse_place
from streaming.assistant.trial import Doing, TrialStep, Wish, try_camera
from tests.support.ipycam_camera import PASSWORD, USERNAME, Ipycam, ipycam
from tests.support.rtsp_camera import TestCamera

HIKVISION = {"/Streaming/Channels/101": "h264_aac", "/Streaming/Channels/102": "h264_sub"}


@pytest.fixture(autouse=True)
def no_onvif_but_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of what else listens on this machine is a camera."""
    find_device = onvif_door.find_device
    monkeypatch.setattr(streams, "find_device", lambda host: find_device(host, ()))


@pytest.fixture
def device() -> Iterator[Ipycam]:
    with ipycam() as running:
        yield running


async def tried(address: str, username: str = "", password: str = "", **how: Any) -> tuple[Outcome, list[TrialStep]]:
    steps: list[TrialStep] = []
    outcome = await try_camera(Wish(parse_place(address, username, password), **how), steps.append)
    return outcome, steps


def why(outcome: Outcome) -> tuple[str, Grade]:
    first = cause(outcome.findings)
    assert first is not None
    return first.check, first.grade


def at(camera: TestCamera, path: str = "") -> str:
    return camera.url(path) if path else f"127.0.0.1:{camera.port}"


async def test_a_device_with_onvif_tells_its_streams_itself(device: Ipycam) -> None:
    mounts = {f"/{device.camera.config.main_stream_name}": "h264_aac", f"/{device.camera.config.sub_stream_name}": "h264_sub"}
    with TestCamera(mounts, username=USERNAME, password=PASSWORD) as camera:
        device.camera.config.rtsp_port = camera.port
        outcome, steps = await tried(f"http://127.0.0.1:{device.port}", USERNAME, PASSWORD)
    assert outcome.known.way is Way.ONVIF
    assert outcome.known.device
    assert len(outcome.known.offers) >= 2
    main, sub = outcome.streams
    assert (main.role, main.codec, main.width_px, main.height_px, main.gop_ms) == ("main", "h264", 640, 360, 800)
    assert main.rate_fps == pytest.approx(25, abs=1)
    assert main.bitrate_bps > 100_000
    assert main.sound == "AAC, 16 kHz"
    assert outcome.streams[1].sound == ""
    assert Image.open(io.BytesIO(main.picture)).size == (640, 360)
    assert (sub.role, sub.width_px) == ("sub", 320)
    assert cause(outcome.findings) is None
    said = [step.text for step in steps if isinstance(step, Doing)]
    assert any("ONVIF" in text for text in said)
    assert PASSWORD not in repr((outcome, steps))


async def test_a_typed_port_may_be_that_of_onvif(device: Ipycam) -> None:
    outcome, _ = await tried(f"127.0.0.1:{device.port}", USERNAME, "wrong")
    assert why(outcome) == ("login", Grade.BAD)
    assert outcome.known.onvif == str(device.address)


async def test_without_onvif_the_makers_patterns_are_tried() -> None:
    with TestCamera(HIKVISION, username="admin", password="p@ss") as camera:
        outcome, steps = await tried(at(camera), "admin", "p@ss")
    assert outcome.known.way is Way.PATTERN
    assert [stream.url.path for stream in outcome.streams] == list(HIKVISION)
    assert any("Trying the addresses" in step.text for step in steps if isinstance(step, Doing))


async def test_the_makers_who_want_the_login_in_the_path() -> None:
    path = "/user=admin&password=p@ss/w&channel=1&stream={}.sdp?real_stream"
    with TestCamera({path.format(0): "h264", path.format(1): "h264_sub"}) as camera:
        outcome, steps = await tried(at(camera), "admin", "p@ss/w", maker="xiongmai")
    assert [stream.url.path.count("{password}") for stream in outcome.streams] == [1, 1]
    assert outcome.streams[0].picture
    assert "p@ss/w" not in repr((outcome, steps))


async def test_a_wrong_password_ends_the_trying_of_patterns_at_once() -> None:
    with TestCamera(HIKVISION, username="admin", password="p@ss") as camera:
        outcome, _ = await tried(at(camera), "admin", "geheim")
        assert camera.counters.requests["DESCRIBE"] == 2, "once without, once with the password"
    assert why(outcome) == ("login", Grade.BAD)
    assert "geheim" not in repr(outcome)


async def test_a_missing_login_is_asked_for() -> None:
    with TestCamera(HIKVISION, username="admin", password="p@ss") as camera:
        outcome, _ = await tried(at(camera))
    assert why(outcome) == ("login", Grade.BAD)
    assert "asks for a user name" in next(finding.text for finding in outcome.findings if finding.check == "login")


async def test_a_whole_address_is_taken_as_it_is_and_its_smaller_stream_found() -> None:
    with TestCamera(HIKVISION, username="admin", password="p@ss") as camera:
        outcome, _ = await tried(at(camera, "/Streaming/Channels/101"), "admin", "p@ss")
        refused, _ = await tried(at(camera, "/Streaming/Channels/101"), "admin", "wrong")
        assert camera.counters.requests["DESCRIBE"] == 2 + 2 + 2 + 2, "the wrong password was sent once"
    assert outcome.known.way is Way.ADDRESS
    assert [stream.role for stream in outcome.streams] == ["main", "sub"]
    assert why(refused) == ("login", Grade.BAD)


async def test_streams_can_be_chosen_among_those_offered() -> None:
    with TestCamera(HIKVISION) as camera:
        place = parse_place(at(camera), "", "")
        chosen = {"main": parse_place(at(camera, "/Streaming/Channels/102"), "", "").stream}
        outcome = await try_camera(Wish(place, chosen=chosen), lambda step: None)  # type: ignore[arg-type]  # it is one
    assert [(stream.role, stream.width_px) for stream in outcome.streams] == [("main", 320)]


async def test_a_camera_whose_path_nobody_knows_is_explained() -> None:
    with TestCamera({"/my/own": "h264"}) as camera:
        outcome, _ = await tried(at(camera))
    assert why(outcome) == ("description", Grade.BAD)
    assert "enter it whole" in outcome.findings[-1].advice


async def test_nothing_there_and_something_else_there_are_told_apart(device: Ipycam) -> None:
    with TestCamera("h264") as camera:
        gone = camera.port
    nothing, _ = await tried(f"127.0.0.1:{gone}")
    assert why(nothing) == ("port", Grade.BAD)
    unknown, _ = await tried("no-such-camera.invalid")
    assert why(unknown) == ("name", Grade.BAD)


async def test_a_camera_that_works_badly_is_tried_all_the_same() -> None:
    with TestCamera({"/stream1": "mjpeg"}) as camera:
        outcome, _ = await tried(at(camera))
    assert outcome.streams[0].codec == "mjpeg"
    assert outcome.streams[0].picture.startswith(b"\xff\xd8")
    assert why(outcome)[1] is Grade.LOOK

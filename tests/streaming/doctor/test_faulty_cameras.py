"""Cameras with one fault each: the doctor names that fault, and not one of its consequences."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pytest

from cameras.findings import CHECKS, Finding, Grade, cause, worst
from cameras.stream_url import Credentials, StreamUrl, parse_stream_url
from streaming.doctor.camera import CameraReport, Patient, examine
from streaming.doctor.examination import Limits, Progress, Step, Target
from streaming.rtsp.client import TransportChoice
from tests.support.certificates import self_signed_context
from tests.support.rtsp_camera import TestCamera
from tests.support.scripted_rtsp import ScriptedRtsp

LOGIN = Credentials("u", "p@ss")
SHORT = Limits(connect_s=2.0, response_s=1.0, first_packet_s=1.0, keyframe_s=1.5, watch_s=1.2, watch_most_s=3.0, keyframes=2)
LONG = replace(SHORT, watch_s=5.6, watch_most_s=8.0)


async def examined(
    address: StreamUrl | str, sub: str = "", *, limits: Limits = SHORT, credentials: Credentials = LOGIN, **how: object
) -> CameraReport:
    def target(url: StreamUrl | str) -> Target:
        return Target(parse_stream_url(url) if isinstance(url, str) else url, credentials, **how)  # type: ignore[arg-type]  # by the tests

    targets = {"main": target(address)} | ({"sub": target(sub)} if sub else {})
    return await examine(Patient(targets, has_onvif_looked_at=False), limits, lambda step: None)


def named(report: CameraReport) -> tuple[str, str, str]:
    """Which check, of which stream, how bad."""
    found = cause(report.findings)
    assert found is not None
    return found.check, found.stream, found.grade


def of(report: CameraReport, check: str, stream: str = "main") -> Finding:
    return next(finding for finding in report.findings if (finding.check, finding.stream) == (check, stream))


def camera(clips: str | dict[str, str] = "h264_aac", **options: object) -> TestCamera:
    return TestCamera(clips, username="u", password="p@ss", **options)  # type: ignore[arg-type]  # by the tests


async def test_a_camera_without_fault_gets_a_clean_bill() -> None:
    with camera({"/main": "h264_aac", "/sub": "h264_sub"}) as healthy:
        report = await examined(healthy.url("/main"), healthy.url("/sub"))
    assert cause(report.findings) is None
    assert worst(report.findings) is Grade.GOOD
    stream_checks = [check for check in CHECKS if check not in ("tls", "sub_stream") and not check.startswith("onvif")]
    for stream, checks in (("main", stream_checks[3:]), ("sub", stream_checks[3:]), ("", stream_checks[:3])):
        assert [finding.check for finding in report.findings if finding.stream == stream and finding.check != "sub_stream"] == checks
    assert all(not finding.meaning and not finding.advice for finding in report.findings)
    facts = {**of(report, "codec").facts, **of(report, "keyframes").facts}
    assert (facts["codec"], facts["width_px"], facts["height_px"], facts["gop_ms"], facts["gop_pictures"]) == ("h264", 640, 360, 800, 20)
    assert report.seen["main"].keyframe.startswith(b"\0\0\0\1")


# The network


async def test_a_name_nobody_knows() -> None:
    report = await examined("rtsp://front-door.invalid/main")
    assert named(report) == ("name", "", "bad")
    assert of(report, "packets").grade is Grade.NOT_REACHED


async def test_an_address_nobody_has() -> None:
    report = await examined("rtsp://224.0.0.9/main")
    assert named(report) == ("route", "", "bad")


async def test_a_camera_with_rtsp_switched_off() -> None:
    with contextlib.closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        report = await examined(StreamUrl("rtsp", "127.0.0.1", taken.getsockname()[1], "/main"))
    assert named(report) == ("port", "", "bad")
    assert of(report, "route", "").grade is Grade.GOOD


async def test_a_web_server_at_the_port() -> None:
    async with ScriptedRtsp() as web:
        web.on["OPTIONS"] = lambda request: b"HTTP/1.1 400 Bad Request\r\n\r\n"
        report = await examined(web.address)
    assert named(report) == ("rtsp", "main", "bad")
    assert "web server" in of(report, "rtsp").text


async def test_a_camera_that_takes_connections_and_never_answers() -> None:
    with camera() as hung:
        hung.mute()
        assert named(await examined(hung.url())) == ("rtsp", "main", "bad")


async def test_a_certificate_that_was_to_be_verified(tmp_path: Path) -> None:
    with camera(tls=self_signed_context(tmp_path)) as encrypted:
        lenient = await examined(encrypted.url())
        strict = await examined(encrypted.url(), verify_tls=True)
    assert of(lenient, "tls", "").grade is Grade.LOOK  # it expires tomorrow
    assert "expires" in of(lenient, "tls", "").text
    assert named(strict) == ("tls", "", "bad")
    assert of(strict, "rtsp").grade is Grade.NOT_REACHED


# Getting in


@pytest.mark.parametrize("scheme", ["basic", "digest"])
async def test_a_wrong_password_is_named_tried_once_and_never_shown(scheme: Literal["basic", "digest"]) -> None:
    with camera({"/main": "h264_aac", "/sub": "h264_sub"}, auth=scheme) as locked:
        report = await examined(locked.url("/main"), locked.url("/sub"), credentials=Credentials("u", "geheim"))
        assert locked.counters.requests["DESCRIBE"] == 2, "once without and once with the password, for one stream only"
    assert named(report) == ("login", "main", "bad")
    assert "geheim" not in repr(report)
    assert of(report, "login").facts["scheme"] == ("Basic" if scheme == "basic" else "Digest MD5")


async def test_a_camera_that_was_given_no_login() -> None:
    with camera() as locked:
        report = await examined(locked.url(), credentials=Credentials())
    assert named(report) == ("login", "main", "bad")
    assert "Enter those" in of(report, "login").advice


async def test_passwords_that_can_be_read_and_none_at_all_are_worth_a_look() -> None:
    with camera(auth="basic") as basic, TestCamera("h264_aac") as wide_open:
        assert named(await examined(basic.url())) == ("login", "main", "look")
        assert named(await examined(wide_open.url())) == ("login", "main", "look")


async def test_a_path_that_is_not_there() -> None:
    with camera() as other:
        assert named(await examined(other.url("/nothing"))) == ("description", "main", "bad")


async def test_a_camera_with_too_many_viewers() -> None:
    with camera() as busy:
        busy.refuse(453)
        report = await examined(busy.url())
    assert named(report) == ("rtsp", "main", "bad")
    assert "connections" in of(report, "rtsp").meaning


async def test_a_format_nobody_shows() -> None:
    async with ScriptedRtsp(sdp=b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 MP4V-ES/90000\r\n") as old:
        report = await examined(old.address)
    assert named(report) == ("codec", "main", "bad")


# The stream


@dataclass(frozen=True)
class Fault:
    check: str
    grade: str
    spoil: Callable[[TestCamera], object]
    clip: str = "h264_aac"
    limits: Limits = SHORT
    transport: TransportChoice = "tcp"


FAULTS = {
    "sends nothing": Fault("packets", "bad", TestCamera.hang),
    "a firewall against UDP": Fault("transport", "look", TestCamera.block_udp, transport="auto"),
    "UDP asked for, not to be had": Fault("transport", "bad", TestCamera.no_udp, transport="udp"),
    "no keyframe": Fault("keyframe", "bad", TestCamera.drop_keyframes),
    "smart codec": Fault(
        "smart_codec", "look", lambda c: c.save_keyframes(growing=True), "h264_dense", replace(SHORT, watch_s=3.2, keyframes=5)
    ),
    "keyframes far apart": Fault(
        "keyframes", "look", lambda c: c.save_keyframes(every=6), limits=replace(SHORT, watch_s=5.2, keyframes=2, watch_most_s=6)
    ),
    "far too many keyframes": Fault("keyframes", "look", lambda c: None, "h264_dense"),
    "B-frames": Fault("reordering", "look", lambda c: None, "h264_b"),
    "a weak Wi-Fi": Fault("loss", "bad", lambda c: c.lose(0.1), transport="udp", limits=replace(SHORT, keyframe_s=8, watch_s=4.0)),
    "a link too narrow": Fault("bitrate", "bad", lambda c: c.narrow(40_000), limits=LONG),
    "a clock that is slow": Fault("clock", "bad", lambda c: c.pace(0.9), limits=LONG),
    "a clock that is a little fast": Fault("clock", "look", lambda c: c.pace(1.012), limits=LONG),
    "parameter sets in the description only": Fault("parameter_sets", "look", TestCamera.drop_parameter_sets),
    "sound that never comes": Fault("sound", "look", TestCamera.drop_audio),
    "a codec of another age": Fault("codec", "look", lambda c: None, "mjpeg_pcma"),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_the_fault_of_a_stream_is_named(name: str) -> None:
    fault = FAULTS[name]
    with camera(fault.clip) as faulty:
        fault.spoil(faulty)
        report = await examined(faulty.url(), limits=fault.limits, transport=fault.transport)
    findings = [finding for finding in report.findings if finding.check != "sub_stream"]  # there is none, which is another fault
    found = cause(findings)
    assert found is not None
    assert (found.check, found.stream, found.grade) == (fault.check, "main", fault.grade), found
    assert found.meaning
    assert found.advice


async def test_a_camera_that_hangs_up_on_us() -> None:
    with camera() as rude:
        steps: list[Step] = []

        def tell(step: Step) -> None:
            steps.append(step)
            if isinstance(step, Progress) and step.share > 0.5 and rude.connections:
                threading.Thread(target=rude.drop, args=("fin",)).start()

        report = await examine(Patient({"main": Target(parse_stream_url(rude.url()), LOGIN)}, has_onvif_looked_at=False), SHORT, tell)
    assert named(report) == ("staying", "main", "bad")
    assert of(report, "codec").grade is Grade.GOOD, "what was seen before still counts"


async def test_time_stamps_that_leap() -> None:
    with camera() as leaping:

        def tell(step: Step) -> None:
            if isinstance(step, Progress) and step.share > 0.5 and not leaping.faults.jump_ms:
                leaping.jump(3600)

        report = await examine(Patient({"main": Target(parse_stream_url(leaping.url()), LOGIN)}, has_onvif_looked_at=False), SHORT, tell)
    assert named(report) == ("clock", "main", "bad")
    assert of(report, "clock").facts["leaps"] is True


# Two streams


@pytest.mark.parametrize(
    ("clip", "check", "words"),
    [("h264_aac", "sub_stream", "no smaller"), ("h264_square", "sub_stream", "shape"), ("mjpeg", "codec", "no smaller")],
)
async def test_a_sub_stream_that_does_not_serve(clip: str, check: str, words: str) -> None:
    with camera({"/main": "h264_aac", "/sub": clip}) as odd:
        report = await examined(odd.url("/main"), odd.url("/sub"))
    assert named(report) == (check, "" if check == "sub_stream" else "sub", "look")
    assert words in of(report, "sub_stream", "").text


async def test_a_camera_without_sub_stream_is_worth_a_look() -> None:
    with camera() as single:
        assert named(await examined(single.url())) == ("sub_stream", "", "look")


async def test_a_sub_stream_that_is_gone_does_not_hide_that_the_main_one_is_well() -> None:
    with camera({"/main": "h264_aac"}) as half:
        report = await examined(half.url("/main"), half.url("/gone"))
    assert named(report) == ("description", "sub", "bad")
    assert of(report, "codec", "main").grade is Grade.GOOD

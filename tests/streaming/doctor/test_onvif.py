"""What the doctor says of a camera's ONVIF: a camera of another make, and what no camera at hand gives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cameras.findings import Finding, Grade
from cameras.stream_url import Credentials, parse_stream_url
from streaming.doctor.camera import Patient, examine
from streaming.doctor.checks import onvif
from streaming.doctor.evidence import OfferedAddress, OnvifEvidence
from streaming.doctor.examination import Limits, Target
from streaming.doctor.onvif_visit import visit
from tests.support.ipycam_camera import ipycam
from tests.support.rtsp_camera import TestCamera

HERE = parse_stream_url("rtsp://192.168.1.20/main")
WELL = OnvifEvidence((80,), 80, 0.4, "Acme X1", "1.2", (OfferedAddress(parse_stream_url("rtsp://192.168.1.20/h264"), 1920, 1080),))


def grades(evidence: OnvifEvidence, *, is_stream_missing: bool = False) -> dict[str, tuple[Grade, str]]:
    found = onvif.check(evidence, HERE, is_stream_missing=is_stream_missing)
    return {finding.check: (finding.grade, f"{finding.text} {finding.advice}") for finding in found}


def test_a_camera_that_is_well() -> None:
    assert {check: grade for check, (grade, _) in grades(WELL).items()} == {
        "onvif": Grade.GOOD,
        "onvif_login": Grade.GOOD,
        "onvif_clock": Grade.GOOD,
    }


def test_no_onvif_is_no_fault() -> None:
    assert list(grades(OnvifEvidence((80, 8000)))) == ["onvif"]
    assert grades(OnvifEvidence((80, 8000)))["onvif"][0] is Grade.NOT_REACHED


def test_a_refused_login_a_wrong_clock_and_odd_answers_are_each_named() -> None:
    refused = grades(replace(WELL, name="", refusal="The camera refuses the user name or password.", clock_ahead_s=-7200.0))
    assert refused["onvif_login"][0] is refused["onvif_clock"][0] is Grade.LOOK
    assert "2 hours behind" in refused["onvif_clock"][1]
    assert grades(replace(WELL, trouble="The camera's answer is odd."))["onvif"][0] is Grade.LOOK


def test_where_the_camera_itself_says_its_streams_are_helps_when_there_was_none() -> None:
    grade, words = grades(WELL, is_stream_missing=True)["onvif"]
    assert grade is Grade.LOOK
    assert "rtsp://192.168.1.20/h264 (1920 × 1080)" in words


async def test_a_visit_to_a_camera_of_another_make() -> None:
    with ipycam() as camera:
        let_in = await visit("127.0.0.1", camera.credentials, camera.address)
        refused = await visit("127.0.0.1", Credentials("operator", "wrong"), camera.address)
        unasked = await visit("127.0.0.1", Credentials(), camera.address)
    assert (let_in.refusal, let_in.trouble) == ("", "")
    assert let_in.name
    assert let_in.streams
    assert let_in.clock_ahead_s is not None
    assert refused.refusal
    assert (unasked.name, unasked.refusal, unasked.port) == ("", "", camera.port)


@pytest.mark.parametrize("path", ["/main", "/wrong"])
async def test_the_whole_camera_is_examined_with_it(path: str) -> None:
    with ipycam() as device, TestCamera({"/main": "h264_aac"}, username="operator", password=device.credentials.password) as streams:
        device.camera.config.rtsp_port = streams.port
        target = Target(parse_stream_url(streams.url(path)), device.credentials)
        report = await examine(Patient({"main": target}, device.address), Limits(watch_s=1.0, keyframes=2), lambda step: None)
    found: dict[str, Finding] = {finding.check: finding for finding in report.findings}
    assert found["onvif_login"].grade is found["onvif_clock"].grade is Grade.GOOD
    assert ("elsewhere" in found["onvif"].text) is (path == "/wrong")

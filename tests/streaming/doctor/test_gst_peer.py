"""Cameras by other hands: what the doctor says of gst-rtsp-server's streams."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cameras.findings import Finding, Grade
from cameras.stream_url import Credentials, parse_stream_url
from streaming.doctor.camera import Patient, examine
from streaming.doctor.examination import Limits, Target
from streaming.rtsp.client import TransportChoice
from tests.support.gst_camera import gst_camera

pytestmark = pytest.mark.peer
LIMITS = Limits(watch_s=3.2, watch_most_s=6.0, keyframes=3)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with gst_camera("--digest", "u", "p@ss") as address:
        yield address


async def findings(url: str, transport: TransportChoice = "tcp") -> dict[str, Finding]:
    patient = Patient({"main": Target(parse_stream_url(url), Credentials("u", "p@ss"), transport)}, has_onvif_looked_at=False)
    report = await examine(patient, LIMITS, lambda step: None)
    return {finding.check: finding for finding in report.findings}


@pytest.mark.parametrize(
    ("path", "transport", "noticed"),
    [
        ("/h264", "tcp", set()),
        ("/h264_slices", "udp", set()),
        ("/h264_aggregated", "tcp", set()),
        ("/h264_b", "tcp", {"reordering"}),
        ("/h265", "tcp", {"codec", "parameter_sets"}),
        ("/mjpeg", "tcp", {"codec"}),
    ],
)
async def test_a_stream_of_another_make(base: str, path: str, transport: TransportChoice, noticed: set[str]) -> None:
    found = await findings(base + path, transport)
    assert {check for check, finding in found.items() if finding.grade is not Grade.GOOD} == noticed | {"sub_stream"}
    assert 24 <= float(found["codec"].facts["rate_fps"]) <= 26
    if path != "/mjpeg":
        assert found["keyframes"].facts["gop_ms"] == pytest.approx(1000, abs=60)


async def test_what_it_can_not_show_is_named(base: str) -> None:
    assert (await findings(f"{base}/vp8"))["codec"].grade is Grade.BAD
    assert (await findings(f"{base}/aac_only"))["description"].grade is Grade.BAD

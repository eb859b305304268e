"""What a single check makes of evidence that no test camera gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cameras.findings import CHECKS, Grade
from cameras.stream_url import StreamUrl
from streaming.doctor.checks import CHECKS_OF_A_STREAM, clock, keyframes, login, loss, name, port, route, smart_codec, tls
from streaming.doctor.evidence import Answer, Certificate, Contact, Evidence, Exchange, Lookup, Observation
from streaming.doctor.watch import ClockReport
from streaming.media.packet import Codec
from streaming.rtsp.auth import Challenge
from tests.streaming.doctor.test_measures import stream

NOW_MS = 1_764_000_000_000


def evidence(host: str = "192.168.1.20") -> Evidence:
    return Evidence(StreamUrl("rtsp", host, 554, "/main"), True, False, "tcp", NOW_MS)


def observed(pictures: list[object] | None = None, **what: object) -> Evidence:
    shown = stream(10) if pictures is None else pictures
    seen = Observation(Codec.H264, 10_000, 1000, 0, 0, 1.0, 50, 10**6, 0, shown, (), 10, 20)  # type: ignore[arg-type]  # pictures
    found = evidence()
    found.means = "tcp"
    found.observation = replace(seen, **what)  # type: ignore[arg-type]  # by the tests
    return found


def test_checks_stand_in_the_order_they_are_shown() -> None:
    shown = [check for check in CHECKS if check != "sub_stream" and not check.startswith("onvif")]
    assert list(CHECKS_OF_A_STREAM) == shown


def test_every_check_is_silent_about_what_it_knows_nothing_of() -> None:
    said = [check for check in CHECKS_OF_A_STREAM.values() if check(evidence("camera.local"))]
    assert said == []


def test_a_name_that_takes_long_is_worth_a_look() -> None:
    slow = evidence("camera.local")
    slow.lookup = Lookup(("192.168.1.20",), 3200)
    found = name.check(slow)
    assert found is not None
    assert found.grade is Grade.LOOK


@pytest.mark.parametrize(
    ("contact", "route_grade", "port_grade", "words"),
    [
        (Contact(Answer.OPEN, "192.168.1.20", 3, "192.168.1.5"), Grade.GOOD, Grade.GOOD, "open"),
        (Contact(Answer.OPEN, "192.168.1.20", 400, "192.168.1.5"), Grade.LOOK, Grade.GOOD, "open"),
        (Contact(Answer.SILENT, "192.168.1.20", 5000, "192.168.1.5"), Grade.BAD, None, ""),
        (Contact(Answer.UNREACHABLE, "192.168.1.20", 3000, "192.168.1.5"), Grade.BAD, None, ""),
        (Contact(Answer.SILENT, "192.168.1.20", 5000, "192.168.1.5", ((80, Answer.OPEN),)), Grade.GOOD, Grade.BAD, "firewall"),
        (Contact(Answer.REFUSED, "192.168.1.20", 1, "192.168.1.5", ((8554, Answer.OPEN),)), Grade.GOOD, Grade.BAD, "8554"),
    ],
)
def test_what_a_connection_tells_of_way_and_port(contact: Contact, route_grade: Grade, port_grade: Grade | None, words: str) -> None:
    seen = evidence()
    seen.contact = contact
    way, door = route.check(seen), port.check(seen)
    assert way is not None
    assert way.grade is route_grade
    assert (door and door.grade) is port_grade
    assert door is None or words in " ".join((door.text, door.meaning, door.advice))


def test_a_camera_in_another_network_is_suspected_to_be_there() -> None:
    seen = evidence()
    seen.contact = Contact(Answer.SILENT, "192.168.1.20", 5000, "10.0.0.5")
    found = route.check(seen)
    assert found is not None
    assert "10.0.0.5" in found.advice
    assert found.facts["is_in_same_network"] is False


def test_certificates() -> None:
    seen = evidence()
    seen.certificate = Certificate("TLSv1.3", "IPCamera", True, None, datetime(2020, 1, 1, tzinfo=UTC), "self-signed certificate")
    expired = tls.check(seen)
    seen.certificate = replace(seen.certificate, ends_at=datetime(2035, 1, 1, tzinfo=UTC))
    well = tls.check(seen)
    seen.certificate = Certificate(failure="wrong version number")
    plain = tls.check(seen)
    assert expired is not None
    assert well is not None
    assert plain is not None
    assert (expired.grade, well.grade, plain.grade) == (Grade.LOOK, Grade.GOOD, Grade.BAD)
    assert expired.facts["ends_on"] == "2020-01-01"


def test_digest_is_named_with_its_hash() -> None:
    seen = evidence()
    seen.exchanges = [
        Exchange("DESCRIBE", 401, "", (Challenge("basic"), Challenge("digest", algorithm="SHA-256"))),
        Exchange("DESCRIBE", 200, ""),
    ]
    found = login.check(seen)
    assert found is not None
    assert (found.grade, found.facts["scheme"]) == (Grade.GOOD, "Digest SHA-256")


def test_loss_over_tcp_is_the_cameras_own() -> None:
    seen = observed(lost_packets=30)
    found = loss.check(seen)
    assert found is not None
    assert "camera itself" in found.meaning
    seen.means = "udp"
    over_udp = loss.check(seen)
    assert over_udp is not None
    assert "TCP" in over_udp.advice


def test_a_fixed_interval_of_ten_seconds_is_long_but_not_smart() -> None:
    seen = observed(stream(31, gop_s=10), watched_ms=31_000)  # type: ignore[arg-type]  # pictures
    smart, far = smart_codec.check(seen), keyframes.check(seen)
    assert smart is not None
    assert far is not None
    assert (smart.grade, far.grade) == (Grade.GOOD, Grade.LOOK)
    assert far.facts["gop_ms"] == 10_000


def test_no_second_keyframe_in_half_a_minute_may_be_a_smart_codec() -> None:
    found = smart_codec.check(observed(stream(30, keys=(0,)), watched_ms=30_000))  # type: ignore[arg-type]  # pictures
    assert found is not None
    assert found.grade is Grade.LOOK


def test_extra_keyframes_at_scene_changes_are_no_fault() -> None:
    seen = observed(stream(8, keys=(0, 2, 2.6, 4.6, 6.6)))  # type: ignore[arg-type]  # pictures
    assert all(found is not None and found.grade is Grade.GOOD for found in (smart_codec.check(seen), keyframes.check(seen)))


@pytest.mark.parametrize(
    ("ahead_ms", "grade", "words"),
    [
        (0, Grade.GOOD, "evenly"),
        (3_600_000, Grade.LOOK, "60 minutes ahead"),
        (-86_400_000 * 3, Grade.LOOK, "3 days behind"),
        (-NOW_MS, Grade.GOOD, ""),
    ],
)
def test_the_time_of_day_a_camera_believes_in(ahead_ms: int, grade: Grade, words: str) -> None:
    found = clock.check(observed(reports=(ClockReport(0, NOW_MS + ahead_ms, NOW_MS),)))
    assert found is not None
    assert found.grade is grade
    assert words in found.text


def test_pictures_with_one_time_stamp_are_worth_a_look() -> None:
    twice = [replace(picture, at_90k=picture.at_90k // 7200 * 7200) for picture in stream(10)]
    found = clock.check(observed(twice))  # type: ignore[arg-type]  # pictures
    assert found is not None
    assert "same time stamp" in found.text

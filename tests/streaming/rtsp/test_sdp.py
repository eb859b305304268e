from __future__ import annotations

import base64
import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.media.packet import Codec
from streaming.rtsp.sdp import MediaDescription, SdpError, SessionDescription, build_sdp, parse_sdp, resolve_base, resolve_control, sprop

HIKVISION = b"""v=0
o=- 1583915000000000 1583915000000000 IN IP4 192.168.1.64
s=Media Presentation
e=NONE
b=AS:5100
t=0 0
a=control:rtsp://192.168.1.64/Streaming/Channels/101/
m=video 0 RTP/AVP 96
c=IN IP4 0.0.0.0
b=AS:5000
a=recvonly
a=x-dimensions:1920,1080
a=control:rtsp://192.168.1.64/Streaming/Channels/101/trackID=1
a=rtpmap:96 H264/90000
a=fmtp:96 profile-level-id=420029; packetization-mode=1; sprop-parameter-sets=Z00AKpWoHgCJ+WEAAAMAAQAAAwAyhA==,aO48gA==
m=audio 0 RTP/AVP 104
a=recvonly
a=control:trackID=2
a=rtpmap:104 mpeg4-generic/16000/1
a=fmtp:104 profile-level-id=15; streamtype=5; mode=AAC-hbr; config=1408;SizeLength=13; IndexLength=3; IndexDeltaLength=3
a=Media_header:MEDIAINFO=494D4B48010200000400000111710110401F000000FA000000000000000000000000000000000000;
m=application 0 RTP/AVP 107
a=control:trackID=3
a=rtpmap:107 vnd.onvif.metadata/90000
"""


def test_a_real_camera_s_description() -> None:
    session = parse_sdp(HIKVISION)
    video, audio, metadata = session.media
    assert session.control == "rtsp://192.168.1.64/Streaming/Channels/101/"
    assert (video.kind, video.codec, video.payload_type, video.clock_rate_hz, video.direction) == (
        "video",
        Codec.H264,
        96,
        90_000,
        "recvonly",
    )
    assert [nal[0] & 0x1F for nal in video.parameter_sets] == [7, 8]
    assert video.frame_size == "1920,1080"
    assert (audio.codec, audio.clock_rate_hz, audio.channels, audio.config) == (Codec.AAC, 16_000, 1, b"\x14\x08")
    assert audio.parameters["sizelength"] == "13"
    assert (metadata.kind, metadata.codec) == ("application", None)


def test_static_payload_types_and_the_first_known_format() -> None:
    pcma, pcmu, jpeg, first_known, unknown = parse_sdp(
        b"v=0\rm=audio 0 RTP/AVP 8\rm=audio 0 RTP/AVP 0\rm=video 0 RTP/AVP 26\r"
        b"m=audio 0 RTP/AVP 97 98 8\ra=rtpmap:97 G726-32/8000\ra=rtpmap:98 opus/48000/2\rm=video 0 RTP/AVP 99\r"
    ).media
    assert (pcma.codec, pcmu.codec, jpeg.codec) == (Codec.PCMA, Codec.PCMU, Codec.MJPEG)
    assert (first_known.codec, first_known.payload_type, first_known.channels) == (Codec.OPUS, 98, 2)
    assert (unknown.codec, unknown.encoding) == (None, "")


def test_parameter_sets_with_start_codes_bad_padding_and_rubbish() -> None:
    sets = ",".join((base64.b64encode(b"\0\0\0\1gabc").decode().rstrip("="), "!!!", "", base64.b64encode(b"hxyz\0\0").decode()))
    media = MediaDescription("video", 96, "H264", 90_000, parameters={"sprop-parameter-sets": sets})
    assert media.parameter_sets == (b"gabc", b"hxyz")


def test_h265_parameter_sets_come_in_decoding_order() -> None:
    parameters = {"sprop-pps": sprop((b"Dp",)), "sprop-sps": sprop((b"Bs",)), "sprop-vps": sprop((b"@v",))}
    assert MediaDescription("video", 96, "H265", 90_000, parameters=parameters).parameter_sets == (b"@v", b"Bs", b"Dp")


@pytest.mark.parametrize(("rate", "channels", "expected"), [(16_000, 1, "1408"), (48_000, 2, "1190"), (8_000, 1, "1588"), (12_345, 1, "")])
def test_a_missing_aac_config_is_that_of_low_complexity(rate: int, channels: int, expected: str) -> None:
    assert MediaDescription("audio", 97, "MPEG4-GENERIC", rate, channels).config.hex() == expected


@pytest.mark.parametrize(
    ("base", "control", "expected"),
    [
        ("rtsp://h/live/", "trackID=1", "rtsp://h/live/trackID=1"),
        ("rtsp://h/live", "trackID=1", "rtsp://h/live/trackID=1"),
        ("rtsp://h/live/", "/trackID=1", "rtsp://h/live/trackID=1"),
        ("rtsp://h/cam?channel=1&subtype=0", "trackID=0", "rtsp://h/cam?channel=1&subtype=0/trackID=0"),
        ("rtsp://h/cam", "?track=1", "rtsp://h/cam?track=1"),
        ("rtsp://h/live", "rtsp://other/abs", "rtsp://other/abs"),
        ("rtsp://h/live", "RTSPS://h/abs", "RTSPS://h/abs"),
        ("rtsp://h/live/", "*", "rtsp://h/live/"),
        ("rtsp://h/live", "", "rtsp://h/live"),
        ("rtsp://h", "a/b", "rtsp://h/a/b"),
    ],
)
def test_control_addresses(base: str, control: str, expected: str) -> None:
    assert resolve_control(base, control) == expected


@pytest.mark.parametrize(
    ("content_base", "content_location", "control", "expected"),
    [
        ("", "", "", "rtsp://h/x"),
        ("", "", "*", "rtsp://h/x"),
        ("rtsp://h/base/", "rtsp://h/location", "*", "rtsp://h/base/"),
        ("", "rtsp://h/location", "", "rtsp://h/location"),
        ("h/not/absolute", "", "", "rtsp://h/x"),
        ("rtsp://h/base/", "", "rtsp://h/aggregate", "rtsp://h/aggregate"),
    ],
)
def test_the_base_of_a_session(content_base: str, content_location: str, control: str, expected: str) -> None:
    assert resolve_base("rtsp://h/x", content_base, content_location, control) == expected


def test_what_is_built_is_read_back() -> None:
    media = (
        MediaDescription("video", 96, "H264", 90_000, parameters={"packetization-mode": "1"}, control="trackID=0"),
        MediaDescription("video", 26, "JPEG", 90_000, frame_size="2560-1920", control="trackID=1"),
        MediaDescription("audio", 97, "OPUS", 48_000, 2, control="trackID=2", direction="sendonly"),
    )
    session = SessionDescription(media, "*", "demo")
    assert parse_sdp(build_sdp(session, host="127.0.0.1", session_id=7)) == session
    assert parse_sdp(build_sdp(session, host="::1", session_id=7)) == session


def test_every_truncation_is_a_description_or_an_error() -> None:
    for cut in range(len(HIKVISION)):
        with contextlib.suppress(SdpError):
            for media in parse_sdp(HIKVISION[:cut]).media:
                assert media.parameter_sets is not None
                assert media.config is not None


def test_a_page_of_html_is_no_description() -> None:
    with pytest.raises(SdpError):
        parse_sdp(b"<html><body>m=video</body></html>")


LINES = st.sampled_from(HIKVISION.split(b"\n")) | st.binary(max_size=60) | st.binary(max_size=30).map(lambda b: b"a=fmtp:96 " + b)


@given(st.lists(LINES, max_size=20))
def test_no_text_raises_anything_but_sdp_error(lines: list[bytes]) -> None:
    with contextlib.suppress(SdpError):
        for media in parse_sdp(b"\r\n".join(lines)).media:
            _ = media.codec, media.parameter_sets, media.config


@pytest.mark.parametrize("line", ["a=", "a=x", "a=rtpmap:1", "m=video 0 RTP/AVP 96", "a=fmtp:96 ;"])
def test_a_hostile_description_costs_no_time(line: str) -> None:
    head = "v=0\nm=video 0 RTP/AVP " + " ".join(map(str, range(96, 112)))
    data = "\n".join([head, *[line] * 30_000]).encode()[:65_536]
    started_s = time.process_time()
    assert parse_sdp(data).media
    assert time.process_time() - started_s < 1

"""The client against gst-rtsp-server, which knows nothing of us. FFmpeg decodes what comes out: no error, right pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator

import av
import numpy as np
import pytest
from PIL import Image

from cameras.stream_url import Credentials
from streaming.media.packet import Codec
from streaming.rtsp.client import TransportChoice
from streaming.rtsp.errors import FailureCode
from tests.support.gst_camera import gst_camera
from tests.support.rtsp_client import Received, failure_of, receive

pytestmark = pytest.mark.peer


@pytest.fixture(scope="module")
def gst() -> Iterator[str]:
    with gst_camera() as address:
        yield address


def decoded(received: Received) -> list[av.VideoFrame]:
    """Every unit must decode by itself in turn, the first being a keyframe."""
    assert received.session is not None
    codec = received.session.media[0].codec
    context = av.CodecContext.create("hevc" if codec is Codec.H265 else "h264", "r")
    context.options = {"err_detect": "explode"}
    packets = [*(av.Packet(unit.data) for unit in received.of(0)), None]
    return [frame for packet in packets for frame in context.decode(packet)]


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("path", ["h264", "h264_b", "h264_slices", "h264_aggregated", "h265"])
async def test_video(gst: str, path: str, transport: TransportChoice) -> None:
    received = await receive(f"{gst}/{path}", count=40, transport=transport)
    assert received.transport == transport
    assert received.units[0].is_key
    assert sum(unit.is_key for unit in received.units) >= 2
    frames = decoded(received)
    assert len(frames) == len(received.units)
    assert {(frame.width, frame.height) for frame in frames} == {(320, 240)}
    for frame in frames:  # a white ball on black
        luma = frame.to_ndarray(format="gray")
        assert 30 < np.count_nonzero(luma > 150) < 4000


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("path", ["mjpeg", "mjpeg_422"])
async def test_pictures(gst: str, path: str, transport: TransportChoice) -> None:
    received = await receive(f"{gst}/{path}", count=5, transport=transport)
    for unit in received.units:
        picture = np.asarray(Image.open(io.BytesIO(unit.data)))
        assert picture.shape == (240, 320, 3)
        assert 30 < np.count_nonzero(picture[:, :, 0] > 150) < 4000


@pytest.mark.parametrize(
    ("path", "codec", "decoder", "samples"),
    [
        ("h264_aac", Codec.AAC, "aac", 1024),
        ("h264_pcma", Codec.PCMA, "pcm_alaw", None),
        ("h264_pcmu", Codec.PCMU, "pcm_mulaw", None),
        ("h264_opus", Codec.OPUS, "libopus", 960),
    ],
)
@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_sound(gst: str, path: str, codec: Codec, decoder: str, samples: int | None, transport: TransportChoice) -> None:
    received = await receive(f"{gst}/{path}", count=6, media=2, transport=transport)
    assert received.session is not None
    audio = received.session.media[1]
    assert audio.codec is codec
    context = av.CodecContext.create(decoder, "r")
    assert isinstance(context, av.AudioCodecContext)
    if audio.config:
        context.extradata = audio.config
    elif decoder.startswith("pcm"):
        context.sample_rate, context.layout = audio.clock_rate_hz, av.AudioLayout("mono")
    units = received.of(1)
    frames = [frame for unit in units for frame in context.decode(av.Packet(unit.data))]
    assert len(frames) == len(units)
    assert samples is None or {frame.samples for frame in frames[1:]} == {samples}
    assert max(float(np.abs(frame.to_ndarray()).max()) for frame in frames) > 0.01


@pytest.mark.parametrize("login", ["--basic", "--digest"])
async def test_login(login: str) -> None:
    with gst_camera(login, "admin", "p@:/#%?&+ x") as address:
        assert (await receive(f"{address}/h264", Credentials("admin", "p@:/#%?&+ x"), count=1)).units
        failure = await failure_of(f"{address}/h264", Credentials("admin", "wrong"))
        assert failure.code is FailureCode.UNAUTHORIZED


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("vp8", FailureCode.UNSUPPORTED_CODEC, "VP8"),
        ("mpegts", FailureCode.UNSUPPORTED_CODEC, "transport stream"),
        ("aac_only", FailureCode.NO_VIDEO, "without video"),
        ("nowhere", FailureCode.PATH_NOT_FOUND, "path"),
    ],
)
async def test_faults(gst: str, path: str, code: FailureCode, words: str) -> None:
    failure = await failure_of(f"{gst}/{path}")
    assert failure.code is code
    assert words in failure.text

"""Units in, tracks and packets out, without a network."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace

import pytest

from streaming.ingest.source import StreamSource
from streaming.media import h264
from streaming.media.annexb import annexb
from streaming.media.packet import Codec, MediaPacket, Role, StreamKey, Tracks
from streaming.rtsp.client import MediaDescription, Unit
from tests.support.encoded import EncodedUnit, h264_units

NOW_MS = 1_795_000_000_000
VIDEO = MediaDescription("video", 96, "H264", 90_000)
G711 = MediaDescription("audio", 8, "PCMA", 8000)
BROKEN_AAC = MediaDescription("audio", 97, "MPEG4-GENERIC", 16_000, parameters={"config": "1688"})


@dataclass
class FakeSession:
    """What a source asks of a session."""

    media: tuple[MediaDescription, ...]
    clocks: dict[int, tuple[int, int]] = field(default_factory=dict)

    def sender_clock(self, index: int) -> tuple[int, int] | None:
        return self.clocks.get(index)


class Sink:
    def __init__(self) -> None:
        self.heard: list[Tracks | MediaPacket] = []
        self.pictures = 0
        log = logging.LoggerAdapter(logging.getLogger(__name__))
        self.source = StreamSource(StreamKey(1, Role.MAIN), self, 100, self._on_picture, log)

    def announce(self, stream: StreamKey, tracks: Tracks) -> None:
        self.heard.append(tracks)

    def write(self, stream: StreamKey, packet: MediaPacket) -> None:
        self.heard.append(packet)

    def _on_picture(self) -> None:
        self.pictures += 1

    @property
    def tracks(self) -> list[Tracks]:
        return [item for item in self.heard if isinstance(item, Tracks)]

    @property
    def packets(self) -> list[MediaPacket]:
        return [item for item in self.heard if isinstance(item, MediaPacket)]

    def connect(self, *media: MediaDescription, clocks: dict[int, tuple[int, int]] | None = None) -> None:
        self.source.connect(FakeSession(media, clocks or {}))  # type: ignore[arg-type]  # all that is used of one

    def video(self, unit: EncodedUnit, at_ms: int) -> None:
        self.source.on_unit(Unit(0, unit.pts, unit.data, unit.is_key, NOW_MS + at_ms, 0))

    def audio(self, number: int, at_ms: int) -> None:
        self.source.on_unit(Unit(1, number * 160, bytes(160), False, NOW_MS + at_ms, 0))


def test_nothing_comes_before_the_first_keyframe_and_its_tracks() -> None:
    sink, units = Sink(), h264_units()
    sink.connect(VIDEO, G711)
    sink.audio(0, 0)
    sink.video(units[1], 40)
    assert sink.heard == []
    sink.video(units[5], 200)
    sink.audio(1, 210)
    tracks, key, sound = sink.heard
    assert isinstance(tracks, Tracks) and isinstance(key, MediaPacket) and isinstance(sound, MediaPacket)
    assert (tracks.generation, tracks.audio and tracks.audio.codec) == (100, Codec.PCMA)
    assert (key.is_key, key.data, sound.track, sound.duration_90k) == (True, units[5].data, "audio", 1800)
    assert sink.pictures == 1


@pytest.mark.parametrize("sets", [[b"\x68" + bytes([1, n // 250 + 1, n % 250 + 1]) for n in range(300)], [b"\x68" + b"x" * 70_000]])
def test_a_keyframe_with_more_parameter_sets_than_a_file_can_name_is_not_used(sets: list[bytes]) -> None:
    sink, units = Sink(), h264_units()
    sink.connect(VIDEO)
    sink.video(replace(units[0], data=annexb(sets) + units[0].data), 0)
    assert sink.heard == []
    sink.video(units[5], 200)
    assert len(sink.tracks) == 1


def test_the_same_parameters_after_a_reconnect_keep_the_generation() -> None:
    sink, units = Sink(), h264_units()
    for turn in range(2):
        sink.connect(VIDEO)
        for number, unit in enumerate(units):
            sink.video(unit, turn * 5000 + number * 40)
    assert len(sink.tracks) == 1
    assert {packet.generation for packet in sink.packets} == {100}
    assert sink.pictures == 2


def test_a_keyframe_without_parameter_sets_starts_nothing_but_goes_on_with_known_ones() -> None:
    sink, units = Sink(), h264_units()
    bare = EncodedUnit(
        units[5].pts, units[5].dts, True, h264.annexb(nal for nal in h264.split_annexb(units[5].data) if h264.nal_type(nal) == h264.IDR)
    )
    sink.connect(VIDEO)
    sink.video(bare, 0)
    assert sink.heard == []
    assert sink.source.keyframes == 0
    sink.video(units[0], 40)
    sink.video(bare, 240)
    assert len(sink.tracks) == 1
    assert len(sink.packets) == 2


def test_sound_that_stays_away_is_announced_no_more_until_it_is_heard() -> None:
    sink, units = Sink(), h264_units()
    sink.connect(VIDEO, G711)
    for second in range(0, 14):
        sink.video(units[0], second * 1000)
    assert [tracks.audio is not None for tracks in sink.tracks] == [True, False]
    sink.audio(0, 14_000)
    sink.video(units[0], 14_040)
    sink.audio(1, 14_050)
    assert [tracks.audio is not None for tracks in sink.tracks] == [True, False, True]
    assert [tracks.generation for tracks in sink.tracks] == [100, 101, 102]
    assert [packet.generation for packet in sink.packets if packet.track == "audio"] == [102]


def test_sound_that_never_came_is_not_promised_again_by_a_reconnect() -> None:
    sink, units = Sink(), h264_units()
    for turn in range(2):
        sink.connect(VIDEO, G711)
        for second in range(14):
            sink.video(units[0], turn * 60_000 + second * 1000)
    assert [tracks.audio is not None for tracks in sink.tracks] == [True, False]


def test_a_broken_sound_configuration_leaves_the_pictures() -> None:
    sink, units = Sink(), h264_units()
    sink.connect(VIDEO, BROKEN_AAC)
    sink.video(units[0], 0)
    sink.audio(0, 10)
    assert [tracks.audio for tracks in sink.tracks] == [None]
    assert len(sink.packets) == 1


def test_sender_reports_align_sound_and_pictures() -> None:
    sink, units = Sink(), h264_units()
    # By the camera's clock both began at the same moment; the sound arrives 400 ms later.
    sink.connect(VIDEO, G711, clocks={0: (0, 77_000), 1: (0, 77_000)})
    sink.video(units[0], 0)
    for number in range(600):
        sink.audio(number, 400 + number * 20)
    sound = [packet for packet in sink.packets if packet.track == "audio"]
    picture = sink.packets[0]
    assert sound[0].pts_90k - picture.pts_90k == 400 * 90
    assert abs(sound[-1].pts_90k - picture.pts_90k - 599 * 1800) < 900

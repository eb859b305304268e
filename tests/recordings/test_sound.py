"""Sound in recordings: in step with the picture, whole across cuts, and never a reason for a browser to stop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from recordings.recorder import Plan
from recordings.rules.cutting import Cutting
from recordings.rules.sound import SoundTimeline
from streaming.media.packet import AudioTrack, Codec, MediaPacket, Tracks
from tests.support import footage
from tests.support.footage import START_MS
from tests.support.recording_rig import STREAM, Rig

RATE_HZ = 8000
AAC_RATE_HZ = 16_000


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path)
    rig.plan({STREAM: Plan((rig.directory,), Cutting(5_000))})
    return rig


def clicks(seconds: int) -> bytes:
    """G.711 A-law, a click at the beginning of each second but the first."""
    pcm = np.zeros(seconds * RATE_HZ, np.int16)
    for second in range(1, seconds):
        pcm[second * RATE_HZ : second * RATE_HZ + 16] = 24_000
    encoder: Any = av.CodecContext.create("pcm_alaw", "w")
    encoder.sample_rate, encoder.layout, encoder.format, encoder.time_base = RATE_HZ, "mono", "s16", Fraction(1, RATE_HZ)
    frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate, frame.pts = RATE_HZ, 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


def with_clicks(of: Tracks, seconds: int, *, arrives_after_ms: int = 0, ticks_per_second: int = 90_000) -> Iterator[MediaPacket]:
    """Picture and sound as they arrive: the sound that belongs to a picture comes so much after it, or before."""
    data = clicks(seconds)
    sound = [
        MediaPacket("audio", 1, START_MS * 90 + number * ticks_per_second // 50, 0, ticks_per_second // 50, True, 0, data[at : at + 160])
        for number, at in enumerate(range(0, len(data), 160))
    ]
    timed = [(packet.pts_90k // 90 + arrives_after_ms, packet) for packet in sound]
    timed += [(packet.captured_at_ms, packet) for packet in footage.packets(seconds, of=replace(of, audio=None))]
    for at_ms, packet in sorted(timed, key=lambda item: item[0]):
        yield replace(packet, dts_90k=packet.pts_90k, captured_at_ms=at_ms)


def heard_ms(path: Path) -> list[float]:
    """When clicks are heard, in ms since the recording began, by what FFmpeg makes of the file's times."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        parts = [(frame.pts, frame.to_ndarray()[0]) for frame in container.decode(stream) if frame.pts is not None]
    begun_ms = _started_ms(path) - START_MS
    found: list[float] = []
    for pts, samples in parts:
        for index in np.nonzero(np.abs(samples) > 0.2)[0]:
            at_ms = begun_ms + (pts + int(index)) * 1000 / RATE_HZ
            if not found or at_ms - found[-1] > 200:
                found.append(at_ms)
    return found


def _started_ms(path: Path) -> int:
    from recordings.segment_file import scan_file
    from recordings.segment_header import parse_header

    return parse_header(scan_file(path).header_payload).started_at_ms


@pytest.mark.parametrize("arrives_after_ms", [-300, 0, 120, 400])
def test_sound_and_picture_stay_in_step_and_whole_across_cuts(rig: Rig, arrives_after_ms: int) -> None:
    of = footage.tracks(audio=Codec.PCMA)
    files = rig.record(of, with_clicks(of, 17, arrives_after_ms=arrives_after_ms))
    assert len(files) == 4
    heard = [at_ms for path in files for at_ms in heard_ms(path)]
    assert len(heard) == 16
    assert max(abs(at_ms - expected_s * 1000) for expected_s, at_ms in enumerate(heard, 1)) < 40


@pytest.mark.parametrize("ticks_per_second", [89_100, 90_900])
def test_a_camera_whose_sound_runs_a_per_cent_fast_or_slow_is_followed(rig: Rig, ticks_per_second: int) -> None:
    of = footage.tracks(audio=Codec.PCMA)
    files = rig.record(of, with_clicks(of, 17, ticks_per_second=ticks_per_second))
    heard = [at_ms for path in files for at_ms in heard_ms(path)]
    expected = [second * 1000 * ticks_per_second / 90_000 for second in range(1, 17)]
    expected = [at_ms for at_ms in expected if at_ms < 16_900]
    assert max(abs(at_ms - expected_ms) for at_ms, expected_ms in zip(heard, expected, strict=False)) < 40


@pytest.mark.parametrize("codec", [Codec.AAC, Codec.OPUS])
def test_sound_goes_through_bit_for_bit(rig: Rig, codec: Codec) -> None:
    of = footage.tracks(audio=codec)
    sent = list(footage.packets(14, of=of))
    files = rig.record(of, sent)
    found = [unit for path in files for unit in audio_units(path)]
    assert found == [packet.data for packet in sent if packet.track == "audio"]


def audio_units(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def only(packets: Iterable[MediaPacket], *, sound_from_s: float = 0, sound_to_s: float = 1000) -> Iterator[MediaPacket]:
    for packet in packets:
        at_s = packet.pts_90k / 90_000 - START_MS / 1000
        if packet.track == "video" or sound_from_s <= at_s < sound_to_s:
            yield packet


@pytest.mark.parametrize("codec", [Codec.AAC, Codec.OPUS, Codec.PCMU])
@pytest.mark.parametrize("silent", [{"sound_from_s": 4.0}, {"sound_to_s": 1.5}, {"sound_from_s": 100}])
def test_sound_that_starts_late_or_stops_becomes_silence_so_that_browsers_go_on(rig: Rig, codec: Codec, silent: dict[str, float]) -> None:
    of = footage.tracks(audio=codec)
    (path,) = rig.record(of, only(footage.packets(4.8, of=of), **silent))
    with av.open(str(path)) as container:
        times = [(p.pts, p.duration) for p in container.demux(audio=0) if p.size and p.pts is not None and p.duration is not None]
        rate = container.streams.audio[0].rate
    with av.open(str(path)) as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) >= 4.6 * rate
    assert times[0][0] <= 0.1 * rate
    assert times[-1][0] + times[-1][1] >= 4.6 * rate
    assert max(later - (at + duration) for (at, duration), (later, _) in pairwise(times)) == 0


def timeline(codec: Codec = Codec.AAC) -> SoundTimeline:
    audio = footage.tracks(audio=codec).audio
    assert isinstance(audio, AudioTrack)
    return SoundTimeline(audio, 0)


def frame(at_ms: float, data: bytes = b"x") -> MediaPacket:
    return MediaPacket("audio", 1, round(at_ms * 90), round(at_ms * 90), 5760, True, 0, data)


def test_jitter_is_not_heard_but_drift_is_corrected() -> None:
    sound = timeline()
    for number in range(100):
        sound.add(frame(number * 64 + (7 if number % 2 else -7)))
    base, samples = sound.take()
    assert (base, {sample.duration for sample in samples}) == (0, {1024})
    for number in range(100, 200):
        sound.add(frame(number * 64 + (number - 100) * 0.64))
    base, samples = sound.take()
    end_ms = (base + sum(sample.duration for sample in samples)) * 1000 / AAC_RATE_HZ
    assert abs(end_ms - (200 * 64 + 100 * 0.64)) <= 20


def test_what_comes_twice_or_too_late_is_left_out() -> None:
    sound = timeline()
    for at_ms in (0, 64, 64, 128, 0, 192):
        sound.add(frame(at_ms))
    assert len(sound.take()[1]) == 4
    sound.add(frame(128))
    assert (sound.take()[1], sound.left_out) == ([], 3)


def test_a_hole_is_filled_with_silence_and_nothing_else_moves() -> None:
    sound = timeline()
    sound.add(frame(0, b"first"))
    sound.add(frame(1000, b"second"))
    base, samples = sound.take()
    assert (base, samples[0].data, samples[-1].data) == (0, b"first", b"second")
    assert sum(sample.duration for sample in samples[:-1]) == AAC_RATE_HZ
    assert len(samples) == 2 + 14


def test_sound_of_six_channels_has_no_silence_and_keeps_its_times() -> None:
    config = bytes.fromhex("1430")  # AAC LC, 16 kHz, 5.1
    sound = SoundTimeline(AudioTrack(Codec.AAC, AAC_RATE_HZ, 6, "mp4a.40.2", config), 0)
    sound.add(frame(0))
    sound.take()
    sound.add(frame(1000))
    base, samples = sound.take()
    assert (base, len(samples)) == (AAC_RATE_HZ, 1)


def test_sound_that_is_back_before_the_picture_puts_no_silence_into_the_file_before_the_pause(rig: Rig) -> None:
    of = footage.tracks(audio=Codec.AAC)
    pause_ms = 600_000
    later = list(footage.packets(4, of=of, start_ms=START_MS + 4_000 + pause_ms))
    sound_first = [packet for packet in later if packet.track == "audio"][:10]
    rest = [packet for packet in later if packet not in sound_first]
    files = rig.record(of, footage.packets(4, of=of), iter(sound_first), iter(rest))
    assert len(files) > 1
    for path in files:
        with av.open(str(path)) as container:
            frames = sum(1 for packet in container.demux(audio=0) if packet.size)
        assert frames * 1024 / AAC_RATE_HZ <= 5.5

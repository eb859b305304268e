from __future__ import annotations

import itertools

import numpy as np

from streaming.demo.sound import SAMPLE_RATE_HZ, samples_at
from streaming.demo.studio import Moment, Studio, View
from streaming.media.h264 import parse_sps
from streaming.media.packet import VideoTrack

VIEW = View("Garden", "garden", "day", 320, 180, 10, has_audio=True)
BEGIN_MS = 1_795_348_807_000


def moment(after_ms: int) -> Moment:
    return Moment(BEGIN_MS + after_ms, (77_000 + after_ms) * 10**6)


def test_the_stream_describes_itself() -> None:
    tracks, first = Studio(VIEW).begin(moment(0))
    assert isinstance(tracks.video, VideoTrack)
    sps = parse_sps(tracks.video.parameter_sets[0])
    assert (sps.width_px, sps.height_px, sps.is_full_range) == (320, 180, False)
    assert tracks.video.codec_string == "avc1." + tracks.video.parameter_sets[0][1:4].hex().lower()
    assert tracks.audio is not None
    assert (tracks.audio.sample_rate_hz, tracks.audio.config[:2].hex()) == (SAMPLE_RATE_HZ, "1408")
    assert first.is_key


def test_keyframes_come_every_two_seconds_and_when_wanted() -> None:
    studio = Studio(VIEW)
    studio.begin(moment(0))
    keys = [number for number in range(1, 60) if studio.picture(moment(100 * number), is_key=number == 33).is_key]
    assert keys == [20, 33, 53]


def test_time_stamps_follow_the_steady_clock_even_when_the_wall_clock_jumps() -> None:
    studio = Studio(VIEW)
    _, first = studio.begin(moment(0))
    second = studio.picture(Moment(BEGIN_MS - 3_600_000, moment(100).steady_ns), is_key=False)
    assert second.rtp_timestamp - first.rtp_timestamp == 9000
    assert second.captured_at_ms == BEGIN_MS - 3_600_000


def test_sound_is_gapless_and_on_the_pictures_time() -> None:
    studio = Studio(VIEW)
    studio.begin(moment(0))
    frames = [frame for number in range(1, 40) for frame in studio.sound(moment(100 * number))]
    steps = {after.rtp_timestamp - before.rtp_timestamp for before, after in itertools.pairwise(frames)}
    assert steps == {1024}
    for frame in frames:
        since_begin_ms = frame.rtp_timestamp * 1000 / SAMPLE_RATE_HZ - moment(0).steady_ns / 1e6
        assert abs(frame.captured_at_ms - BEGIN_MS - since_begin_ms) <= 2
    assert abs(frames[-1].captured_at_ms - (BEGIN_MS + 3900)) < 130


def test_no_sound_without_a_microphone() -> None:
    studio = Studio(View("Garden", "garden", "day", 320, 180, 10))
    tracks, _ = studio.begin(moment(0))
    assert tracks.audio is None
    assert studio.sound(moment(1000)) == []


def test_the_tick_falls_on_the_second() -> None:
    second = BEGIN_MS // 1000 * SAMPLE_RATE_HZ
    samples = np.abs(samples_at(second - 8000, SAMPLE_RATE_HZ))
    assert samples[:7990].max() < 0.001
    assert samples[8000:8400].max() > 0.1


def test_sound_in_pieces_is_the_same_sound() -> None:
    minute = BEGIN_MS // 60_000 * 60 * SAMPLE_RATE_HZ
    whole = samples_at(minute - 1000, 4096)
    assert np.array_equal(whole, np.concatenate([samples_at(minute - 1000, 2048), samples_at(minute + 1048, 2048)]))
    assert 0.1 < np.abs(whole).max() <= 1

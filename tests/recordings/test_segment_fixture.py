"""tests/fixtures/segment.json, which the JavaScript tests read: what our writers make, small enough to look at."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from streaming.media.fmp4 import Sample, TrackRun, movie_fragment, movie_init
from streaming.media.packet import Codec
from tests.support.footage import tracks

FIXTURE = Path(__file__).parent.parent / "fixtures" / "segment.json"
_AAC_RATE_HZ = 16_000


def segment() -> dict[str, object]:
    """Two fragments of three pictures (the first a keyframe) and two sounds each, then one with sound only."""
    of = tracks(audio=Codec.AAC)
    assert of.audio is not None
    init = movie_init({1: of.video, 2: of.audio})
    fragments = []
    for number in range(2):
        pictures = [Sample(3600, 3600 if at else 7200, number + at == 0, bytes([number * 3 + at]) * (10 + at)) for at in range(3)]
        sounds = [Sample(1024, 0, True, bytes([200 + number * 2 + at]) * 5) for at in range(2)]
        runs = [TrackRun(1, 2**33 + number * 10_800, pictures), TrackRun(2, number * 2048, sounds)]
        fragments.append(b"".join(movie_fragment(number + 1, runs)))
    fragments.append(b"".join(movie_fragment(3, [TrackRun(2, 4096, [Sample(1024, 0, True, b"late!")])])))
    return {
        "init": base64.b64encode(init).decode(),
        "fragments": [base64.b64encode(fragment).decode() for fragment in fragments],
        "video_codec": of.video.codec_string,
        "audio_codec": of.audio.codec_string,
        "audio_rate_hz": _AAC_RATE_HZ,
    }


def test_the_fixture_is_what_the_writer_makes() -> None:
    """x264 of another version makes other parameter sets; the boxes around them are what counts."""
    kept, made = json.loads(FIXTURE.read_text()), segment()
    assert kept["fragments"] == made["fragments"]
    assert base64.b64decode(kept["init"])[:24] == base64.b64decode(str(made["init"]))[:24]

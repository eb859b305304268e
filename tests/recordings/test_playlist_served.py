"""Playlists and footage of the real web process, read by FFmpeg and byte by byte."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import av
import pytest

from streaming.media.packet import Codec
from tests.support.numbered import FPS, footage, number_in
from tests.support.playback_site import RecordedSite
from tests.support.site import running_site

pytestmark = pytest.mark.timeout(240)
START_MS = 1_000_000_000_000  # over for long, whatever date this machine has
_KINDS = {"aac": (Codec.H264, Codec.AAC, 2), "telephone": (Codec.H264, Codec.PCMA, 0), "high": (Codec.H265, Codec.AAC, 0)}


class Answer(NamedTuple):
    status: int
    headers: Message
    body: bytes


class Archive(NamedTuple):
    recorded: RecordedSite
    ids: list[int]
    paths: list[Path]

    def ask(self, path: str, person: str = "alice", *, method: str = "GET", **headers: str) -> Answer:
        """`person` is "" for nobody; underscores stand for hyphens."""
        site = self.recorded.site
        request = urllib.request.Request(f"{site.url}/api/v1/{path}", method=method)
        if person:
            request.add_header("Authorization", f"Bearer {self.recorded.people[person]['token']}")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def playlist(self, slug: str, start_ms: int, end_ms: int) -> str:
        return self.ask(f"cameras/{slug}/playlist.m3u8?start={START_MS + start_ms}&end={START_MS + end_ms}").body.decode()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Archive]:
    with running_site(tmp_path_factory.mktemp("site"), redis_url, tuple(_KINDS)) as site:
        recorded, paths = RecordedSite(site), list[Path]()
        for slug, (codec, audio, b_frames) in _KINDS.items():
            first = footage(24, start_ms=START_MS, codec=codec, audio=audio, b_frames=b_frames)
            later = footage(10, start_ms=START_MS + 40_000, codec=codec, audio=audio, b_frames=b_frames, first=1000)
            paths += recorded.add(slug, first, later, segment_ms=10_000)
        yield Archive(recorded, recorded.catalogue(paths), paths)


@pytest.mark.parametrize("slug", list(_KINDS))
def test_ffmpeg_plays_every_picture_and_the_sound_across_files_and_gaps(archive: Archive, slug: str) -> None:
    url = f"{archive.recorded.site.url}/api/v1/cameras/{slug}/playlist.m3u8?start={START_MS}&end={START_MS + 60_000}"
    token = archive.recorded.people["carol" if slug == "aac" else "alice"]["token"]
    assert _numbers(url, token) == [*range(24 * FPS), *range(1000, 1000 + 10 * FPS)]
    with av.open(url, options={"headers": f"Authorization: Bearer {token}\r\n"}) as container:
        seconds = sum(float(packet.duration * packet.time_base) for packet in container.demux(audio=0) if packet.duration)
    assert seconds > 33


def _numbers(url: str, token: str = "") -> list[int]:
    """Of all pictures that FFmpeg reads. Its MP4 reader wants decode times to grow across a discontinuity too, and marks the fragment
    behind one as to be discarded; so the packets are decoded here, by a new decoder for each file.
    """
    found, last_dts = list[int](), -1
    options = {"headers": f"Authorization: Bearer {token}\r\n"} if token else {}
    with av.open(url, options=options) as container:
        stream = container.streams.video[0]
        decoder: Any = None
        for packet in container.demux(stream):
            if packet.size == 0 or packet.dts is None:
                continue
            if decoder is None or packet.dts < last_dts:
                found += [] if decoder is None else [number_in(frame) for frame in decoder.decode(None)]
                decoder = av.VideoCodecContext.create(stream.codec_context.name, "r")
                decoder.extradata = stream.codec_context.extradata
            last_dts = packet.dts
            found += [number_in(frame) for frame in decoder.decode(av.Packet(bytes(packet)))]
        return found + ([] if decoder is None else [number_in(frame) for frame in decoder.decode(None)])


def test_it_begins_at_the_keyframe_before_and_names_the_moment(archive: Archive) -> None:
    text = archive.playlist("telephone", 5_200, 9_000)
    assert "#EXT-X-START:TIME-OFFSET=1.200,PRECISE=YES" in text
    assert "#EXT-X-PROGRAM-DATE-TIME:2001-09-09T01:46:44.000Z" in text
    assert text.rstrip().endswith("#EXT-X-ENDLIST")


def test_the_addresses_are_of_whole_keyframed_fragments(archive: Archive) -> None:
    text = archive.playlist("aac", 0, 60_000)
    entries = re.findall(r"#EXT-X-BYTERANGE:(\d+)@(\d+)\n(segments/\d+\.mp4)", text)
    assert len(entries) == 17
    size, offset, uri = entries[3]
    answer = archive.ask(f"cameras/aac/{uri}", Range=f"bytes={offset}-{int(offset) + int(size) - 1}")
    assert answer.status == 206
    assert answer.body[4:8] == b"moof"
    for (size, offset, uri), (_, next_offset, next_uri) in pairwise(entries):
        assert uri != next_uri or int(offset) + int(size) == int(next_offset)


def test_ranges_and_validators(archive: Archive) -> None:
    path, data = f"cameras/aac/segments/{archive.ids[0]}.mp4", archive.paths[0].read_bytes()
    whole = archive.ask(path)
    assert (whole.status, whole.body, whole.headers["Content-Type"]) == (200, data, "video/mp4")
    assert whole.headers["Cache-Control"].startswith("private")
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    etag = whole.headers["ETag"]
    part = archive.ask(path, Range="bytes=100-299")
    assert (part.status, part.body, part.headers["Content-Range"]) == (206, data[100:300], f"bytes 100-299/{len(data)}")
    assert archive.ask(path, Range="bytes=-7").body == data[-7:]
    assert archive.ask(path, Range="bytes=0-1", If_Range=etag).status == 206
    assert archive.ask(path, Range="bytes=0-1", If_Range='"other"').status == 200
    assert archive.ask(path, If_None_Match=etag).status == 304
    past = archive.ask(path, Range=f"bytes={len(data)}-")
    assert (past.status, past.headers["Content-Range"]) == (416, f"bytes */{len(data)}")
    head = archive.ask(path, method="HEAD", Range="bytes=0-99")
    assert (head.status, head.body, head.headers["Content-Length"]) == (206, b"", "100")
    assert archive.ask(path, method="HEAD").headers["Content-Length"] == str(len(data))


def test_a_file_that_grows_is_given_up_to_where_the_catalogue_knows_it(archive: Archive) -> None:
    (path,) = archive.recorded.add("telephone", footage(6, start_ms=START_MS + 100_000, codec=Codec.H264, audio=Codec.PCMA))
    (segment,) = archive.recorded.catalogue([path], is_finished=False)
    known = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"not known yet")
    answer = archive.ask(f"cameras/telephone/segments/{segment}.mp4")
    assert len(answer.body) == known
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert archive.ask(f"cameras/telephone/segments/{segment}.mp4", Range=f"bytes={known}-").status == 416
    text = archive.playlist("telephone", 99_000, 110_000)
    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in text
    assert text.count("#EXTINF") == 2
    assert "#EXT-X-NVR-OPEN:DURATION=2.000000" in text


@pytest.mark.parametrize(("person", "status"), [("alice", 200), ("bob", 403), ("carol", 200), ("charlie", 404), ("", 401)])
def test_every_byte_needs_the_right_to_play_back(archive: Archive, person: str, status: int) -> None:
    assert archive.ask(f"cameras/aac/playlist.m3u8?start={START_MS}&end={START_MS + 1000}", person).status == status
    answer = archive.ask(f"cameras/aac/segments/{archive.ids[0]}.mp4", person)
    assert answer.status == status
    if status != 200:
        assert json.loads(answer.body)["status"] == status


def test_footage_is_found_under_its_own_camera_only(archive: Archive) -> None:
    of_another = archive.ids[-1]
    assert archive.ask(f"cameras/aac/segments/{of_another}.mp4").status == 404
    assert archive.ask(f"cameras/high/segments/{of_another}.mp4").status == 200
    for number in (0, 10**30):
        assert archive.ask(f"cameras/aac/segments/{number}.mp4").status == 404


def test_a_ticket_plays_one_camera(archive: Archive) -> None:
    request = urllib.request.Request(
        f"{archive.recorded.site.url}/api/v1/cameras/aac/ticket/",
        data=b'{"action": "playback"}',
        headers={"Authorization": f"Bearer {archive.recorded.people['carol']['token']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        given = json.load(answer)
    url = f"{given['url']}&start={START_MS}&end={START_MS + 4_000}"
    assert _numbers(url)[: 4 * FPS] == [*range(4 * FPS)]
    query = given["url"].partition("?")[2]
    assert archive.ask(f"cameras/aac/segments/{archive.ids[0]}.mp4?{query}", "").status == 200
    assert archive.ask(f"cameras/telephone/segments/{archive.ids[-1]}.mp4?{query}", "").status == 404
    assert archive.ask(f"cameras/aac/segments/{archive.ids[0]}.mp4?{query}x", "").status == 401


def test_impossible_spans_are_refused_in_words(archive: Archive) -> None:
    answer = archive.ask(f"cameras/aac/playlist.m3u8?start={START_MS}&end={START_MS + 7 * 3_600_000}")
    assert answer.status == 400
    assert "6 hours" in json.loads(answer.body)["detail"]
    assert archive.ask("cameras/aac/playlist.m3u8?start=5&end=yesterday").status == 400
    assert archive.ask(f"cameras/aac/playlist.m3u8?start={START_MS}&end={START_MS + 1}&role=third").status == 400


def test_the_span_that_reaches_into_the_present_stays_open(archive: Archive) -> None:
    now_ms = time.time_ns() // 1_000_000
    answer = archive.ask(f"cameras/aac/playlist.m3u8?start={now_ms - 60_000}&end={now_ms + 60_000}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in answer.body.decode()
    assert "ENDLIST" not in answer.body.decode()

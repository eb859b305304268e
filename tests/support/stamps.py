"""Numbers every picture from the inside, so that it can be told from a file which of those sent are there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import av

from streaming.media import h264, h265
from streaming.media.packet import Codec, MediaPacket

MARK = b"nvr-test-picture"  # sixteen bytes, as the UUID of user data has
_STAMP = re.compile(re.escape(MARK) + rb"(\d{12})")


def stamped(packets: Iterable[MediaPacket], codec: Codec) -> Iterator[MediaPacket]:
    """With user data that says which picture it is, counted from 0; sound goes through as it is."""
    number = 0
    for packet in packets:
        if packet.track == "video":
            before, behind = _parts(packet.data, codec)
            packet = replace(packet, data=b"".join([before, _note(number, codec), behind]))
            number += 1
        yield packet


def stamps_in(path: Path) -> list[int]:
    """In the order in which FFmpeg reads them. Raises AssertionError for a picture without a number, av.FFmpegError for a broken file."""
    found = []
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            if packet.size:
                match = _STAMP.search(bytes(packet))
                assert match, f"{path} holds a picture that nobody sent"
                found.append(int(match[1]))
    return found


@lru_cache(maxsize=256)
def _parts(data: bytes, codec: Codec) -> tuple[bytes, bytes]:
    if codec is Codec.MJPEG:
        return data[:2], data[2:]  # behind the start of image
    module = h264 if codec is Codec.H264 else h265
    nals = module.split_annexb(data)
    at = next(index for index, nal in enumerate(nals) if _is_slice(nal, codec))
    return module.annexb(nals[:at]), module.annexb(nals[at:])


def _is_slice(nal: bytes, codec: Codec) -> bool:
    return 1 <= h264.nal_type(nal) <= 5 if codec is Codec.H264 else h265.nal_type(nal) < 32


def _note(number: int, codec: Codec) -> bytes:
    text = MARK + b"%012d" % number
    if codec is Codec.MJPEG:
        return b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text
    header = b"\x06" if codec is Codec.H264 else b"\x4e\x01"
    return b"\x00\x00\x00\x01" + header + b"\x05" + bytes([len(text)]) + text + b"\x80"

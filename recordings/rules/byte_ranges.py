"""`Range` and `If-Range` of RFC 9110, 13 and 14, for one range of bytes. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


class ByteRange(NamedTuple):
    """Half-open."""

    start: int
    end: int


class UnsatisfiableRange(ValueError):
    """To be answered with 416 and the size."""


def requested_range(header: str | None, if_range: str | None, *, size_bytes: int, etag: str) -> ByteRange | None:
    """None for the whole: nothing was asked for, something that need not be understood (several ranges), or of another version.

    Raises UnsatisfiableRange.
    """
    match = _ONE_RANGE.fullmatch(header or "")
    if match is None or match[0].strip().endswith("=-") or (if_range is not None and if_range.strip() != etag):
        return None
    first, last = match[1], match[2]
    if not first:
        start, end = max(size_bytes - int(last), 0), size_bytes
    else:
        start, end = int(first), min(int(last) + 1, size_bytes) if last else size_bytes
        if last and int(last) < start:
            return None  # invalid, so it counts as none
    if start >= size_bytes or start >= end:
        raise UnsatisfiableRange(f"{header} of {size_bytes} bytes")
    return ByteRange(start, end)

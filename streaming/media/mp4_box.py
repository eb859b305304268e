"""Boxes of ISO/IEC 14496-12, 4.2: size 4, type 4, payload; a full box starts its payload with version 1 and flags 3."""

from __future__ import annotations


def box(kind: bytes, *payload: bytes) -> bytes:
    body = b"".join(payload)
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def full_box(kind: bytes, version: int, flags: int, *payload: bytes) -> bytes:
    return box(kind, ((version << 24) | flags).to_bytes(4, "big"), *payload)

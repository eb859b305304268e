from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.media.annexb import BitReader, annexb, iter_first_bytes, split_annexb, unescape
from streaming.media.errors import BitstreamError

# What a NAL may hold: no start code inside, no zero at its end, and something in it.
nals = st.lists(st.binary(min_size=1, max_size=60).map(lambda raw: raw.replace(b"\x00\x00", b"\x00\x07") + b"\x80"), min_size=1, max_size=5)


@given(nals)
def test_nal_units_survive_being_joined_and_split(units: list[bytes]) -> None:
    assert split_annexb(annexb(units)) == units


@given(nals, st.booleans(), st.integers(0, 4))
def test_short_start_codes_and_trailing_zeros_are_tolerated(units: list[bytes], is_short: bool, zeros: int) -> None:
    code = b"\x00\x00\x01" if is_short else b"\x00\x00\x00\x01"
    stream = b"".join(code + unit + bytes(zeros) for unit in units)
    assert split_annexb(stream) == units
    assert list(iter_first_bytes(stream)) == [unit[0] for unit in units]


def test_bytes_without_a_start_code_hold_no_nal() -> None:
    assert split_annexb(b"\x67\x42\x00") == []
    assert split_annexb(b"") == []


def test_emulation_prevention_bytes_are_removed() -> None:
    assert unescape(bytes.fromhex("670000030000030100000303")) == bytes.fromhex("6700000000010000" + "03")


@given(st.integers(0, 2**20), st.integers(-(2**16), 2**16))
def test_exp_golomb_codes_are_read_back(unsigned: int, signed: int) -> None:
    def code(value: int) -> str:
        return bin(value + 1)[2:].rjust(2 * (value + 1).bit_length() - 1, "0")

    mapped = 2 * signed - 1 if signed > 0 else -2 * signed
    text = code(unsigned) + code(mapped) + "1"
    text += "0" * (-len(text) % 8)
    bits = BitReader(int(text, 2).to_bytes(len(text) // 8, "big"))
    assert (bits.ue(), bits.se(), bits.u(1)) == (unsigned, signed, 1)


def test_reading_past_the_end_is_the_senders_fault() -> None:
    with pytest.raises(BitstreamError):
        BitReader(b"\x00" * 3).ue()
    with pytest.raises(BitstreamError):
        BitReader(b"\x00" * 30).ue()

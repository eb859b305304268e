from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cameras.audit.chain import CONTENT, GENESIS, Link, Tip, first_fault, hash_of, sealed


def content(name: str = "Front door", **more: Any) -> dict[str, Any]:
    return dict.fromkeys(CONTENT) | {"at_ms": 1_795_000_000_000, "who": "anna", "action": "watch", "name": name, "details": "{}"} | more


def chain(count: int) -> list[Link]:
    return sealed(Tip(), [content(f"Camera {n}") for n in range(count)])


def tip_of(links: list[Link]) -> Tip:
    return Tip(links[-1].number, links[-1].hash)


def test_hash_can_be_computed_by_hand() -> None:
    """printf '%064d\\n%s' 0 '[1,2,null,3,"\\u00c4nna","","","","","","","","",""]' | sha256sum"""
    first = dict.fromkeys(CONTENT, "") | {"number": 1, "at_ms": 2, "duration_ms": None, "user_id": 3, "who": "Änna"}
    assert hash_of(GENESIS, first) == "4df697c2247544a65df03502a13160f2bfa16ef8d6fa3dffa08b4513ea0b645e"


def test_an_untouched_chain_has_no_fault() -> None:
    links = chain(5)
    assert first_fault(Tip(), links, head=tip_of(links), anchors=[Tip(3, links[2].hash)]) is None
    assert first_fault(Tip(), [], head=Tip()) is None


def test_goes_on_after_what_was_forgotten() -> None:
    links = chain(5)
    assert first_fault(Tip(2, links[1].hash), links[2:], head=tip_of(links), anchors=[Tip(1, "x" * 64)]) is None


@pytest.mark.parametrize("name", [name for name in CONTENT if name != "number"])
def test_names_the_entry_that_was_altered(name: str) -> None:
    links = chain(5)
    altered = dict(links[2].content) | {name: "other" if isinstance(links[2].content[name], str | None) else 7}
    links[2] = replace(links[2], content=altered)
    fault = first_fault(Tip(), links, head=tip_of(links))
    assert fault is not None
    assert fault.number == 3
    assert "entry 3 was altered" in fault.text


def test_names_the_entry_that_is_missing() -> None:
    links = chain(6)
    del links[2:4]
    fault = first_fault(Tip(), links, head=tip_of(links))
    assert fault is not None
    assert (fault.number, fault.text) == (3, "entries 3 to 4 are missing")


def test_an_entry_made_to_fit_breaks_the_next_one() -> None:
    links = chain(5)
    altered = dict(links[2].content) | {"name": "Garden"}
    links[2] = Link(altered, links[2].previous, hash_of(links[2].previous, altered))
    fault = first_fault(Tip(), links, head=tip_of(links))
    assert fault is not None
    assert fault.number == 4


def test_a_tail_that_was_cut_off_shows_by_the_head_and_without_it_by_what_was_written_down() -> None:
    links = chain(5)
    fault = first_fault(Tip(), links[:3], head=tip_of(links))
    assert fault is not None
    assert (fault.number, fault.text) == (4, "entries 4 to 5 are missing")
    fault = first_fault(Tip(), links[:3], head=tip_of(links[:3]), anchors=[tip_of(links)])
    assert fault is not None
    assert fault.number == 4
    assert "outside of the database" in fault.text


def test_a_chain_made_anew_shows_by_what_was_written_down() -> None:
    others = chain(5)
    fault = first_fault(Tip(), others, head=tip_of(others), anchors=[Tip(2, "0" * 64)])
    assert fault is not None
    assert fault.number == 2


def test_a_head_that_says_less_shows() -> None:
    links = chain(5)
    fault = first_fault(Tip(), links, head=tip_of(links[:3]))
    assert fault is not None
    assert "the head was altered" in fault.text


@given(st.text(), st.text(), st.integers(), st.none() | st.integers())
def test_two_contents_have_one_hash_only_when_they_are_the_same(name: str, other: str, at_ms: int, user_id: int | None) -> None:
    first, second = content(name, at_ms=at_ms, user_id=user_id), content(other, at_ms=at_ms, user_id=user_id)
    assert (hash_of(GENESIS, first) == hash_of(GENESIS, second)) == (name == other)

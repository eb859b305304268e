"""The chain of hashes that shows whether an entry was altered, removed or put in. Pure.

    hash of entry n = SHA-256(hash of entry n - 1, a line feed, the content of entry n)

where the content is the JSON array of CONTENT's values in that order, in ASCII and without spaces, and the hash before the first entry is
64 zeros. Numbers go up by one. What the database can't know of, a tail that was cut off together with the head, is for anchors.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

GENESIS = "0" * 64
CONTENT = (
    *("number", "at_ms", "duration_ms", "user_id", "who", "means", "proof", "address"),
    *("action", "camera", "kind", "object_id", "name", "details"),
)
Content = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is in the database."""

    content: Content
    previous: str
    hash: str

    @property
    def number(self) -> int:
        return int(self.content["number"] or 0)


@dataclass(frozen=True, slots=True)
class Tip:
    number: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Fault:
    """`number`: of the first entry that is not as it was."""

    number: int
    text: str


def hash_of(previous: str, content: Content) -> str:
    text = json.dumps([content[name] for name in CONTENT], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode("ascii")).hexdigest()


def sealed(tip: Tip, contents: Iterable[Content]) -> list[Link]:
    """The entries as they go on from the tip; their numbers are given here."""
    links: list[Link] = []
    for content in contents:
        numbered = {**content, "number": tip.number + 1}
        link = Link(numbered, tip.hash, hash_of(tip.hash, numbered))
        links.append(link)
        tip = Tip(link.number, link.hash)
    return links


def first_fault(after: Tip, links: Iterable[Link], *, head: Tip, anchors: Iterable[Tip] = ()) -> Fault | None:
    """`after`: the last entry that was forgotten; `head`: what the database says is the newest; `anchors`: what was written down elsewhere.

    Reads the links once, in the order of their numbers, and stops at the first that is wrong.
    """
    known = {anchor.number: anchor.hash for anchor in anchors if anchor.number > after.number}
    last = after
    for link in links:
        if link.number != last.number + 1:
            return Fault(last.number + 1, _missing(last.number + 1, link.number - 1))
        if link.previous != last.hash:
            return Fault(link.number, f"entry {link.number} does not follow on entry {last.number}: one of the two was put in or altered")
        if hash_of(link.previous, link.content) != link.hash:
            return Fault(link.number, f"entry {link.number} was altered: its content does not have the hash it was sealed with")
        if known.pop(link.number, link.hash) != link.hash:
            return Fault(
                link.number, f"entry {link.number} is another than was written down outside of the database: the chain was made anew"
            )
        last = Tip(link.number, link.hash)
    if head.number > last.number:
        return Fault(last.number + 1, _missing(last.number + 1, head.number))
    if head != last:
        return Fault(last.number, f"the head of the chain says {head.number}, its last entry is {last.number}: the head was altered")
    if known:
        newest = max(known)
        return Fault(
            last.number + 1,
            f"{_missing(last.number + 1, newest)}: that there were so many was written down outside of the database "
            "(a database put back from a backup looks like this, too)",
        )
    return None


def _missing(first: int, last: int) -> str:
    return f"entry {first} is missing" if first >= last else f"entries {first} to {last} are missing"

from __future__ import annotations

from typing import Any

import pytest

from cameras.audit.entries import to_text
from cameras.audit.words import duration, sentence
from cameras.models import AuditAction, AuditEntry


def said(action: str, name: str = "Front door", *, duration_ms: int | None = None, is_going_on: bool = False, **given: Any) -> str:
    details = to_text(given.pop("details", {}))
    entry = AuditEntry(**{"who": "Anna", "means": "page", "kind": "camera", **given}, action=action, name=name, details=details)
    return sentence(entry, duration_ms=duration_ms, when=lambda at_ms: f"t{at_ms}", is_going_on=is_going_on)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (said("watch", duration_ms=720_000), "Anna watched Front door live for 12 minutes"),
        (said("watch", duration_ms=5_000, is_going_on=True), "Anna watched Front door live for 5 seconds so far"),
        (said("playback", details={"footage": [(5, 6), (1, 3)]}), "Anna played back Front door, t1 to t6, 2 stretches"),
        (said("picture", kind="footage"), "Anna looked at pictures of what Front door recorded"),
        (said("picture", means="token", proof="Home"), "Anna looked at live pictures of Front door, with the API token Home"),
        (said("download", "film.mp4", who="", means="link", proof="link 3"), "Somebody downloaded film.mp4, with the shared link 3"),
        (said("delete", details={"footage": [[1, 2]]}), "Anna deleted footage of Front door, t1 to t2"),
        (said("protect", details={"footage": [[1, 2]], "note": "theft"}), "Anna protected footage of Front door, t1 to t2 (“theft”)"),
        (said("login_failed", "bob", who="", kind="user", details={"count": 34}), "Somebody failed to sign in as bob 34 times"),
        (said("login_failed", "", who="", kind="user"), "Somebody failed to sign in with a name that no account has"),
        (
            said("change", details={"changes": {"is_enabled": [True, False], "password": "changed", "name": ["", "Gate"]}}),
            "Anna changed the camera Front door: enabled: yes → no; name: nothing → Gate; password: changed",
        ),
        (
            said("change", "bob", kind="user", details={"added": {"groups": ["guards"]}}),
            "Anna changed the account bob: groups added: guards",
        ),
        (said("add", "Shed", who="root", means="command", proof="addcamera"), "root added the camera Shed, by the command addcamera"),
        (said("share", "film.mp4", details={"until_ms": 9}), "Anna shared film.mp4 by a link that is good until t9"),
        (said("output", details={"output": "1", "is_on": True}), "Anna switched on output 1 of Front door"),
        (
            said("forget", "", who="", means="system", details={"entries": 1200, "number": 7}),
            "The system forgot 1,200 entries of the audit for their age, up to number 7",
        ),
    ],
)
def test_an_entry_is_a_sentence_for_people(told: str, words: str) -> None:
    assert told == words


@pytest.mark.parametrize("action", AuditAction.values)
@pytest.mark.parametrize(
    "details", [{}, {"footage": "x"}, {"footage": [[1]]}, {"changes": [], "added": 3, "entries": None, "until_ms": "?"}]
)
def test_nothing_that_was_tampered_with_keeps_an_entry_from_being_shown(action: str, details: dict[str, Any]) -> None:
    assert said(action, details=details).startswith("Anna ")


@pytest.mark.parametrize(
    ("length_ms", "words"),
    [
        (0, "a moment"),
        (1_000, "1 second"),
        (99_000, "99 seconds"),
        (720_000, "12 minutes"),
        (7_200_000, "2 hours"),
        (9_000_000, "2 hours 30 min"),
    ],
)
def test_durations(length_ms: int, words: str) -> None:
    assert duration(length_ms) == words

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from recordings.journal import Journal, LastWords, Note, append_notes, read_last_words, read_notes
from tests.support.faulty_disk import FaultyDisk
from tests.support.recording_rig import Rig

DAY = date(2026, 11, 20)
NOON_MS = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()) * 1000
NOTE = Note(NOON_MS, 7, "main", "camera_down", "no “answer”\nat all")


def test_notes_lie_in_the_file_of_their_day(tmp_path: Path) -> None:
    late = Note(NOON_MS + 43_200_000, 7, "main", "recording")
    append_notes(tmp_path, [NOTE, late])
    assert list(read_notes(tmp_path, DAY)) == [NOTE]
    assert list(read_notes(tmp_path, date(2026, 11, 21))) == [late]
    assert list(read_notes(tmp_path, date(2026, 11, 22))) == []


def test_a_line_that_a_power_cut_has_torn_spoils_no_other(tmp_path: Path) -> None:
    append_notes(tmp_path, [NOTE])
    file = tmp_path / f"{DAY}.jsonl"
    file.write_bytes(file.read_bytes() + b'{"at_ms":17')
    append_notes(tmp_path, [NOTE])
    assert list(read_notes(tmp_path, DAY)) == [NOTE, NOTE]


@pytest.mark.parametrize("operation", ["write", "fdatasync"])
def test_notes_wait_while_the_disk_is_full_and_come_once(tmp_path: Path, operation: str, caplog: pytest.LogCaptureFixture) -> None:
    journal = Journal(tmp_path)
    with FaultyDisk(tmp_path) as disk:
        disk.fail(operation, "ENOSPC")
        journal.start()
        journal.note(NOTE)
        Rig.wait_until(lambda: "tried again until it can" in caplog.text)
        assert list(read_notes(tmp_path, DAY)) == []
        disk.mend()
        journal.close(10)
    assert list(read_notes(tmp_path, DAY)) == [NOTE]


def test_the_last_words_tell_a_stop_from_a_crash(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert journal.last_words is None
    journal.start()
    journal.note(NOTE)
    Rig.wait_until(lambda: read_last_words(tmp_path) is not None)
    crashed = Journal(tmp_path).last_words
    journal.close()
    stopped = Journal(tmp_path).last_words
    assert crashed is not None
    assert stopped is not None
    assert (crashed.was_stopped, stopped.was_stopped) == (False, True)
    assert stopped.at_ms >= crashed.at_ms >= crashed.started_at_ms > 0
    assert stopped.started_at_ms == crashed.started_at_ms


@pytest.mark.parametrize("text", ["", "{", "[]", '{"at_ms": "x", "was_stopped": true}', '{"at_ms": 1}'])
def test_last_words_that_cannot_be_read_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "alive").write_text(text)
    assert read_last_words(tmp_path) is None
    (tmp_path / "alive").write_text(json.dumps({"at_ms": 5, "was_stopped": False}))
    assert read_last_words(tmp_path) == LastWords(5, False)

"""What the chain's head was, written down outside of the database: whoever cuts off the chain's end there has these to explain.

`tip` holds the newest, `hourly` one line an hour, which goes to the log as well: ship either to another machine, and not even who owns this
one can shorten the past unseen. A line is: number, hash, milliseconds since 1970.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cameras.audit.chain import Tip

logger = logging.getLogger(__name__)

_HOUR_MS = 3_600_000
_LONGEST_LINE_BYTES = 200


def write(directory: Path, tip: Tip, at_ms: int) -> None:
    """A disk that does not take it is no reason not to seal: it is logged, and the next time may go better."""
    line = f"{tip.number} {tip.hash} {at_ms}\n"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(directory / "tip", line)
        if at_ms - _written_ms(directory / "hourly") >= _HOUR_MS:
            with (directory / "hourly").open("a", encoding="ascii") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            logger.info("audit: entry %s is the newest, with the hash %s", tip.number, tip.hash)
    except OSError as error:
        logger.error("audit: the chain's head can't be written to %s: %s", directory, error)


def read(directory: Path) -> list[Tip]:
    """All there are, oldest first. Raises ValueError for a file that holds something else."""
    return [tip for name in ("hourly", "tip") for tip, _ in _lines(directory / name)]


def _lines(path: Path) -> Iterator[tuple[Tip, int]]:
    if not path.is_file():
        return
    for line in path.read_text(encoding="ascii").splitlines():
        words = line.split()
        if len(words) != 3 or not words[0].isdecimal() or not words[2].isdecimal() or len(words[1]) != 64:
            raise ValueError(f"{path} holds a line that the audit did not write: {line[:80]!r}")
        yield Tip(int(words[0]), words[1]), int(words[2])


def _written_ms(path: Path) -> int:
    """When the last line was written; reads the file's end only."""
    if not path.is_file():
        return 0
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _LONGEST_LINE_BYTES))
        words = file.read().decode("ascii", "replace").split()
    return int(words[-1]) if words and words[-1].isdecimal() else 0


def _replace(path: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".tip-", dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)

"""When a file that nobody reported as finished is. Pure."""

from __future__ import annotations

QUIET_MS = 15_000
# A file grows every second. Merely having a successor proves nothing: a clock that was set back names new files before old ones.
QUIET_WITH_SUCCESSOR_MS = 3_000


def is_over(*, now_ms: int, modified_at_ms: int, ended_at_ms: int, has_successor: bool) -> bool:
    """Both the file's own time and its footage's must be far from now: the first may be a file server's clock, the second lags behind on a
    slow disk. Far in the future counts as well, that is what a clock set back leaves.
    """
    quiet_ms = QUIET_WITH_SUCCESSOR_MS if has_successor else QUIET_MS
    return min(abs(now_ms - modified_at_ms), abs(now_ms - ended_at_ms)) >= quiet_ms

"""How a recording directory is: well, full, failing, or not answering at all; and when it is worth trying again. Reads no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from recordings.directory import DirectoryError, DirectoryFullError, RecordingDirectory, free_bytes

LOOK_EVERY_S = 2.0
FIRST_RETRY_S = 2.0
LONGEST_RETRY_S = 16.0
# A full disk has room again when a little more than the reserve is free: it should not begin and end with every picture.
_ROOM_AGAIN_PARTS = 16


class Condition(StrEnum):
    WELL = "well"
    FULL = "full"
    FAILING = "failing"
    HANGING = "hanging"


@dataclass(frozen=True, slots=True)
class State:
    condition: Condition
    reason: str = ""

    @property
    def is_well(self) -> bool:
        return self.condition is Condition.WELL


WELL = State(Condition.WELL)


class Health:
    """Belongs to one thread; `state` may be read by others."""

    def __init__(self) -> None:
        self.state = WELL
        self.is_roomy = True
        self._retry_s = FIRST_RETRY_S
        self._not_before_s = 0.0
        self._looked_at_s = -LOOK_EVERY_S

    def note_error(self, error: OSError, now_s: float) -> None:
        """Something could not be written or synced. Each time that happens without a success in between, the pause doubles."""
        self._not_before_s = now_s + self._retry_s
        self._retry_s = min(self._retry_s * 2, LONGEST_RETRY_S)
        self.state = state_of(error)

    def note_success(self) -> None:
        if self.state.is_well:
            self._retry_s = FIRST_RETRY_S

    def look(self, directory: RecordingDirectory, margin_bytes: int, now_s: float) -> None:
        """Every two seconds: is the directory there, ours, writable and not full? `is_roomy`: with more than the margin beyond its reserve.
        Waits for the disk.
        """
        if now_s - self._looked_at_s < LOOK_EVERY_S:
            return
        self._looked_at_s = now_s
        if self.state.condition is Condition.FULL:
            directory = replace(directory, keep_free_bytes=directory.keep_free_bytes * (_ROOM_AGAIN_PARTS + 1) // _ROOM_AGAIN_PARTS)
        try:
            with directory.opened() as root:
                directory.check_room(root)
                room = free_bytes(root) - directory.keep_free_bytes
                self.is_roomy = room > (margin_bytes if self.is_roomy else 2 * margin_bytes)
        except OSError as error:
            self.state = state_of(error)
        else:
            if now_s >= self._not_before_s:
                self.state = WELL


def state_of(error: OSError) -> State:
    condition = Condition.FULL if isinstance(error, DirectoryFullError) else Condition.FAILING
    return State(condition, words(error))


def words(error: Exception) -> str:
    """For an operator."""
    if isinstance(error, OSError) and not isinstance(error, DirectoryError):
        return f"the disk refuses: {error.strerror or error}"
    return str(error)

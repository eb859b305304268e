"""A directory whose disk fails or hangs on command: system calls on files below it are intercepted."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

_OPERATIONS = ("writev", "write", "fsync", "fdatasync", "ftruncate")


class FaultyDisk:
    def __init__(self, root: Path) -> None:
        self._root = f"{root}/"
        self._errors: dict[str, int] = {}
        self._works = threading.Event()
        self._works.set()
        self._originals = {name: getattr(os, name) for name in _OPERATIONS}

    def __enter__(self) -> FaultyDisk:
        for name in _OPERATIONS:
            setattr(os, name, self._intercept(name))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.mend()
        for name, original in self._originals.items():
            setattr(os, name, original)

    def fail(self, operation: str, error: str) -> None:
        self._errors[operation] = getattr(errno, error)

    def hang(self) -> None:
        """Until it is mended: calls don't return."""
        self._works.clear()

    def mend(self) -> None:
        self._errors.clear()
        self._works.set()

    def _intercept(self, name: str) -> Any:
        original = self._originals[name]

        def call(descriptor: int, *arguments: Any) -> Any:
            if self._is_ours(descriptor):
                self._works.wait()
                if name in self._errors:
                    raise OSError(self._errors[name], os.strerror(self._errors[name]))
            return original(descriptor, *arguments)

        return call

    def _is_ours(self, descriptor: int) -> bool:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        return f"{path}/".startswith(self._root)

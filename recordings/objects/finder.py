"""Which finder is used: settings.OBJECT_FINDER names a class without arguments that finds things in pictures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Protocol

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string
from numpy.typing import NDArray

from recordings.objects.detection import Detection


class FinderMissing(RuntimeError):
    """There is no finder here. The message says what to do, for people."""


class ObjectFinder(Protocol):
    """Made once per process; `find` may be called from any thread. Making one raises FinderMissing."""

    @staticmethod
    def missing() -> str:
        """What it lacks here, without loading anything; empty when it can be made."""
        ...

    def find(self, picture: NDArray[np.uint8]) -> Sequence[Detection]:
        """`picture`: rows of RGB pixels, of any size."""
        ...


def finder() -> ObjectFinder:
    """Loads it (half a second, some 60 MB) the first time. Raises FinderMissing."""
    return _finder(settings.OBJECT_FINDER)


def trouble() -> str:
    """Why nothing can be named here; empty when it can. Loads nothing."""
    kind: type[ObjectFinder] = import_string(settings.OBJECT_FINDER)
    return kind.missing()


@cache
def _finder(name: str) -> ObjectFinder:
    made: ObjectFinder = import_string(name)()
    return made

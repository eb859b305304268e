"""The demo cameras' sound: a soft tick on every second of the clock, a chime on every minute. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000
_TICK_HZ, _CHIME_HZ = 1320.0, (659.26, 880.0)
_MINUTE_S = 60


def samples_at(first: int, count: int) -> NDArray[np.float32]:
    """`count` samples between -1 and 1; `first` is the position of the first one, in samples since 1970."""
    position = first + np.arange(count)
    into_s = (position % SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    tick = 0.22 * np.sin(2 * np.pi * _TICK_HZ * into_s) * np.exp(-into_s * 60)
    minute_s = (position % (SAMPLE_RATE_HZ * _MINUTE_S)) / SAMPLE_RATE_HZ
    chime = sum(np.sin(2 * np.pi * tone * minute_s) for tone in _CHIME_HZ) * 0.12 * np.exp(-minute_s * 4)
    mixed: NDArray[np.float32] = (tick + chime).astype(np.float32)
    return mixed

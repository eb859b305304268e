"""One supervised process: started so that it can't outlive us, watched by pidfd, stopped as a group.

Linux only: pidfd_open(2) wakes the supervisor without polling, and PR_SET_PDEATHSIG, prctl(2), ends the child when we are killed.
The death signal is tied to the thread that forks, so children are started from the main thread.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """`is_ready` is asked until it says True before the next process starts; None means ready at once.

    `orphan_signal` is what the kernel sends when the supervisor is killed: SIGKILL for a program whose own clean stop has no bound.
    """

    name: str
    purpose: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    is_ready: Callable[[], bool] | None = None
    stop_seconds: float = 5.0
    is_quiet: bool = False  # its standard output is dropped, its errors are not
    orphan_signal: signal.Signals = signal.SIGTERM


class Child:
    def __init__(self, spec: ProcessSpec) -> None:
        self.spec = spec
        self.started_at_s = 0.0
        self.restarts = 0
        self.pidfd = -1
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, now_s: float) -> None:
        """Raises OSError when the program can't be executed."""
        parent = os.getpid()
        death_signal = int(self.spec.orphan_signal)

        def tie_to_parent() -> None:
            _libc.prctl(_PR_SET_PDEATHSIG, death_signal)
            if os.getppid() != parent:  # the supervisor died between fork and prctl
                os._exit(1)

        self._process = subprocess.Popen(
            list(self.spec.command),
            env={**os.environ, **self.spec.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if self.spec.is_quiet else None,
            start_new_session=True,  # a Ctrl-C reaches the supervisor alone, which stops in order
            preexec_fn=tie_to_parent,
        )
        self.started_at_s = now_s
        self.pidfd = os.pidfd_open(self._process.pid)

    def reap(self) -> int:
        """Collects a process that ended; returns its exit code, negative for a signal. Ends what is left of its group."""
        assert self._process is not None
        code = self._process.wait()
        self.kill()
        if self.pidfd >= 0:
            os.close(self.pidfd)
            self.pidfd = -1
        return code

    def terminate(self) -> None:
        if self.is_running:
            self._signal_group(signal.SIGTERM)

    def kill(self) -> None:
        self._signal_group(signal.SIGKILL)

    def wait(self, seconds: float) -> bool:
        """True when it ended in time."""
        if self._process is None:
            return True
        try:
            self._process.wait(timeout=max(seconds, 0.01))
        except subprocess.TimeoutExpired:
            return False
        return True

    def _signal_group(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return

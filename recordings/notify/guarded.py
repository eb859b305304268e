"""Keeps code that is not ours from connecting into private networks: an audit hook (PEP 578) sees every connect(2) Python makes, with the
address as it was looked up, so neither a redirect nor a second look-up gets past it. It costs nothing outside of guarded_connections().
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from recordings.notify.destinations import Network, is_allowed


@dataclass(slots=True)
class Guard:
    """`refused` are the addresses that a connection was refused to."""

    allowed: Sequence[Network]
    refused: list[str] = field(default_factory=list)


class _Current(threading.local):
    guard: Guard | None = None


_current = _Current()
_is_installed = False
_installing = threading.Lock()


@contextmanager
def guarded_connections(allowed: Sequence[Network]) -> Iterator[Guard]:
    """For this thread. A connection elsewhere than to the internet or `allowed` raises PermissionError inside."""
    _install()
    guard = _current.guard = Guard(allowed)
    try:
        yield guard
    finally:
        _current.guard = None


def _install() -> None:
    global _is_installed
    with _installing:
        if not _is_installed:
            sys.addaudithook(_watch)
            _is_installed = True


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect" or (guard := _current.guard) is None:
        return
    address = arguments[1]
    host = str(address[0]).partition("%")[0] if isinstance(address, tuple) else str(address)
    try:
        is_fine = is_allowed(host, guard.allowed)
    except ValueError:
        is_fine = False  # a unix socket, or a name that is looked up only now
    if not is_fine:
        guard.refused.append(host)
        raise PermissionError(f"connections to {host} are not allowed")

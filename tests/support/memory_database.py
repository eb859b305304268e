"""The tests' database, in memory, as patient as one in a file is.

Connections to a file wait for each other's locks as long as `timeout` says. Those of threads that share one cache don't: SQLite says at
once that a table is locked.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

_PATIENCE_S = 10.0


def let_threads_wait() -> None:
    connection_created.connect(_make_patient, dispatch_uid="tests.memory_database")


def _make_patient(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.vendor == "sqlite" and _patiently not in connection.execute_wrappers:
        connection.execute_wrappers.append(_patiently)


def _patiently(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    until_s = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return execute(sql, params, many, context)
        except OperationalError as error:
            if "table is locked" not in str(error) or time.monotonic() > until_s:
                raise
        time.sleep(0.01)

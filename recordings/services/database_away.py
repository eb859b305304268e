"""Periodic jobs while the database is away."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError

from recordings.services.complaints import complain

logger = logging.getLogger(__name__)


@contextmanager
def while_the_database_answers() -> Iterator[None]:
    """Nothing is lost when it doesn't: the next sweep finds it all."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        complain(logger, f"the catalogue waits for the database: {error}")

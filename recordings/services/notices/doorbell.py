"""Asks for people to be told of an event. What does not get through, as without Redis, notices/lost.py finds."""

from __future__ import annotations

import logging

from celery import current_app
from kombu.exceptions import OperationalError

from recordings.models import Event

logger = logging.getLogger(__name__)
TASK = "recordings.notify_event"


def ring(event: Event, state: str) -> None:
    try:
        current_app.send_task(TASK, (event.pk, state), retry=False)
    except (OperationalError, OSError) as error:
        logger.debug("event %s is told later: %s", event.pk, error)

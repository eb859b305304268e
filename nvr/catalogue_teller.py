"""Tells the catalogue of segments by a Celery task, without ever making the recorder wait. What is lost is found by a sweep."""

from __future__ import annotations

import logging
import threading
from collections import deque

from kombu.exceptions import OperationalError

from nvr.celery import app
from recordings.lane_writer import SegmentNews

logger = logging.getLogger(__name__)
_LONGEST_QUEUE = 10_000
_RETRY_S = 2.0
# A Redis that takes longer is away.
_TRANSPORT = {"socket_timeout": 5, "socket_connect_timeout": 2}


class CatalogueTeller:
    """tell() may be called from any thread. While Redis is away news waits, the oldest of more than ten thousand is dropped."""

    def __init__(self, queue: str | None = None, broker_url: str | None = None) -> None:
        """Without them to Celery's own broker and default queue."""
        self._queue = queue
        self._broker_url = broker_url
        self._waiting: deque[SegmentNews] = deque(maxlen=_LONGEST_QUEUE)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._is_away = False
        self._thread = threading.Thread(target=self._run, name="catalogue teller", daemon=True)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def start(self) -> None:
        self._thread.start()

    def tell(self, news: SegmentNews) -> None:
        self._waiting.append(news)
        self._wake.set()

    def close(self, timeout_s: float) -> None:
        """Sends what waits, as far as the time suffices."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait()
            self._wake.clear()
            while not self._send_all() and not self._stopping.wait(_RETRY_S):
                pass
        self._send_all()

    def _send_all(self) -> bool:
        try:
            with app.connection_for_write(self._broker_url, transport_options=_TRANSPORT) as connection, connection.Producer() as producer:
                while self._waiting:
                    news = self._waiting.popleft()
                    try:
                        arguments = [news.directory_id, news.path, news.is_finished]
                        app.send_task("recordings.catalogue_file", arguments, queue=self._queue, producer=producer, retry=False)
                    except BaseException:
                        self._waiting.appendleft(news)
                        raise
        except (OperationalError, OSError) as error:
            if not self._is_away:
                logger.warning("the catalogue can't be told of new footage, tried again until it can: %s", error)
            self._is_away = True
            return False
        self._is_away = False
        return True

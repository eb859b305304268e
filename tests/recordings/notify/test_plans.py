"""What is asked every few seconds is answered from indexes, however many events there are."""

from __future__ import annotations

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from recordings.services.notices import deliveries, lost, sealing
from recordings.services.notices.broker_world import BrokerView
from tests.support.people import House
from tests.support.telling import NOW_MS, make_event, make_rule, make_webhook, send_all, tell

_GROWING = "recordings_event|recordings_notice|recordings_delivery|recordings_notifymessage"
# Of what is unfinished there are few rows, and an index of these alone.
_OF_FEW = "event_going_on|message_open|delivery_due"


def test_nobody_reads_a_table(house: House) -> None:
    channel = make_webhook(house.alice, "https://127.0.0.1/")
    make_rule(house.alice, channel, kinds=("motion", "camera_down"))
    view = BrokerView(channel.pk)
    view.stories(now_ms=NOW_MS)
    event = make_event(house.camera, has_picture=True)
    with CaptureQueriesContext(connection) as captured:
        tell(event)
        tell(make_event(house.other, kind="camera_down"))
        lost.lost_events(now_ms=NOW_MS + 60_000)
        sealing.due_messages(now_ms=NOW_MS)
        deliveries.due_deliveries(now_ms=NOW_MS)
        view.truths()
        view.stories(now_ms=NOW_MS)
        send_all(NOW_MS + 10_000)
    asked = [query["sql"] for query in captured.captured_queries if query["sql"].startswith("SELECT")]
    assert len(asked) > 30
    wrong = []
    with connection.cursor() as cursor:
        for sql in asked:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            steps = [str(step) for *_, step in cursor.fetchall()]
            if any(re.match(rf"SCAN ({_GROWING})\b(?!.*INDEX ({_OF_FEW}))", step) for step in steps):
                wrong.append((steps, sql))
            if '"recordings_event"."end_ms" IS NULL' in sql and not any("event_going_on" in step for step in steps):
                wrong.append((steps, sql))
    assert wrong == []

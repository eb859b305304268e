"""From an event to what arrives, and what does not: rules, rights, grouping, retries, and nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_django

from cameras.models import Action, Grant
from recordings.models import Delivery, Event, Notice, NotifyChannel, NotifyMessage, NotifyMute
from recordings.notify.decision import decide
from recordings.notify.destinations import parse_networks
from recordings.notify.retry import LEASE_S, MOST_ATTEMPTS
from recordings.services.event_states import begin
from recordings.services.notices import deliveries, history, lost, matching, sealing
from recordings.services.notices.mutes import mute_all, mute_rule
from tests.support.people import House
from tests.support.telling import NOW_MS, held, make_event, make_rule, make_webhook, send_all, tell
from tests.support.webhook_receiver import Receiver, running_receiver

MINUTE_MS = 60_000


@pytest.fixture
def receiver(settings: pytest_django.Settings) -> Iterator[Receiver]:
    settings.NOTIFY_PRIVATE = parse_networks(["127.0.0.0/8"])
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture
def hook(house: House, receiver: Receiver) -> NotifyChannel:
    return make_webhook(house.alice, receiver.url())


def bodies(receiver: Receiver) -> list[dict[str, object]]:
    return [json.loads(taken.body) for taken in receiver.taken]


def titles(receiver: Receiver) -> list[object]:
    return [body["title"] for body in bodies(receiver)]


def test_an_event_arrives_once_however_often_it_is_said(house: House, hook: NotifyChannel, receiver: Receiver) -> None:
    make_rule(house.alice, hook)
    event = make_event(house.camera, zones=["Drive"], labels=[{"label": "person", "score": 0.9}])
    (message,) = tell(event)
    assert tell(event) == [] and tell(event, state="changed") == []
    assert sealing.seal(message, now_ms=NOW_MS + 3_999) is None
    assert [one.state for one in send_all(NOW_MS + 4_000)] == ["sent"]
    assert send_all(NOW_MS + 4_001) == [] and sealing.seal(message, now_ms=NOW_MS + 5_000) == []
    (body,) = bodies(receiver)
    assert (body["type"], body["title"], body["text"]) == ("motion", "Motion at Front door", "At 11:06:40, person, in Drive.")
    assert body["events"] == [
        {
            "id": event.pk,
            "kind": "motion",
            "state": "begun",
            "camera": "front-door",
            "camera_name": "Front door",
            "subject": "",
            "reason": "",
            "start_ms": NOW_MS,
            "end_ms": None,
            "score": 50,
            "zones": ["Drive"],
            "labels": [{"label": "person", "score": 0.9}],
            "url": None,
        }
    ]
    delivery = Delivery.objects.get()
    assert (str(delivery.key), delivery.title, delivery.attempts) == (body["id"], "Motion at Front door", 1)
    hook.refresh_from_db()
    assert hook.last_sent_at == datetime.fromtimestamp((NOW_MS + 4_000) / 1000, UTC)


def test_a_picture_that_is_there_makes_it_go_at_once(house: House, hook: NotifyChannel) -> None:
    make_rule(house.alice, hook)
    event = make_event(house.camera)
    (message,) = tell(event)
    assert sealing.seal(message, now_ms=NOW_MS + 100) is None
    assert sealing.next_look_ms(message, now_ms=NOW_MS + 100) == NOW_MS + 600
    Event.objects.update(has_picture=True)
    assert sealing.seal(message, now_ms=NOW_MS + 600)


def test_a_burst_is_two_messages(house: House, hook: NotifyChannel, receiver: Receiver) -> None:
    make_rule(house.alice, hook)
    for number, after_ms in enumerate((0, 20_000, 30_000, 61_000)):
        camera = (house.camera, house.other)[number % 2]
        tell(make_event(camera, NOW_MS + after_ms, end_ms=NOW_MS + after_ms), NOW_MS + after_ms)
        send_all(NOW_MS + after_ms + 4_000)
    assert titles(receiver) == ["Motion at Front door", "Motion at Garden and Front door"]
    assert bodies(receiver)[1]["text"] == "3 events from 11:07:00 to 11:07:41."


def test_a_camera_that_never_rests_is_told_of_once_in_its_time(house: House, hook: NotifyChannel, receiver: Receiver) -> None:
    rule = make_rule(house.alice, hook, every_s=300, group_s=0)
    for minute in range(7):
        now_ms = NOW_MS + minute * MINUTE_MS
        tell(make_event(house.camera, now_ms, end_ms=now_ms), now_ms)
        send_all(now_ms + 4_000)
    assert held(rule) == ["", "too often", "too often", "too often", "too often", "too often", ""]
    assert len(receiver.taken) == 2


def test_down_and_up_again(house: House, hook: NotifyChannel, receiver: Receiver) -> None:
    rule = make_rule(house.alice, hook, kinds=("camera_down",))
    events = [make_event(camera, NOW_MS, "camera_down", reason="The camera does not answer.") for camera in (house.camera, house.other)]
    for event in events:
        tell(event)
    send_all(NOW_MS + 3_000)
    assert titles(receiver) == ["No picture from 2 cameras"]
    Event.objects.filter(pk=events[0].pk).update(end_ms=NOW_MS + 4 * MINUTE_MS)
    tell(events[0], NOW_MS + 4 * MINUTE_MS, "ended")
    tell(events[0], NOW_MS + 4 * MINUTE_MS, "ended")
    send_all(NOW_MS + 5 * MINUTE_MS)
    assert bodies(receiver)[1]["title"] == "Front door is back"
    assert bodies(receiver)[1]["text"] == "It lasted 4 minutes, from 11:06:40 to 11:10:40."
    assert (len(receiver.taken), held(rule)) == (2, ["", "", ""])


def test_a_failing_disk_is_one_message_however_many_cameras_it_has(house: House, hook: NotifyChannel, receiver: Receiver) -> None:
    make_rule(house.alice, hook, kinds=("storage", "gap"))
    tell(make_event(None, NOW_MS, "storage", subject="disk 1", reason="The disk fails"))
    send_all(NOW_MS + 5_000)
    for camera in (house.camera, house.other):
        tell(make_event(camera, NOW_MS, "gap", reason="Input/output error"), NOW_MS + 8_000)
    send_all(NOW_MS + 12_000)
    (body,) = bodies(receiver)
    assert (body["type"], body["title"]) == ("storage", "Storage trouble: disk 1")
    assert "Footage of 2 cameras (Front door and Garden) is missing" in str(body["text"])
    assert len(body["events"]) == 3  # type: ignore[arg-type]  # a list
    Event.objects.filter(kind="gap").update(end_ms=NOW_MS + MINUTE_MS)
    tell(make_event(house.camera, NOW_MS + 5 * MINUTE_MS, "gap"), NOW_MS + 5 * MINUTE_MS)
    send_all(NOW_MS + 6 * MINUTE_MS)
    assert [body["type"] for body in bodies(receiver)] == ["storage", "gap"]


def test_the_end_of_what_was_muted_is_not_told(house: House, hook: NotifyChannel, receiver: Receiver) -> None:
    rule = make_rule(house.alice, hook, kinds=("camera_down",))
    mute_rule(rule, NOW_MS + MINUTE_MS)
    event = make_event(house.camera, NOW_MS, "camera_down")
    assert tell(event) == []
    Event.objects.update(end_ms=NOW_MS + 2 * MINUTE_MS)
    assert tell(event, NOW_MS + 2 * MINUTE_MS, "ended") == []
    assert held(rule) == ["muted", "untold"]


def test_a_mute_holds_also_what_waits_already(house: House, hook: NotifyChannel, receiver: Receiver) -> None:
    rule = make_rule(house.alice, hook)
    tell(make_event(house.camera))
    mute_all(house.alice, NOW_MS + MINUTE_MS)
    assert send_all(NOW_MS + 4_000) == []
    assert held(rule) == ["muted"]
    NotifyMute.objects.all().delete()
    assert send_all(NOW_MS + 2 * MINUTE_MS) == [] and receiver.taken == []


def test_what_was_found_late_is_one_message(house: House, hook: NotifyChannel, receiver: Receiver) -> None:
    make_rule(house.alice, hook)
    for number in range(30):
        tell(make_event(house.camera, NOW_MS - 3_600_000 + number * MINUTE_MS, is_late=True, end_ms=NOW_MS), NOW_MS + number * 100)
    send_all(NOW_MS + MINUTE_MS)
    assert titles(receiver) == ["30 events were found late"]
    tell(make_event(house.camera, NOW_MS - 60, is_late=True, end_ms=NOW_MS), NOW_MS + 2 * MINUTE_MS)
    assert send_all(NOW_MS + 60 * MINUTE_MS) == []
    assert len(send_all(NOW_MS + 61 * MINUTE_MS)) == 1


def test_nobody_is_told_of_a_camera_that_is_not_theirs_to_play_back(house: House, receiver: Receiver) -> None:
    hook = make_webhook(house.carol, receiver.url())
    make_rule(house.carol, hook, kinds=("motion", "camera_down", "storage"))
    assert tell(make_event(house.camera)) == []  # she may configure it, which is not to see its footage
    assert tell(make_event(house.other, kind="camera_down")) == []
    assert len(tell(make_event(house.camera, kind="camera_down"))) == 1
    assert len(tell(make_event(None, kind="storage", subject="disk"))) == 1
    house.carol.is_staff = False
    house.carol.save()
    assert tell(make_event(None, kind="storage", subject="other disk")) == []


def test_a_right_that_ends_before_it_is_sent_ends_it(house: House, receiver: Receiver) -> None:
    grant = Grant.objects.create(user=house.carol, camera=house.camera, action=Action.PLAYBACK)
    make_rule(house.carol, make_webhook(house.carol, receiver.url()))
    tell(make_event(house.camera))
    grant.delete()
    (delivery,) = send_all(NOW_MS + 4_000)
    assert (delivery.state, delivery.reason) == ("failed", "You have no right to see this camera any more.")
    assert receiver.taken == []


def test_of_a_message_only_what_one_may_still_see_is_told(house: House, receiver: Receiver) -> None:
    grants = [Grant.objects.create(user=house.carol, camera=camera, action=Action.PLAYBACK) for camera in (house.camera, house.other)]
    make_rule(house.carol, make_webhook(house.carol, receiver.url()))
    for camera in (house.camera, house.other):
        tell(make_event(camera))
    grants[1].delete()
    send_all(NOW_MS + 4_000)
    assert titles(receiver) == ["Motion at Front door"]
    assert b"arden" not in receiver.taken[0].body


def test_an_account_that_is_switched_off_gets_nothing(house: House, hook: NotifyChannel, receiver: Receiver) -> None:
    make_rule(house.alice, hook)
    tell(make_event(house.camera))
    house.alice.is_active = False
    house.alice.save()
    assert [one.state for one in send_all(NOW_MS + 4_000)] == ["failed"]
    assert tell(make_event(house.other)) == [] and receiver.taken == []


def test_who_is_no_staff_any_more_has_no_webhook(house: House, receiver: Receiver) -> None:
    Grant.objects.create(user=house.carol, camera=house.camera, action=Action.PLAYBACK)
    make_rule(house.carol, make_webhook(house.carol, receiver.url()))
    tell(make_event(house.camera))
    house.carol.is_staff = False
    house.carol.save()
    (delivery,) = send_all(NOW_MS + 4_000)
    assert (delivery.state, receiver.taken) == ("failed", [])


def test_a_receiver_that_fails_and_comes_back(house: House, hook: NotifyChannel, receiver: Receiver) -> None:
    make_rule(house.alice, hook)
    tell(make_event(house.camera))
    receiver.statuses = [503, 500]
    (delivery,) = send_all(NOW_MS + 4_000)
    assert (delivery.state, delivery.attempts) == ("waiting", 1)
    assert delivery.reason == "It answered 503 (Service Unavailable)."
    assert 3_750 <= delivery.next_try_ms - (NOW_MS + 4_000) <= 6_250
    hook.refresh_from_db()
    assert (hook.failing_since, hook.failing_reason) == (datetime.fromtimestamp((NOW_MS + 4_000) / 1000, UTC), delivery.reason)
    assert send_all(delivery.next_try_ms - 1) == []
    (delivery,) = send_all(delivery.next_try_ms)
    (delivery,) = send_all(delivery.next_try_ms)
    assert (delivery.state, delivery.attempts, delivery.reason) == ("sent", 3, "")
    assert len({taken.headers["webhook-id"] for taken in receiver.taken}) == 1
    hook.refresh_from_db()
    assert (hook.failing_since, hook.failing_reason) == (None, "")


def test_in_the_end_it_is_given_up(house: House, hook: NotifyChannel, receiver: Receiver) -> None:
    make_rule(house.alice, hook)
    tell(make_event(house.camera))
    receiver.statuses = [500] * 20
    at_ms = NOW_MS + 4_000
    while tried := send_all(at_ms):
        at_ms = tried[0].next_try_ms
    assert (tried, len(receiver.taken)) == ([], MOST_ATTEMPTS)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("given_up", MOST_ATTEMPTS)


def test_what_is_refused_is_not_tried_again(house: House, hook: NotifyChannel, receiver: Receiver) -> None:
    make_rule(house.alice, hook)
    tell(make_event(house.camera))
    receiver.statuses = [400]
    assert [one.state for one in send_all(NOW_MS + 4_000)] == ["failed"]
    assert send_all(NOW_MS + 24 * 60 * MINUTE_MS) == []


def test_a_task_that_comes_twice_sends_once(house: House, hook: NotifyChannel, receiver: Receiver) -> None:
    """The second one comes while the first is waiting for its answer."""
    make_rule(house.alice, hook)
    (message,) = tell(make_event(house.camera))
    (delivery_id,) = sealing.seal(message, now_ms=NOW_MS + 4_000) or []
    assert deliveries._claimed(delivery_id, now_ms=NOW_MS + 4_000) is not None
    assert deliveries.deliver(delivery_id, now_ms=NOW_MS + 4_001) is None
    assert receiver.taken == []
    # Its worker has died: the claim runs out, and somebody else does it.
    assert [one.state for one in send_all(NOW_MS + 4_000 + LEASE_S * 1000)] == ["sent"]
    assert Delivery.objects.get().attempts == 2


def test_who_lost_its_claim_does_not_undo_what_another_did(house: House, hook: NotifyChannel, receiver: Receiver) -> None:
    make_rule(house.alice, hook)
    (message,) = tell(make_event(house.camera))
    (delivery_id,) = sealing.seal(message, now_ms=NOW_MS + 4_000) or []
    slow = deliveries._claimed(delivery_id, now_ms=NOW_MS + 4_000)
    assert slow is not None
    send_all(NOW_MS + 4_000 + LEASE_S * 1000)
    deliveries._finish(slow, None, deliveries._NO_RIGHT, now_ms=NOW_MS + 400_000)
    assert Delivery.objects.get().state == "sent"


def test_a_message_that_went_out_meanwhile_is_not_joined(house: House, hook: NotifyChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the decision and its writing another task seals the message."""
    make_rule(house.alice, hook)
    (first,) = tell(make_event(house.camera))

    def slowly(*args: Any) -> object:
        verdict = decide(*args)
        sealing.seal(first, now_ms=NOW_MS + 4_000)
        return verdict

    monkeypatch.setattr(matching, "decide", slowly)
    (second,) = tell(make_event(house.other), NOW_MS + 4_000)
    assert second != first
    assert NotifyMessage.objects.get(pk=first).notices.count() == 1


def test_what_nobody_took_up_is_found(house: House, hook: NotifyChannel) -> None:
    before = make_event(house.camera, NOW_MS - 30_000, end_ms=NOW_MS)
    Event.objects.update(made_at=datetime(2026, 11, 18, 11, 0, tzinfo=UTC))
    rule = make_rule(house.alice, hook)
    for row in (hook, rule):
        type(row).objects.update(updated_at=datetime(2026, 11, 18, 11, 1, tzinfo=UTC))
    event = make_event(house.camera, NOW_MS - 20_000)
    Event.objects.filter(pk=event.pk).update(made_at=datetime(2026, 11, 18, 11, 6, tzinfo=UTC))
    assert lost.lost_events(now_ms=NOW_MS) == [(event.pk, "begun")]
    assert len(tell(event)) == 1
    assert lost.lost_events(now_ms=NOW_MS) == []
    assert not Notice.objects.filter(event=before).exists()


def test_an_end_that_nobody_took_up_is_found_however_long_ago_it_began(house: House, hook: NotifyChannel) -> None:
    make_rule(house.alice, hook, kinds=("camera_down",))
    event = make_event(house.camera, kind="camera_down")
    tell(event)
    send_all(NOW_MS + 3_000)
    Event.objects.update(end_ms=NOW_MS + 48 * 60 * MINUTE_MS)
    Event.objects.update(made_at=datetime(2099, 1, 1, tzinfo=UTC))  # after the rule was made, by its clock
    later_ms = int(datetime(2099, 1, 2, tzinfo=UTC).timestamp()) * 1000
    assert lost.lost_events(now_ms=NOW_MS + 49 * 60 * MINUTE_MS) == []
    Event.objects.update(end_ms=later_ms)
    assert lost.lost_events(now_ms=later_ms + MINUTE_MS) == [(event.pk, "ended")]


def test_a_rule_without_rights_finds_nothing_lost(house: House, receiver: Receiver) -> None:
    make_rule(house.carol, make_webhook(house.carol, receiver.url()))
    make_event(house.other, NOW_MS - 20_000)
    assert lost.lost_events(now_ms=NOW_MS + 10**9) == []


def test_what_it_becomes_may_be_what_somebody_waits_for(house: House, hook: NotifyChannel) -> None:
    make_rule(house.alice, hook, min_score=60, labels=["person"])
    event = make_event(house.camera)
    assert tell(event) == []
    Event.objects.update(peak_score=80, labels=[{"label": "person", "score": 0.8}])
    assert len(tell(event, NOW_MS + 2_000, "changed")) == 1


def test_only_the_rules_cameras_and_zones(house: House, hook: NotifyChannel) -> None:
    rule = make_rule(house.alice, hook, cameras=(house.camera,), zones=["Drive"])
    assert tell(make_event(house.other, zones=["Drive"])) == []
    assert tell(make_event(house.camera, zones=["Door"], end_ms=NOW_MS)) == []
    assert len(tell(make_event(house.camera, zones=["Door", "Drive"]))) == 1
    rule.cameras.clear()
    assert tell(make_event(house.camera, NOW_MS + 1, kind="gap", zones=["Drive"])) == []


def test_a_channel_that_is_off_is_passed_over(house: House, hook: NotifyChannel) -> None:
    make_rule(house.alice, hook)
    (message,) = tell(make_event(house.camera))
    NotifyChannel.objects.update(is_enabled=False)
    assert sealing.seal(message, now_ms=NOW_MS + 4_000) == []
    assert tell(make_event(house.other)) == []


def test_the_past_is_forgotten_but_for_what_goes_on(house: House, hook: NotifyChannel) -> None:
    make_rule(house.alice, hook, kinds=("motion", "camera_down"))
    tell(make_event(house.camera, end_ms=NOW_MS))
    tell(make_event(house.camera, kind="camera_down"))
    send_all(NOW_MS + 10_000)
    assert history.forget_old(now_ms=NOW_MS + history.KEPT_MS - 1) == 0
    history.forget_old(now_ms=NOW_MS + history.KEPT_MS + 20_000)
    assert not Delivery.objects.exists()
    assert list(Notice.objects.values_list("sort", flat=True)) == ["camera_down"]


@pytest.mark.django_db(transaction=True)
def test_an_event_that_begins_rings_the_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[tuple[object, ...]] = []
    monkeypatch.setattr("recordings.services.notices.doorbell.current_app.send_task", lambda *args, **_: rung.append(args))
    house = House()
    event = Event(camera=house.camera, kind="motion", start_ms=1, seen_until_ms=1, footage_start_ms=1, footage_end_ms=1)
    assert begin(event, now_ms=1)
    assert rung == [("recordings.notify_event", (event.pk, "begun"))]

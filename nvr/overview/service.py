"""How the rest is: people, messages, and the processes of the system."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from nvr.health import check_redis
from nvr.overview.facts import BAD, GOOD, LOOK, MOST_NAMED, Fact, Person, are, count, list_of, moment, owned
from nvr.queues import waiting_tasks
from recordings.models import Delivery, Event, NotifyChannel, NotifyRule

_PROCESSES = {
    "ingest": ("Cameras are connected to and recorded", "Nothing connects to the cameras, and nothing is recorded"),
    "render": ("Pictures are made", "Nobody makes pictures for browsers that can't play the cameras' own"),
    "worker": ("Tasks are done", "Nobody does the tasks: footage is neither catalogued nor deleted"),
    "onvif": ("Cameras that turn are watched over", "Nobody watches over cameras that turn, and tours stand still"),
}
_QUEUES = {
    "celery": ("footage to catalogue and to clear away", 500),
    "slow": ("exports and preview pictures", 500),
    "motion": ("footage to look through for motion", 500),
    "notify": ("messages to send", 100),
}


def people(person: Person) -> Iterable[Fact]:
    if not getattr(person, "is_superuser", False):
        return
    active = User.objects.filter(is_active=True)
    superusers = active.filter(is_superuser=True).count()
    yield Fact(GOOD, f"{count(active.count(), 'person', 'people')} may sign in, {superusers} of them may everything.")
    never = active.filter(is_superuser=False, grants__isnull=True, groups__grants__isnull=True).distinct().count()
    if never:
        yield Fact(LOOK, f"{count(never, 'person', 'people')} may see no camera at all.", (("People", list_of("auth_user")),))


def notifications(person: Person) -> Iterable[Fact]:
    rules, channels = owned(NotifyRule.objects.filter(is_enabled=True), person), owned(NotifyChannel.objects.all(), person)
    page = (("Notifications", reverse("pages:notifications")),)
    if not any(Event.Kind.CAMERA_DOWN in kinds for kinds in rules.values_list("kinds", flat=True)):
        yield Fact(LOOK, "Nobody is told when a camera is down: no rule is about that.", page)
    failing = list(channels.filter(is_enabled=True, failing_since__isnull=False).order_by("failing_since")[:MOST_NAMED])
    for channel in failing:
        assert channel.failing_since is not None
        show = (("Show", reverse("admin:recordings_notifychannel_change", args=[channel.pk])),)
        yield Fact(BAD, f"Messages by “{channel.name}” fail since {moment(channel.failing_since)}: {channel.failing_reason}", show)
    if not failing and (working := channels.filter(is_enabled=True).count()):
        yield Fact(GOOD, f"{count(working, 'channel')} to tell people by, none of them failing.")
    mine = Delivery.objects.filter(channel__in=channels)
    if waiting := mine.filter(state__in=Delivery.UNFINISHED).count():
        yield Fact(
            LOOK, f"{are(waiting, 'message')} still to be sent.", (("Show", list_of("recordings_delivery", "state__exact=waiting")),)
        )


def system(person: Person) -> Iterable[Fact]:
    more = (("System", reverse("pages:system")),)
    redis, processes = check_redis(*_PROCESSES)
    if redis["status"] != "ok":
        yield Fact(BAD, "Redis does not answer: no live pictures, no tasks, no news on open pages. Recording goes on.", more)
        return
    for name, component in processes.items():
        well, ill = _PROCESSES[name]
        is_heard = component["status"] == "ok"
        yield Fact(GOOD, f"{well}.") if is_heard else Fact(BAD, f"{ill}: the process “{name}” is not heard of.", more)
    waiting = waiting_tasks(_QUEUES)
    long = {name: what for name, (what, many) in _QUEUES.items() if waiting.get(name, 0) > many}
    for name, what in long.items():
        yield Fact(LOOK, f"{waiting[name]} tasks wait in line: {what}.", more)
    if not long:
        in_line = sum(waiting.values())
        yield Fact(GOOD, f"{are(in_line, 'task')} in line." if in_line else "No task has to wait.")
    yield Fact(GOOD, f"Version {settings.VERSION}.", more)

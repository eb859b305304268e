"""What was told, and what was not and why: for a look. Kept for 30 days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cameras.admin.downloads import DOWNLOADS, Downloadable, moment
from cameras.admin.links import badge
from cameras.admin.rights import ReadOnly
from recordings.admin.moments import OnTimeline
from recordings.admin.owned import Owned
from recordings.models import Delivery, Notice
from recordings.notify.decision import Held

_COLOURS = {"waiting": "connecting", "sending": "connecting", "sent": "live", "failed": "down", "given_up": "down"}
_WHY = {
    Held.HOURS.value: "outside of the rule's hours",
    Held.MUTED.value: "muted",
    Held.TOO_OFTEN.value: "told of this camera a moment before",
    Held.UNTOLD.value: "its beginning was not told either",
}


class Told(Downloadable, ReadOnly, OnTimeline, Owned):
    actions = DOWNLOADS


@admin.register(Delivery)
class DeliveryAdmin(Told):
    owner_path = "message__rule__owner"
    moment_field = "made_ms"
    list_display = ("made", "title", "channel", "rule", "now", "attempts", "sent")
    list_display_links = ("made",)
    list_filter = ("state", "channel__kind")
    list_select_related = ("message__rule__owner", "channel", "device")
    search_fields = ("title", "channel__name", "message__rule__name", "reason")
    search_help_text = "A day or a moment, as in 2026-11-22, or a part of the title, of a channel, of a rule, of a reason."
    fields = ("made", "title", "rule", "channel", "device", "now", "attempts", "next_try", "sent", "key")
    readonly_fields = fields
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "made": lambda delivery: moment(delivery.made_ms),
        "title": lambda delivery: delivery.title,
        "rule": lambda delivery: delivery.message.rule.name,
        "owner": lambda delivery: delivery.message.rule.owner,
        "channel": lambda delivery: delivery.channel.name,
        "state": lambda delivery: delivery.state,
        "attempts": lambda delivery: delivery.attempts,
        "reason": lambda delivery: delivery.reason,
        "sent": lambda delivery: moment(delivery.sent_ms),
    }

    @admin.display(description="made", ordering="made_ms")
    def made(self, delivery: Delivery) -> datetime | None:
        return moment(delivery.made_ms)

    @admin.display(description="rule")
    def rule(self, delivery: Delivery) -> str:
        return f"{delivery.message.rule.name} ({delivery.message.rule.owner})"

    @admin.display(description="state", ordering="state")
    def now(self, delivery: Delivery) -> SafeString:
        words = delivery.get_state_display()
        return badge(_COLOURS.get(delivery.state, "off"), f"{words}: {delivery.reason}" if delivery.reason else words)

    @admin.display(description="next try")
    def next_try(self, delivery: Delivery) -> datetime | str | None:
        return moment(delivery.next_try_ms) if delivery.state == Delivery.State.WAITING else "none"

    @admin.display(description="sent", ordering="sent_ms")
    def sent(self, delivery: Delivery) -> datetime | str | None:
        return moment(delivery.sent_ms) or "not"


class HeldFilter(admin.SimpleListFilter):
    title = "reason"
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(_WHY.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(held=self.value()) if self.value() in _WHY else queryset


@admin.register(Notice)
class NoticeAdmin(Told):
    """Events that a rule is about and that were not told."""

    owner_path = "rule__owner"
    moment_field = "at_ms"
    list_display = ("at", "event_kind", "camera", "rule_name", "why")
    list_filter = (HeldFilter,)
    list_select_related = ("rule__owner", "event", "camera")
    search_fields = ("camera__name", "rule__name")
    fields = ("at", "event_kind", "camera", "rule_name", "why")
    readonly_fields = fields
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "at": lambda notice: moment(notice.at_ms),
        "event": lambda notice: notice.event_id,
        "kind": lambda notice: notice.event.kind,
        "camera": lambda notice: notice.camera,
        "rule": lambda notice: notice.rule.name,
        "owner": lambda notice: notice.rule.owner,
        "why": lambda notice: notice.held,
    }

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).exclude(held="")

    @admin.display(description="when", ordering="at_ms")
    def at(self, notice: Notice) -> datetime | None:
        return moment(notice.at_ms)

    @admin.display(description="event")
    def event_kind(self, notice: Notice) -> str:
        return notice.event.get_kind_display()

    @admin.display(description="rule")
    def rule_name(self, notice: Notice) -> str:
        return f"{notice.rule.name} ({notice.rule.owner})"

    @admin.display(description="not told, because")
    def why(self, notice: Notice) -> str:
        return _WHY.get(notice.held, notice.held)

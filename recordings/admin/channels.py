"""Ways to tell people and programs. Settings are checked and stored as by the API; what of them may be shown, channels.describe() says."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Count, ForeignKey, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from cameras.admin.downloads import DOWNLOADS, Downloadable
from cameras.admin.filters import KnownFilter
from cameras.admin.links import badge
from cameras.admin.outcomes import Refused, do_each
from cameras.admin.rights import ReadOnly
from cameras.permissions import signed_in
from recordings.admin.channel_forms import FORMS, ChannelForm
from recordings.admin.owned import Owned
from recordings.models import NotifyChannel, PushDevice
from recordings.notify.letter import Result
from recordings.services.notices import channels

_HINTS = {
    NotifyChannel.Kind.EMAIL: "A message with a picture, to one address",
    NotifyChannel.Kind.WEBHOOK: "A signed request to a program of yours",
    NotifyChannel.Kind.MQTT: "Home Assistant and others, by a broker",
    NotifyChannel.Kind.APPRISE: "Telegram, Discord, ntfy and a hundred more",
}


class FailingFilter(KnownFilter):
    title = "whether it works"
    parameter_name = "failing"
    field = "failing_since"
    words = ("fails", "works, as far as is known")


@admin.register(NotifyChannel)
class NotifyChannelAdmin(Downloadable, Owned):
    list_display = ("name", "owner", "kind", "where", "is_enabled", "now", "rule_count", "last_sent_at")
    list_filter = ("kind", "is_enabled", FailingFilter)
    search_fields = ("name", "owner__username", "failing_reason")
    list_select_related = ("owner",)
    actions = ("enable", "disable", "send_test", *DOWNLOADS)
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "name": lambda channel: channel.name,
        "owner": lambda channel: channel.owner,
        "kind": lambda channel: channel.kind,
        "is_enabled": lambda channel: channel.is_enabled,
        "details": lambda channel: describe(channel),
        "failing_since": lambda channel: channel.failing_since,
        "failing_reason": lambda channel: channel.failing_reason,
        "last_sent_at": lambda channel: channel.last_sent_at,
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[NotifyChannel]:
        rows: QuerySet[NotifyChannel] = super().get_queryset(request)
        return rows.annotate(rules_by_it=Count("rules", distinct=True), devices=Count("owner__push_devices", distinct=True))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """First which kind, then its settings."""
        if request.GET.get("kind") in self._kinds(request):
            return super().add_view(request, form_url, extra_context)
        context = {
            **self.admin_site.each_context(request),
            "title": "Which kind of channel?",
            "opts": self.opts,
            "kinds": [(kind, NotifyChannel.Kind(kind).label, _HINTS[NotifyChannel.Kind(kind)]) for kind in self._kinds(request)],
        }
        return TemplateResponse(request, "admin/recordings/notifychannel/choose.html", context)

    def get_form(self, request: HttpRequest, obj: NotifyChannel | None = None, change: bool = False, **kwargs: Any) -> Any:
        kind = obj.kind if obj is not None else request.GET.get("kind", "")
        kwargs["form"] = type("FormOfKind", (FORMS[kind],), {"kind": kind, "by": signed_in(request.user)})
        kwargs["fields"] = self._own_fields(request, obj)
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: NotifyChannel | None = None) -> Any:
        kind = obj.kind if obj is not None else request.GET.get("kind", "")
        whose = [] if obj is None and not request.user.is_superuser else ["owner"]
        ours = [*whose, "name", "is_enabled"]
        now = [] if obj is None else [("Now", {"fields": ["kind", "where", "now", "last_sent_at", "made_at", "updated_at"]})]
        if obj is not None and not self.has_change_permission(request, obj):
            return [(None, {"fields": ours}), *now]
        form = FORMS[kind]
        extra = [*form.told_settings, *(["clear_password"] if "clear_password" in form.base_fields and obj is not None else [])]
        said = "What is secret is stored encrypted and never shown again."
        settings = [("Settings", {"fields": extra, "description": said})] if extra else []
        return [(None, {"fields": ours}), *settings, *now]

    def get_readonly_fields(self, request: HttpRequest, obj: NotifyChannel | None = None) -> Any:
        return () if obj is None else ("owner", "kind", "where", "now", "last_sent_at", "made_at", "updated_at")

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "owner":
            kwargs["initial"] = request.user.pk
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: NotifyChannel, form: ChannelForm, change: bool) -> None:
        if not change:
            obj.kind = form.kind
            if "owner" not in form.cleaned_data:
                obj.owner_id = signed_in(request.user).pk
        if not change or any(name in form.told_settings or name == "clear_password" for name in form.changed_data):
            obj.settings, obj.failing_since, obj.failing_reason = form.checked, None, ""
        obj.save()
        if not change and obj.kind == NotifyChannel.Kind.WEBHOOK and not form.cleaned_data.get("secret"):
            messages.info(request, f"The secret that signs its messages, told this once: {obj.settings['secret']}")

    @admin.display(description="to")
    def where(self, channel: NotifyChannel) -> str:
        told = describe(channel)
        if channel.kind == NotifyChannel.Kind.PUSH:
            return f"{told['devices']} devices"
        return str(told.get("to") or told.get("host") or told.get("service") or "")

    @admin.display(description="works", ordering="failing_since")
    def now(self, channel: NotifyChannel) -> SafeString:
        if not channel.is_enabled:
            return badge("off", "switched off")
        if channel.failing_since is not None:
            return badge("down", f"fails: {channel.failing_reason}")
        return badge("live", "yes") if channel.last_sent_at else badge("connecting", "nothing sent yet")

    @admin.display(description="rules", ordering="rules_by_it")
    def rule_count(self, channel: Any) -> int:
        return int(channel.rules_by_it)

    @admin.action(description="Enable selected channels", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[NotifyChannel]) -> None:
        self._switch(request, queryset, is_enabled=True)

    @admin.action(description="Disable selected channels", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[NotifyChannel]) -> None:
        self._switch(request, queryset, is_enabled=False)

    @admin.action(description="Send a test by selected channels", permissions=["change"])
    def send_test(self, request: HttpRequest, queryset: QuerySet[NotifyChannel]) -> None:
        def send(channel: NotifyChannel) -> str:
            if not channels.may_use(channel):
                raise Refused(f"{channel.owner} may not have such a channel any more")
            outcome = channels.test(channel, now_ms=time.time_ns() // 1_000_000)
            if outcome.result is not Result.SENT:
                raise Refused(outcome.reason)
            return "the message was handed over"

        do_each(request, self.mine(request, queryset), send)

    def _switch(self, request: HttpRequest, queryset: QuerySet[NotifyChannel], *, is_enabled: bool) -> None:
        word = "enabled" if is_enabled else "disabled"

        def switch(channel: NotifyChannel) -> str:
            if channel.is_enabled == is_enabled:
                return f"{word} already"
            channel.is_enabled = is_enabled
            channel.save(update_fields=["is_enabled", "updated_at"])
            return word

        do_each(request, self.mine(request, queryset), switch)

    def _kinds(self, request: HttpRequest) -> list[str]:
        """A channel to devices comes with the first of them."""
        return [kind for kind in channels.kinds_for(signed_in(request.user)) if kind != NotifyChannel.Kind.PUSH]

    def _own_fields(self, request: HttpRequest, channel: NotifyChannel | None) -> list[str]:
        is_choosing = channel is None and request.user.is_superuser
        return [*(["owner"] if is_choosing else []), "name", "is_enabled"]


def describe(channel: Any) -> dict[str, Any]:
    """With the number of devices from the list's own query."""
    if channel.kind == NotifyChannel.Kind.PUSH and hasattr(channel, "devices"):
        return {"devices": channel.devices}
    return channels.describe(channel)


@admin.register(PushDevice)
class PushDeviceAdmin(Downloadable, ReadOnly, Owned):
    """A browser says itself that it takes messages; here it is forgotten. What it is addressed by is as good as a key, and not shown."""

    list_display = ("name", "owner", "now", "last_sent_at", "made_at")
    search_fields = ("name", "owner__username")
    list_select_related = ("owner",)
    fields = ("name", "owner", "now", "last_sent_at", "made_at")
    readonly_fields = fields
    actions = ("delete_selected", *DOWNLOADS)
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "name": lambda device: device.name,
        "owner": lambda device: device.owner,
        "failing_reason": lambda device: device.failing_reason,
        "last_sent_at": lambda device: device.last_sent_at,
        "made_at": lambda device: device.made_at,
    }

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or self.is_theirs(request, obj)

    @admin.display(description="works", ordering="failing_reason")
    def now(self, device: PushDevice) -> SafeString:
        return badge("down", device.failing_reason) if device.failing_reason else badge("live", "yes")

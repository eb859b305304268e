from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import SimpleRouter

from recordings.api.notifications.channels import ChannelViewSet
from recordings.api.notifications.devices import DeviceViewSet, PushKeyView
from recordings.api.notifications.log import DeliveriesView, HeldBackView
from recordings.api.notifications.mutes import MuteView
from recordings.api.notifications.rules import RuleViewSet

router = SimpleRouter(use_regex_path=False)
router.register("channels", ChannelViewSet, basename="notify-channel")
router.register("rules", RuleViewSet, basename="notify-rule")
router.register("push/subscriptions", DeviceViewSet, basename="notify-device")

urlpatterns: list[URLPattern | URLResolver] = [
    path("mute/", MuteView.as_view(), name="notify-mute"),
    path("deliveries/", DeliveriesView.as_view(), name="notify-deliveries"),
    path("held-back/", HeldBackView.as_view(), name="notify-held-back"),
    path("push/", PushKeyView.as_view(), name="notify-push"),
    path("", include(router.urls)),
]

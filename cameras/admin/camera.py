from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.db.models import CASCADE, QuerySet
from django.forms import ModelForm
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cameras.admin.camera_actions import CameraActions
from cameras.admin.connection_test import connection_test
from cameras.admin.downloads import DOWNLOADS
from cameras.admin.grants import AnnouncedAdmin
from cameras.admin.links import badge, camera_pages, linked
from cameras.admin.presets import PresetInline
from cameras.admin.rights import may_change_of
from cameras.forms import CameraForm, StreamForm, StreamFormSet, missing_roles
from cameras.models import Action, Camera, Grant, OnvifDevice, Stream
from cameras.permissions import cameras_for, may, may_add, signed_in
from cameras.services import free_slug, grant_creator, next_position, switch_off

if TYPE_CHECKING:
    _StreamInline = admin.StackedInline[Stream, Camera]
    _GrantInline = admin.TabularInline[Grant, Camera]
else:
    _StreamInline = admin.StackedInline
    _GrantInline = admin.TabularInline


class StreamInline(_StreamInline):
    model = Stream
    form = StreamForm
    formset = StreamFormSet
    max_num = len(Stream.Role.values)
    fields = ("role", "url", ("transport", "verify_tls"), "now")
    readonly_fields = ("now",)
    verbose_name_plural = "streams"

    def get_extra(self, request: HttpRequest, obj: Camera | None = None, **kwargs: Any) -> int:
        return len(missing_roles(obj))

    @admin.display(description="now")
    def now(self, stream: Stream) -> SafeString | str:
        return format_html("{} {}", badge(stream.state, stream.get_state_display()), stream.state_reason) if stream.pk else "new"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """An address may hold what a maker wants kept secret: it is for who may change it."""
        return self.fields if may_change_of(request, obj) else ("role", "now")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_change_of(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_change_of(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_change_of(request, obj)


class GrantInline(_GrantInline):
    model = Grant
    fields = ("user", "user_group", "action")
    extra = 0
    verbose_name_plural = "who may do what with this camera"


@admin.register(Camera)
class CameraAdmin(CameraActions, AnnouncedAdmin):
    """Staff see and change the cameras they have a grant to configure; with Django's “Can view camera” they look at those they may view.
    Who may do what is for superusers to decide.
    """

    form = CameraForm
    change_form_template = "admin/cameras/camera/change_form.html"
    list_display = (*("name", "state_now", "stream_list", "is_enabled", "record", "detects_motion", "state_changed_at", "pages"),)
    list_filter = ("state", "is_enabled", "record", "detects_motion")
    search_fields = ("name", "slug", "groups__name", "state_reason")
    readonly_fields = ("slug", "state_now", "state_changed_at")
    # What other packages have to say about a camera: cameras knows none of them, they add themselves.
    further_inlines: ClassVar[tuple[type[admin.options.InlineModelAdmin[Any, Camera]], ...]] = ()
    # Others add theirs, as to the inlines.
    actions: tuple[Any, ...] = ("enable", "disable", "test_connections", *DOWNLOADS)

    class Media:
        js = (Script("js/admin/test-connection.js", type="module"),)

    def get_fieldsets(self, request: HttpRequest, obj: Camera | None = None) -> Any:
        what = ["name", "is_enabled", "record", "detects_motion", "position"]
        if signed_in(request.user).is_superuser:  # type: ignore[attr-defined]  # groups carry rights
            what.append("groups")
        login = {
            "fields": ["username", "password", "clear_password"],
            "description": "Stored encrypted; the password is never shown.",
        }
        if obj is None:
            return [(None, {"fields": what}), ("The camera's login", login)]
        if not self.has_change_permission(request, obj):
            looked_at = ["name", "is_enabled", "record", "detects_motion", "position"]
            return [(None, {"fields": looked_at}), ("Now", {"fields": ["state_now", "state_changed_at"]})]
        now = {"fields": ["state_now", "state_changed_at", "slug"]}
        return [(None, {"fields": what}), ("The camera's login", login), ("Now", now)]

    def get_form(self, request: HttpRequest, obj: Camera | None = None, change: bool = False, **kwargs: Any) -> type[ModelForm[Camera]]:
        form = super().get_form(request, obj, change, **kwargs)
        return type("CameraFormOfRequest", (form,), {"by": request.user})

    def get_inlines(self, request: HttpRequest, obj: Camera | None) -> list[Any]:
        turns = obj is not None and OnvifDevice.objects.filter(camera=obj).exists()
        is_superuser = request.user.is_superuser
        return [StreamInline, *self.further_inlines, *([PresetInline] if turns else []), *([GrantInline] if is_superuser else [])]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"position": next_position(), "is_enabled": True, "record": Camera.Record.CONTINUOUS}

    def get_urls(self) -> list[URLPattern]:
        own = path("test-connection/", self.admin_site.admin_view(connection_test), name="cameras_camera_test_connection")
        return [own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Camera]:
        return cameras_for(request.user, self._sees_by(request)).prefetch_related("streams")

    def get_search_fields(self, request: HttpRequest) -> Any:
        """Who may only look must not guess an address letter by letter."""
        return (*self.search_fields, "streams__url") if self._sees_addresses(request) else self.search_fields

    def columns_for(self, request: HttpRequest) -> Any:
        return {name: read for name, read in self.columns.items() if name != "streams" or self._sees_addresses(request)}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) or cameras_for(request.user, self._sees_by(request)).exists()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_add(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Camera | None = None) -> bool:
        return self.has_module_permission(request) if obj is None else may(request.user, self._sees_by(request), obj)

    def has_change_permission(self, request: HttpRequest, obj: Camera | None = None) -> bool:
        if obj is None:
            return cameras_for(request.user, Action.CONFIGURE).exists()
        return may(request.user, Action.CONFIGURE, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Camera | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def _sees_addresses(self, request: HttpRequest) -> bool:
        return request.user.is_superuser or self._sees_by(request) is Action.CONFIGURE

    def _sees_by(self, request: HttpRequest) -> Action:
        """Whose rows are shown: see cameras/admin/rights.py."""
        return Action.VIEW if request.user.has_perm("cameras.view_camera") else Action.CONFIGURE

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """All that is kept of a camera goes with it, but for its footage. Counted, not listed: of a year that may be a million rows."""
        cameras = list(objs)
        counts: dict[str, int] = {"cameras": len(cameras)}
        for relation in Camera._meta.related_objects:
            kept = relation.related_model
            if relation.on_delete is CASCADE and not relation.many_to_many and not isinstance(kept, str):
                many = kept._base_manager.filter(**{f"{relation.field.name}__in": cameras}).count()
                counts |= {str(kept._meta.verbose_name_plural): many} if many else {}
        mine = set(cameras_for(request.user, Action.CONFIGURE).values_list("pk", flat=True))
        refused = {self.opts.verbose_name for camera in cameras if camera.pk not in mine}
        return [str(camera) for camera in cameras], counts, refused, []

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        form = context["adminform"].form
        camera = context.get("original")
        if camera is not None and self.has_change_permission(request, camera):
            onvif = OnvifDevice.objects.filter(camera=camera).first()
            ours = reverse("admin:cameras_onvifdevice_change", args=[onvif.pk]) if onvif else reverse("admin:cameras_onvifdevice_add")
            context["pages"] = [*camera_pages(camera), ("ONVIF", ours if onvif else f"{ours}?camera={camera.pk}")]
        if form.is_bound and form.has_new_password:
            messages.warning(request, "Enter the password again before saving: it is never sent back to the browser.")
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Camera, form: Any, change: bool) -> None:
        if not change:
            obj.slug = free_slug(obj.name)
        super().save_model(request, obj, form, change)
        if not change:
            grant_creator(obj, signed_in(request.user))
        if form.is_pasted:
            messages.info(request, "The user name and password in the address have been moved to their own fields.")

    def save_related(self, request: HttpRequest, form: ModelForm[Any], formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not form.instance.is_enabled:
            switch_off(form.instance)

    @admin.display(description="state", ordering="state")
    def state_now(self, camera: Camera) -> SafeString:
        words = camera.get_state_display()
        return badge(camera.state, f"{words}: {camera.state_reason}" if camera.state_reason else words)

    @admin.display(description="streams")
    def stream_list(self, camera: Camera) -> SafeString:
        return format_html_join(" ", "{}", ((badge(s.state, s.get_role_display()),) for s in camera.streams.all()))

    @admin.display(description="look at")
    def pages(self, camera: Camera) -> SafeString:
        return linked(camera_pages(camera)[:3], of=camera.name)

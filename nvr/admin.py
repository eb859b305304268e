"""The administration site's texts, its pages about people, and its login: the same page, with the same limit on guesses, as everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from cameras.admin.rights import OnlySuperusersChange, TakesAlong
from cameras.models import Grant
from cameras.permissions import is_superuser
from nvr.people.authority import may_change, people_in_charge
from nvr.people.person_admin import InvitingAdmin

admin.site.site_header = "NVR administration"
admin.site.site_title = "NVR"
admin.site.index_title = "How things are"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # allauth's documented way

if TYPE_CHECKING:
    _UserGrants = admin.TabularInline[Grant, User]
    _GroupGrants = admin.TabularInline[Grant, Group]
    _UserAdmin = UserAdmin[User]
else:
    _UserAdmin = UserAdmin
    _UserGrants = _GroupGrants = admin.TabularInline


class UserGrants(_UserGrants):
    model = Grant
    fk_name = "user"
    fields = ("action", "camera", "camera_group")
    extra = 0
    verbose_name_plural = "what this person may do with which cameras (superusers may everything)"


class GroupGrants(_GroupGrants):
    model = Grant
    fields = ("action", "camera", "camera_group")
    extra = 0
    verbose_name_plural = "what everybody in this group may do with which cameras"


# Of second steps and other services, what would be shown is secrets; services are set up by the environment. Addresses that are known to be
# theirs, and accounts elsewhere, let people in: only they themselves link them.
admin.site.unregister([User, Group, Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken])


@admin.register(User)
class PersonAdmin(TakesAlong, InvitingAdmin, _UserAdmin):
    """Whoever may change accounts here and is no superuser hands out no right, and leaves those alone who are in charge."""

    inlines = (UserGrants,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        if is_superuser(request.user):
            return (*fields, "is_superuser", "is_staff", "is_active") if obj == request.user else fields
        keys = ("username", "email") if obj is not None else ()
        return (*fields, *keys, "is_superuser", "is_staff", "groups", "user_permissions")

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # Django's name
        """Whoever knows somebody's password is that person."""
        if not is_superuser(request.user):
            raise PermissionDenied
        answer: HttpResponse = super().user_change_password(request, id, form_url)
        return answer

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if is_superuser(request.user) else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _is_theirs(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not oneself: so there is an administrator left, whatever is done here."""
        return super().has_delete_permission(request, obj) and _is_theirs(request, obj) and obj != request.user


def _is_theirs(request: HttpRequest, whom: User | None) -> bool:
    return whom is None or (isinstance(request.user, User) and may_change(request.user, whom, people_in_charge()))


@admin.register(Group)
class PeopleAdmin(OnlySuperusersChange, GroupAdmin):
    """A group's members have what it may do: who is no superuser changes none, lest it be their own."""

    inlines = (GroupGrants,)

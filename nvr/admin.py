"""The administration site's texts, its pages about people, and its login: the same page, with the same limit on guesses, as everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest

from cameras.models import Grant
from nvr.people.second_factor import remove_second_factors

admin.site.site_header = "NVR administration"
admin.site.site_title = "NVR"
admin.site.index_title = "Cameras, people and rights"
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
    fields = ("action", "camera", "camera_group")
    extra = 0
    verbose_name_plural = "what this person may do with which cameras (superusers may everything)"


class GroupGrants(_GroupGrants):
    model = Grant
    fields = ("action", "camera", "camera_group")
    extra = 0
    verbose_name_plural = "what everybody in this group may do with which cameras"


# What allauth would show there is secrets.
admin.site.unregister([User, Group, Authenticator])


@admin.register(User)
class PersonAdmin(_UserAdmin):
    inlines = (UserGrants,)
    actions = ("remove_second_steps",)

    @admin.action(description="Remove the second step of signing in (of who lost it)", permissions=("change",))
    def remove_second_steps(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Who may change people may not take an administrator's protection away."""
        for person in people:
            if person.is_superuser and not request.user.is_superuser:
                self.message_user(request, f"Only an administrator removes that of {person}.", messages.ERROR)
            else:
                count = remove_second_factors(person)
                self.message_user(request, f"{person}: {count or 'no'} second step{'' if count == 1 else 's'} removed.")


@admin.register(Group)
class PeopleAdmin(GroupAdmin):
    inlines = (GroupGrants,)

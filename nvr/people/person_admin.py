"""What the admin's pages about people do with signing in: add somebody without a password, make a link, remove a lost second step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from cameras.permissions import is_superuser
from nvr.people.audit import note_link
from nvr.people.authority import may_change, people_in_charge
from nvr.people.links import mail_link, mail_works, password_path
from nvr.people.second_factor import remove_second_factors

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[User]
    _Form = forms.ModelForm[User]
else:
    _Admin = object
    _Form = forms.ModelForm


class InvitationForm(_Form):
    """Nobody thinks up a password for somebody else."""

    class Meta:
        model = User
        fields = ("username", "email")

    def save(self, commit: bool = True) -> User:
        self.instance.set_unusable_password()
        return super().save(commit)


class InvitingAdmin(_Admin):
    """Mixed into the admin of users, before Django's."""

    actions = ("make_links", "remove_second_steps")
    add_form = InvitationForm
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "email"), "description": "They choose their password by a link."}),
    )

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            self._give_link(request, obj, is_invitation=True)

    @admin.action(description="Make a link to choose a new password", permissions=("change",))
    def make_links(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for person in self._changeable(request, people):
            self._give_link(request, person, is_invitation=False)

    @admin.action(description="Remove the second step of signing in (of who lost it)", permissions=("change",))
    def remove_second_steps(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for person in self._changeable(request, people):
            count = remove_second_factors(person)
            self.message_user(request, f"{person}: {count or 'no'} second step{'' if count == 1 else 's'} removed.")

    def _changeable(self, request: HttpRequest, people: QuerySet[User]) -> list[User]:
        """Who may change people does not thereby become one of them: with an account that is in use goes what its person may do."""
        theirs = [person for person in people if is_superuser(request.user) or not person.has_usable_password()]
        in_charge = people_in_charge()
        found = [person for person in theirs if isinstance(request.user, User) and may_change(request.user, person, in_charge)]
        for person in people:
            if person not in found:
                self.message_user(request, f"Only an administrator does that with the account of {person}.", messages.ERROR)
        return found

    def _give_link(self, request: HttpRequest, person: User, *, is_invitation: bool) -> None:
        try:
            was_mailed = mail_link(person, is_invitation=is_invitation)
        except OSError as error:
            self.message_user(request, f"The mail to {person.email} can't be sent: {error}", messages.ERROR)
            was_mailed = False
        note_link(person, is_mailed=was_mailed)
        if was_mailed:
            self.message_user(request, f"A link is on its way to {person.email}.")
            return
        why = "has no e-mail address here" if mail_works() else "can't be written to, as this server sends no mail"
        link = request.build_absolute_uri(password_path(person))
        told = format_html("{} {}. Give them this link, and nobody else: it is good once. <code>{}</code>", person, why, link)
        self.message_user(request, told, messages.WARNING)

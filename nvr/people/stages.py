"""What may be left to do between a right password and being signed in. Until it is done nobody is: no page, socket or API is open.

new password    the one that was entered is weak: NVR_ADMIN_PASSWORD, or one from before the rules
second step     the account must have one (NVR_ADMINS_NEED_SECOND_FACTOR) and has none; who comes from another service has theirs there
"""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.stages import LoginStage, LoginStageController
from django.contrib.auth import password_validation
from django.contrib.auth.models import AbstractBaseUser, User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from nvr.people.second_factor import has_second_factor, is_required_for

_WEAK = "nvr_weak_password"


class NewPasswordStage(LoginStage):  # type: ignore[misc]  # allauth ships no types
    key = "nvr_new_password"
    urlname = "pages:new-password"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        return (HttpResponseRedirect(reverse(self.urlname)) if self.request.session.get(_WEAK) else None), True


class SecondStepStage(LoginStage):  # type: ignore[misc]  # allauth ships no types
    key = "nvr_second_step"
    urlname = "pages:second-step"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        user = self.login.user
        if not is_required_for(user) or has_second_factor(user):
            return None, True
        if any(record["method"] == "socialaccount" for record in get_authentication_records(self.request, user)):
            return None, True
        return HttpResponseRedirect(reverse(self.urlname)), True


def stage_of(request: HttpRequest, stage: type[LoginStage]) -> Any:
    """The stage, when this browser has come so far and no further; None for everybody else."""
    return None if request.user.is_authenticated else LoginStageController.enter(request, stage.key)


def weaknesses(user: AbstractBaseUser, password: str) -> list[str]:
    assert isinstance(user, User), "this project has Django's own users"
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        return error.messages
    return []


def note_weakness(request: HttpRequest, is_weak: bool) -> None:
    """Kept in the session that isn't signed in yet, for the second step may come in between."""
    if is_weak:
        request.session[_WEAK] = True
    else:
        request.session.pop(_WEAK, None)

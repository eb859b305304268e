"""Pages between a right password and being signed in (nvr/people/stages.py)."""

from __future__ import annotations

import base64
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.signals import authenticator_added
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP, clear_totp_secret
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from nvr.people.stages import NewPasswordStage, SecondStepStage, note_weakness, stage_of


@never_cache
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    stage = stage_of(request, NewPasswordStage)
    if stage is None:
        return redirect("account_login")
    form: SetPasswordForm[User] = SetPasswordForm(stage.login.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        note_weakness(request, is_weak=False)
        done: HttpResponse = stage.exit()
        return done
    return render(request, "people/new_password.html", {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    stage = stage_of(request, SecondStepStage)
    if stage is None:
        return redirect("account_login")
    user = stage.login.user
    form = ActivateTOTPForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        codes = _switch_on(request, user, form.secret)
        done: HttpResponse = stage.exit()
        page = render(request, "people/codes.html", {"codes": codes, "next": done.get("Location", "/")})
        page.cookies = done.cookies
        return page
    return render(request, "people/second_step.html", {"form": form, "totp_svg_data_uri": _picture(user, form.secret)})


def _switch_on(request: HttpRequest, user: Any, secret: str) -> list[str]:
    with transaction.atomic():
        app = TOTP.activate(user, secret).instance
        codes = RecoveryCodes.activate(user)
        codes.mark_as_viewed()
    clear_totp_secret(request)
    authenticator_added.send(sender=Authenticator, request=request, user=user, authenticator=app)
    unused: list[str] = codes.get_unused_codes()
    return unused


def _picture(user: Any, secret: str) -> str:
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(user, secret))
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"

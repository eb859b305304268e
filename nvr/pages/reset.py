"""Asking for a new password by mail. What is answered is the same whoever has the address, or nobody, and takes as long."""

from __future__ import annotations

import logging

import celery.exceptions
import kombu.exceptions
from allauth.core.ratelimit import consume
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from nvr.people.links import mail_works
from nvr.tasks import mail_resets_to

logger = logging.getLogger(__name__)


class AskForm(forms.Form):
    email = forms.EmailField(
        max_length=254, label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})
    )


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    form = AskForm(request.POST or None)
    if request.method == "POST" and mail_works() and form.is_valid():
        address = form.cleaned_data["email"].lower()
        if not consume(request, action="reset_password", key=address):
            return render(request, "429.html", status=429)
        try:
            mail_resets_to.delay(address)
        except (celery.exceptions.CeleryError, kombu.exceptions.OperationalError):
            logger.exception("a mail for a new password can't be sent")
            form.add_error(None, "No mail can be sent at the moment. Please try it again later.")
        else:
            return redirect("account_reset_password_done")
    return render(request, "people/reset_ask.html", {"form": form, "mail_works": mail_works()})


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    return render(request, "people/reset_asked.html")

"""Answers the "Test connection" button, for what stands in the form just now, saved or not."""

from __future__ import annotations

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from cameras.addresses import agreed, split_address
from cameras.models import Action, Stream
from cameras.permissions import cameras_for, may_add, signed_in
from cameras.services import guard_password, probe_address
from cameras.stream_url import Credentials


class ConnectionTestForm(forms.Form):
    """Without a `camera` it is one not saved yet. An empty password means the stored one, unless that is to be removed."""

    camera = forms.IntegerField(required=False)
    url = forms.CharField(max_length=1000, error_messages={"required": "Enter an address first."})
    transport = forms.ChoiceField(choices=Stream.Transport.choices)
    verify_tls = forms.BooleanField(required=False)
    username = forms.CharField(required=False, strip=False, max_length=200)
    password = forms.CharField(required=False, strip=False, max_length=200)
    clear_password = forms.BooleanField(required=False)


@sensitive_post_parameters("url", "password")
@require_POST
def connection_test(request: HttpRequest) -> JsonResponse:
    """Takes as long as the camera lets it wait, in the thread of this request."""
    form = ConnectionTestForm(request.POST)
    if not form.is_valid():
        return _refused(ValidationError({name: list(messages) for name, messages in form.errors.items()}))
    given = form.cleaned_data
    if not given["camera"] and not may_add(request.user):
        raise PermissionDenied
    try:
        address, pasted = split_address(given["url"])
        typed = agreed([Credentials("" if pasted.username else given["username"], given["password"]), pasted])
        password = typed.password
        if given["camera"]:
            camera = get_object_or_404(cameras_for(request.user, Action.CONFIGURE), pk=given["camera"])
            if not password and not given["clear_password"]:
                guard_password(camera, [address], is_new_password=False, by=signed_in(request.user))
                password = camera.password
    except ValidationError as error:
        return _refused(error)
    verdict = probe_address(address, Credentials(typed.username, password), given["transport"], given["verify_tls"])
    return JsonResponse({"ok": verdict.ok, "code": verdict.code, "text": verdict.text, "details": dict(verdict.details)})


def _refused(error: ValidationError) -> JsonResponse:
    text = " ".join(_sentence(message) for message in error.messages)
    return JsonResponse({"ok": False, "code": "input", "text": text, "details": {}}, status=400)


def _sentence(message: str) -> str:
    first, space, rest = message.rstrip(".").partition(" ")
    return (first.capitalize() if first.isalpha() else first) + space + rest + "."

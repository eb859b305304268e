"""One's own account: where one is signed in, what programs may use it, and how it is protected. Plain forms, so it works anywhere."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cameras.permissions import signed_in
from nvr.people.browsers import device_words
from nvr.people.models import ApiToken, SignIn
from nvr.people.sign_ins import sign_ins_of, sign_out, sign_out_others
from nvr.people.token_form import TokenForm
from nvr.people.tokens import make_token, revoke_token, tokens_of


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    user = signed_in(request.user)
    own_key = request.session.session_key
    factors = set(Authenticator.objects.filter(user=user.pk).values_list("type", flat=True))
    context = {
        "devices": [_device(sign_in, own_key) for sign_in in sorted(sign_ins_of(user), key=lambda one: one.session_id != own_key)],
        "tokens": list(tokens_of(user)),
        "oidc_name": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "has_app": Authenticator.Type.TOTP in factors,
        "has_passkey": Authenticator.Type.WEBAUTHN in factors,
    }
    return render(request, "people/account.html", context)


@require_POST
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    sign_in = get_object_or_404(sign_ins_of(signed_in(request.user)), pk=pk)
    sign_out(sign_in)
    messages.success(request, f"{device_words(sign_in.user_agent)} is signed out.")
    return redirect("pages:account")


@require_POST
@login_required
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    count = sign_out_others(signed_in(request.user), but=request.session.session_key)
    messages.success(request, "One other device is signed out." if count == 1 else f"{count} other devices are signed out.")
    return redirect("pages:account")


@never_cache
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth ships no types
def new_token(request: HttpRequest) -> HttpResponse:
    """A token outlives the session, so whoever finds a browser left open doesn't get one."""
    user = signed_in(request.user)
    form = TokenForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        details, secret = make_token(user, **form.wish())
        return render(request, "people/token_made.html", {"token": details, "secret": secret})
    return render(request, "people/token_new.html", {"form": form})


@require_POST
@login_required
def end_token(request: HttpRequest, pk: int) -> HttpResponse:
    details: ApiToken = get_object_or_404(tokens_of(signed_in(request.user)), pk=pk)
    revoke_token(details)
    messages.success(request, f"The token “{details}” opens nothing any more.")
    return redirect("pages:account")


def _device(sign_in: SignIn, own_key: str | None) -> dict[str, Any]:
    return {"row": sign_in, "words": device_words(sign_in.user_agent), "is_this": sign_in.session_id == own_key}

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
@login_required
def storage(request: HttpRequest) -> HttpResponse:
    """For staff, as what it shows is; for others it isn't there."""
    if not getattr(request.user, "is_staff", False):
        raise Http404
    return render(request, "recordings/storage.html", {"may_change": request.user.has_perm("recordings.change_volume")})

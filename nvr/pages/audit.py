"""Who did what, for administrators. What is asked for is in the address, so that it can be kept and sent."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from cameras.audit.reading import Filters, entry_text, ongoing_text
from cameras.audit.words import changes
from cameras.models import AuditAction, AuditEntry, Camera
from cameras.permissions import may_read_audit

_A_PAGE = 50


@require_safe
@login_required
def audit(request: HttpRequest) -> HttpResponse:
    """For others it isn't there."""
    if not may_read_audit(request.user):
        raise Http404
    filters, problems = _filters(request)
    page = Paginator(filters.entries(), _A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context: dict[str, Any] = {
        "page": page,
        "days": [(day, list(rows)) for day, rows in groupby((_shown(entry) for entry in page), key=lambda row: row["at"].date())],
        "ongoing": [_going_on(activity) for activity in filters.ongoing()] if page.number == 1 else [],
        "filters": filters,
        "problems": problems,
        "asked": {name: request.GET.get(name, "") for name in ("who", "action", "camera", "from", "to")},
        "is_filtered": any(request.GET.get(name) for name in ("who", "action", "camera", "from", "to")),
        "actions": AuditAction.choices,
        "cameras": _cameras(filters.camera),
        "people": get_user_model()._default_manager.order_by("username").values_list("username", flat=True)[:500],
        "query": query.urlencode(),
        "csv": f"{reverse('api:audit-csv')}?{_csv_query(filters)}",
        "zone": timezone.get_default_timezone_name(),
    }
    return render(request, "audit.html", context)


def _filters(request: HttpRequest) -> tuple[Filters, dict[str, str]]:
    """What can't be understood is left out, and told beside its field."""
    given = {name: request.GET.get(name, "").replace("\x00", "").strip() for name in ("who", "action", "camera", "from", "to")}
    problems: dict[str, str] = {}
    moments: dict[str, int | None] = {"from": None, "to": None}
    for name, days in (("from", 0), ("to", 1)):
        try:
            moments[name] = _midnight_ms(given[name], days)
        except ValueError:
            problems[name] = "Not a date, as in 2026-11-26."
    if given["action"] not in ("", *AuditAction.values):
        problems["action"] = "There is no such action."
        given["action"] = ""
    return Filters(given["who"], given["action"], given["camera"], moments["from"], moments["to"]), problems


def _midnight_ms(text: str, days: int) -> int | None:
    """Of the day, or of the day after it, in the server's time zone. Raises ValueError."""
    if not text:
        return None
    day = parse_date(text)
    if day is None or not 1970 < day.year < 9999:
        raise ValueError(text)
    midnight = timezone.make_aware(datetime.combine(day + timedelta(days=days), time()))
    return round(midnight.timestamp() * 1000)


def _shown(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": timezone.localtime(datetime.fromtimestamp(entry.at_ms / 1000, timezone.get_default_timezone())),
        "text": entry_text(entry),
        "entry": entry,
        "changes": changes(entry.told),
        "values": list(_values(entry)),
    }


def _values(entry: AuditEntry) -> list[tuple[str, str]]:
    """Of what was added or removed."""
    values = entry.told.get("values")
    return [(name.replace("_", " "), str(value)) for name, value in values.items()] if isinstance(values, dict) else []


def _going_on(activity: Any) -> dict[str, Any]:
    return {"text": ongoing_text(activity), "address": activity.address}


def _cameras(chosen: str) -> list[tuple[str, str]]:
    """Also one that is gone, so that the form says what is shown."""
    known = list(Camera.objects.order_by("name").values_list("slug", "name"))
    return known if not chosen or chosen in dict(known) else [*known, (chosen, f"{chosen} (gone)")]


def _csv_query(filters: Filters) -> str:
    given = {"who": filters.who, "action": filters.action, "camera": filters.camera, "start": filters.start_ms, "end": filters.end_ms}
    return urlencode({name: value for name, value in given.items() if value not in ("", None)})

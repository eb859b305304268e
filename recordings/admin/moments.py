"""Lists of what lies on the timeline: sought by day, counted no further than anybody turns pages."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
    _Paginator = Paginator[Any]
else:
    _Admin = admin.ModelAdmin
    _Paginator = Paginator

_COUNTED = 10_000


class NearPaginator(_Paginator):
    """To count millions of rows takes longer than to show a hundred of them."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return rows.order_by()[:_COUNTED].count() if isinstance(rows, QuerySet) else len(rows)


class OnTimeline(_Admin):
    """`moment_field` holds milliseconds since 1970. Newest first, as they were noted."""

    moment_field: ClassVar[str] = "start_ms"
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    paginator = NearPaginator
    show_full_result_count = False
    search_help_text = "A day or a moment, as in 2026-11-22 or 2026-11-22 14:03, or a part of a camera's name. The newest 10,000 are shown."

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        span = span_of_words(search_term)
        if span is None:
            found: tuple[QuerySet[Any], bool] = super().get_search_results(request, queryset, search_term)
            return found
        start_ms, end_ms = span
        return queryset.filter(**{f"{self.moment_field}__gte": start_ms, f"{self.moment_field}__lt": end_ms}), False


def span_of_words(text: str) -> tuple[int, int] | None:
    """The day, or the hour that begins with the minute, in the server's time zone; None for other words."""
    try:
        day, moment = parse_date(text.strip()), parse_datetime(text.strip())
    except ValueError:  # as in 2026-02-31
        return None
    if day is not None:
        start = timezone.make_aware(datetime.combine(day, time()))
        return _ms(start), _ms(timezone.make_aware(datetime.combine(day + timedelta(days=1), time())))
    if moment is None:
        return None
    start = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    return _ms(start), _ms(start + timedelta(hours=1))


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

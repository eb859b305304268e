"""Selected rows as a file. A row tells what `columns` name and nothing else: what is not named there, secrets above all, can't get in."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = admin.ModelAdmin

# For the `actions` of an admin.
DOWNLOADS = ("export_csv", "export_json")
# A spreadsheet takes what begins so for a formula (OWASP, CSV injection).
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class Downloadable(_Admin):
    columns: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}

    @admin.action(description="Export selected %(verbose_name_plural)s as CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        answer = self._file("text/csv; charset=utf-8", "csv")
        writer, columns = csv.writer(answer), self.columns_for(request)
        writer.writerow(columns)
        for row in queryset:
            writer.writerow([_cell(read(row)) for read in columns.values()])
        return answer

    @admin.action(description="Export selected %(verbose_name_plural)s as JSON", permissions=["view"])
    def export_json(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        answer = self._file("application/json", "json")
        columns = self.columns_for(request)
        rows = [{name: _plain(read(row)) for name, read in columns.items()} for row in queryset]
        answer.write(json.dumps(rows, ensure_ascii=False, indent=2))
        return answer

    def columns_for(self, request: HttpRequest) -> Mapping[str, Callable[[Any], Any]]:
        """Fewer for who sees less on the pages."""
        return self.columns

    def _file(self, content_type: str, ending: str) -> HttpResponse:
        name = str(self.opts.verbose_name_plural).replace(" ", "-")
        disposition = f'attachment; filename="{name}.{ending}"'
        return HttpResponse(content_type=content_type, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"})


def moment(at_ms: int | None) -> datetime | None:
    """A moment of footage for people: the admin shows it in the server's time zone, a file in UTC."""
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str | list | dict) else str(value)


def _cell(value: Any) -> Any:
    plain = _plain(value)
    if isinstance(plain, list | dict):
        plain = json.dumps(plain, ensure_ascii=False)
    return f"'{plain}" if isinstance(plain, str) and plain.startswith(_FORMULA_SIGNS) else plain

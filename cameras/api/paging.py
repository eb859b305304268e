"""Lists: pages by `limit` and `offset`, and an `ordering` where a view names what by. Nonsense is an error, not a default."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.views import APIView

MOST = 1000
# Larger ones are no row's number in any database.
_LAST_OFFSET = 2**31 - 1


class Paging(LimitOffsetPagination):
    max_limit = MOST

    def get_limit(self, request: Request) -> int:
        assert self.default_limit is not None
        return _number(request, "limit", least=1, most=MOST, default=self.default_limit)

    def get_offset(self, request: Request) -> int:
        return _number(request, "offset", least=0, most=_LAST_OFFSET, default=0)

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            _described("limit", f"Entries on a page, {MOST} at most.", {"minimum": 1, "maximum": MOST, "default": self.default_limit}),
            _described("offset", "Entries before the page.", {"minimum": 0, "maximum": _LAST_OFFSET, "default": 0}),
        ]


class Ordering(OrderingFilter):
    """`?ordering=name`, or `-name` for the other way round, of the fields a view names in `ordering_fields`; none without it."""

    def remove_invalid_fields(self, queryset: QuerySet[Any], fields: Iterable[str], view: APIView, request: Request) -> list[str]:
        names, fields = self._names(view), list(fields)
        unknown = [field for field in fields if field.removeprefix("-") not in names]
        if unknown:
            raise ValidationError({self.ordering_param: f"one of {', '.join(names)}, with a - in front for the other way round"})
        by = dict(self.get_valid_fields(queryset, view, {"request": request}))
        return [f"{'-' if field.startswith('-') else ''}{by[field.removeprefix('-')]}" for field in fields]

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: APIView) -> Sequence[str] | None:
        return super().get_ordering(request, queryset, view) if self._names(view) else None

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        """With the key behind it, so that pages neither repeat nor skip what is equal."""
        ordering = self.get_ordering(request, queryset, view)
        return queryset.order_by(*ordering, "pk") if ordering else queryset

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        names = self._names(view)
        if not names:
            return []
        both = [way + name for name in names for way in ("", "-")]
        return [_described(self.ordering_param, "By what, with a - in front for the other way round.", {"enum": both}, kind="string")]

    def get_valid_fields(self, queryset: QuerySet[Any], view: APIView, context: Any = None) -> list[tuple[str, str]]:
        """Pairs of the name and the field of the database."""
        fields = getattr(view, "ordering_fields", None) or ()
        return [(one, one) if isinstance(one, str) else one for one in fields]

    def _names(self, view: APIView) -> list[str]:
        return [name for name, _ in self.get_valid_fields(None, view)]  # type: ignore[arg-type]  # it is not looked at


def _number(request: Request, name: str, *, least: int, most: int, default: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and least <= int(text[:12]) <= most):
        raise ValidationError({name: f"a whole number from {least} to {most}"})
    return int(text)


def _described(name: str, what: str, schema: dict[str, Any], kind: str = "integer") -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": what, "schema": {"type": kind, **schema}}

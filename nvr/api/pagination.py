from __future__ import annotations

from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

# More than any list has, and less than what databases take for a number.
_FURTHEST = 2**31 - 1


class BoundedPagination(LimitOffsetPagination):
    max_limit = 10_000

    def get_offset(self, request: Request) -> int:
        return min(super().get_offset(request), _FURTHEST)

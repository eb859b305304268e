from __future__ import annotations

from django.http import Http404
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView


class NotFoundView(APIView):
    """What no other address of the API matches, so that programs get a problem and not a page."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise Http404

    @property
    def default_response_headers(self) -> dict[str, str]:
        """No Allow: where nothing is nothing is allowed."""
        return {}

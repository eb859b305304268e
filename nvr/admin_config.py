from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class OperatorAdmin(AdminConfig):
    """Django's administration, arranged by what an operator wants."""

    default_site = "nvr.admin_site.OperatorSite"

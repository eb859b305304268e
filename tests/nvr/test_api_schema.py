from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

pytestmark = pytest.mark.django_db


def test_schema_is_valid_without_a_warning(tmp_path: Path) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))
    text = (tmp_path / "schema.yml").read_text()
    assert text.startswith("openapi: 3.1.0")
    assert "application/problem+json" in text


def test_schema_and_docs_are_served() -> None:
    assert Client().get("/api/v1/schema/").status_code == 200
    assert b"swagger-ui" in Client().get("/api/v1/docs/").content

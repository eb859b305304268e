from __future__ import annotations

import io
import socket
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings


@pytest.mark.django_db
def test_the_first_password_is_told_even_when_the_start_fails(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "unix:///nowhere/redis.sock")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.BIND, settings.PORT = free.getsockname()
    settings.DATA_DIR, settings.RECORDINGS_DIR, settings.ADMIN_PASSWORD = tmp_path, tmp_path / "recordings", ""
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    said = io.StringIO()
    with pytest.raises(CommandError, match="does not answer"):
        call_command("nvr", no_prepare=True, stdout=said)
    password = next(line.split()[1] for line in said.getvalue().splitlines() if line.startswith("Password"))
    assert get_user_model().objects.get(username=settings.ADMIN_USER).check_password(password)

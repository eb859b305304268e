from __future__ import annotations

import logging

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from pytest_django import Settings

from nvr.people.first_admin import ensure_first_admin
from tests.support.people import House

pytestmark = pytest.mark.django_db


def test_random_password_is_given_once_and_works(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    settings.ADMIN_PASSWORD = ""
    admin = ensure_first_admin()
    assert admin is not None
    user = get_user_model().objects.get(username="admin")
    assert user.check_password(admin.generated_password)
    assert user.is_superuser
    assert len(admin.generated_password) == 19
    assert admin.generated_password not in repr(admin) + caplog.text
    assert ensure_first_admin() is None


def test_chosen_name_and_password(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.ADMIN_USER, settings.ADMIN_PASSWORD = "root", "hunter2"
    admin = ensure_first_admin()
    assert admin is not None
    assert (admin.username, admin.generated_password) == ("root", "")
    assert get_user_model().objects.get(username="root").check_password("hunter2")
    assert "weak" in caplog.text
    assert "hunter2" not in caplog.text


def test_taken_name_is_told(settings: Settings) -> None:
    get_user_model().objects.create_user("admin", password="x")
    with pytest.raises(ImproperlyConfigured, match="choose another name"):
        ensure_first_admin()
    settings.ADMIN_USER = "not a name!"
    with pytest.raises(ImproperlyConfigured, match="NVR_ADMIN_USER"):
        ensure_first_admin()


def test_token_command(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("token", "bob")
    token = capsys.readouterr().out.strip()
    client = house.api("nobody")
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert client.get("/api/v1/cameras/").status_code == 200
    call_command("token", "bob", "--revoke-all")
    assert client.get("/api/v1/cameras/").status_code == 401
    with pytest.raises(CommandError, match="no user"):
        call_command("token", "dave")

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_django
from cryptography.fernet import Fernet, MultiFernet
from django.core.management import CommandError, call_command
from django.db import connection

from cameras.key_rotation import encrypted_columns, rotate
from cameras.models import Camera
from nvr.env import kept_secrets
from recordings.models import NotifyChannel
from tests.support.people import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> tuple[bytes, bytes]:
    """Everything is encrypted under the old key; from now on the new one is first."""
    return Fernet.generate_key(), Fernet.generate_key()


def use(monkeypatch: pytest.MonkeyPatch, *keys: bytes) -> None:
    for _, field in encrypted_columns():
        monkeypatch.setitem(field.__dict__, "keys", list(keys))
        monkeypatch.setitem(field.__dict__, "f", MultiFernet([Fernet(key) for key in keys]))


def raw() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT password FROM cameras_camera WHERE slug = 'front-door'")
        return str(cursor.fetchone()[0])


def test_everything_is_read_by_the_old_key_until_it_is_under_the_new_one(
    monkeypatch: pytest.MonkeyPatch, keys: tuple[bytes, bytes]
) -> None:
    old, new = keys
    use(monkeypatch, old)
    house = House()
    channel = NotifyChannel.objects.create(owner=house.alice, name="Hook", kind="webhook", settings={"url": "https://x.example/s"})
    use(monkeypatch, new, old)
    assert Camera.objects.get(slug="front-door").password == "hunter2"
    found = rotate()
    assert found.unreadable == ()
    assert found.renewed == 3  # a name, a password and a channel
    assert Fernet(new).decrypt(raw().encode()) == b"hunter2"
    use(monkeypatch, new)
    assert Camera.objects.get(slug="front-door").password == "hunter2"
    channel.refresh_from_db()
    assert channel.settings == {"url": "https://x.example/s"}


def test_what_no_key_opens_is_named_and_left_alone(monkeypatch: pytest.MonkeyPatch, keys: tuple[bytes, bytes]) -> None:
    old, new = keys
    use(monkeypatch, old)
    House()
    before = raw()
    use(monkeypatch, new)
    with pytest.raises(CommandError, match=r"cameras\.Camera\.password of"):
        call_command("rotate_keys")
    assert raw() == before


def test_a_new_key_comes_in_front_and_old_ones_are_dropped_at_the_end(settings: pytest_django.Settings, tmp_path: Path) -> None:
    path = tmp_path / "field_key"
    path.write_text("first")
    settings.FIELD_KEY_FILE = path
    call_command("rotate_keys", "--new-key")
    new, old = kept_secrets(path)
    assert old == "first"
    assert len(new) >= 48
    assert path.stat().st_mode & 0o077 == 0
    call_command("rotate_keys", "--drop-old")
    assert kept_secrets(path) == [new]


def test_keys_of_the_environment_are_changed_there(settings: pytest_django.Settings) -> None:
    settings.FIELD_KEY_FILE = None
    with pytest.raises(CommandError, match="NVR_FIELD_KEYS"):
        call_command("rotate_keys", "--new-key")

"""Everything a test run needs before Django reads its settings: a data directory and a real Redis, both thrown away at the end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import django
import pytest
import pytest_django
from hypothesis import HealthCheck, settings

from tests.support.redis_server import running_redis

# How long an example takes says more about what else the machine is doing than about the code.
settings.register_profile("nvr", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("nvr")
_started = ExitStack()
_data_dir = tempfile.mkdtemp(prefix="nvr-test-data-")
_started.callback(shutil.rmtree, _data_dir, ignore_errors=True)
os.environ["NVR_DATA_DIR"] = _data_dir
(Path(_data_dir) / "staticfiles").mkdir()
os.environ["REDIS_URL"] = _started.enter_context(running_redis())
# Here and not in pyproject.toml: named there, pytest-django would read the settings before this file has run.
os.environ["DJANGO_SETTINGS_MODULE"] = "nvr.settings"
django.setup()
# Workers of a parallel run inherit this process's environment, and would read the settings before they have set up a machine of their own.
del os.environ["DJANGO_SETTINGS_MODULE"]

from django.core.cache import cache  # noqa: E402  # needs the settings

from tests.support.memory_database import let_threads_wait  # noqa: E402
from tests.support.people import House  # noqa: E402

let_threads_wait()


def pytest_unconfigure() -> None:
    _started.close()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The session's Redis. Use keys of your own: other tests use it too."""
    yield os.environ["REDIS_URL"]


@pytest.fixture(autouse=True)
def _settings_of_tests(settings: pytest_django.Settings) -> None:
    """Cheap password hashes, static files as they are in the tree, no attempts counted by an earlier test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    cache.clear()


@pytest.fixture
def house(db: None) -> House:
    return House()

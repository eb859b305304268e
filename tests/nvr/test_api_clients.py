"""Clients made of the OpenAPI document by others' generators: they compile, and the Python one talks to us."""

from __future__ import annotations

import compileall
import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.wsgi import get_wsgi_application

from nvr.people.tokens import create_token
from tests.support import fuzzing
from tests.support.people import House

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    path.write_text(json.dumps(fuzzing.document()))
    return path


@pytest.fixture
def client(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The package, generated and imported."""
    (tmp_path / "config.yml").write_text("post_hooks: []\n")
    generator = Path(sys.executable).with_name("openapi-python-client")
    command: list[str | Path] = [generator, "generate", "--path", document, "--meta", "none", "--output-path", tmp_path / "generated_nvr"]
    subprocess.run([*command, "--config", tmp_path / "config.yml"], check=True, capture_output=True, timeout=100)
    assert compileall.compile_dir(tmp_path / "generated_nvr", quiet=1)
    monkeypatch.syspath_prepend(str(tmp_path))
    return importlib.import_module("generated_nvr")


def test_a_generated_python_client_reads_and_writes(client: Any, house: House) -> None:
    app = httpx.WSGITransport(app=get_wsgi_application())
    us = client.AuthenticatedClient(base_url="http://testserver", token=create_token(house.alice), httpx_args={"transport": app})
    listing = importlib.import_module("generated_nvr.api.cameras.cameras_list")
    found = listing.sync(client=us, limit=1)
    assert [camera.slug for camera in found.results] == ["front-door"]
    changing = importlib.import_module("generated_nvr.api.cameras.cameras_partial_update")
    wish = importlib.import_module("generated_nvr.models").PatchedCameraChangeRequest(name="Door")
    assert changing.sync(slug="front-door", client=us, body=wish).name == "Door"

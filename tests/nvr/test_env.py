from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from nvr import env


def test_a_secret_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("NVR_TEST_FILE", str(tmp_path / "key"))
    assert env.text("NVR_TEST") == "from the file"


@pytest.mark.parametrize("content", [None, ""])
def test_an_unreadable_or_empty_secret_file_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None) -> None:
    if content is not None:
        (tmp_path / "key").write_text(content)
    monkeypatch.setenv("NVR_TEST_FILE", str(tmp_path / "key"))
    with pytest.raises(ImproperlyConfigured, match="NVR_TEST_FILE"):
        env.text("NVR_TEST", "default")


@pytest.mark.parametrize("raw", ["eighty", "", "0", "65536"])
def test_a_wrong_number_stops_the_start(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("NVR_TEST", raw)
    with pytest.raises(ImproperlyConfigured, match="NVR_TEST"):
        env.integer("NVR_TEST", 80, minimum=1, maximum=65535)


def test_a_wrong_boolean_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NVR_TEST", "maybe")
    with pytest.raises(ImproperlyConfigured, match="NVR_TEST"):
        env.boolean("NVR_TEST", False)


def test_a_kept_secret_stays_the_same_and_private(tmp_path: Path) -> None:
    first = env.kept_secret(tmp_path / "new" / "secret")
    assert env.kept_secret(tmp_path / "new" / "secret") == first
    assert (tmp_path / "new" / "secret").stat().st_mode & 0o077 == 0


def test_processes_that_start_at_once_agree_on_a_kept_secret(tmp_path: Path) -> None:
    together = threading.Barrier(8)

    def made(_: int) -> str:
        together.wait(10)
        return env.kept_secret(tmp_path / "secret")

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(made, range(8)))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe"])
def test_a_damaged_kept_secret_stops_the_start(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret").write_bytes(content)
    with pytest.raises(ImproperlyConfigured, match="secret"):
        env.kept_secret(tmp_path / "secret")
    assert (tmp_path / "secret").read_bytes() == content


def test_tests_never_touch_the_data_of_an_installation() -> None:
    assert settings.DATA_DIR != settings.BASE_DIR / "data"


@pytest.mark.parametrize(
    ("raw", "address"),
    [("", ""), ("https://nvr.example/", "https://nvr.example"), (" http://10.0.0.5:8000 ", "http://10.0.0.5:8000")],
)
def test_an_address_is_one(monkeypatch: pytest.MonkeyPatch, raw: str, address: str) -> None:
    monkeypatch.setenv("NVR_TEST", raw)
    assert env.address("NVR_TEST") == address


@pytest.mark.parametrize("raw", ["nvr.example", "ftp://nvr.example", "https://", "https://nvr.example/?a=1", "mailto:a@b.example"])
def test_a_wrong_address_stops_the_start(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("NVR_TEST", raw)
    with pytest.raises(ImproperlyConfigured, match="NVR_TEST"):
        env.address("NVR_TEST")


def test_a_wrong_choice_or_network_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NVR_TEST", "ssl")
    with pytest.raises(ImproperlyConfigured, match="none of starttls, tls"):
        env.choice("NVR_TEST", "tls", ("starttls", "tls"))
    with pytest.raises(ImproperlyConfigured, match=r"192\.168\.1\.0/24"):
        env.networks("NVR_TEST")
    monkeypatch.setenv("NVR_TEST", "10.0.0.0/8, fd00::1")
    assert [str(network) for network in env.networks("NVR_TEST")] == ["10.0.0.0/8", "fd00::1/128"]


def test_ipv4_networks_are_read_and_what_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NVR_TEST", "10.0.0.0/8, 203.0.113.0/24")
    assert [str(network) for network in env.ipv4_networks("NVR_TEST")] == ["10.0.0.0/8", "203.0.113.0/24"]
    for wrong in ("10.0.0.1/8", "camera", "fe80::/64"):
        monkeypatch.setenv("NVR_TEST", wrong)
        with pytest.raises(ImproperlyConfigured, match="NVR_TEST"):
            env.ipv4_networks("NVR_TEST")

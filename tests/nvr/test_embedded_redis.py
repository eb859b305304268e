from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import redis

from nvr.supervisor.redis_binary import RedisNotFoundError, find_redis_server
from nvr.supervisor.redis_server import redis_spec, socket_path
from tests.support.processes import wait_for


def test_a_deep_data_directory_gets_a_short_socket_path(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    assert len(str(socket_path(deep))) <= 100
    assert socket_path(deep) == socket_path(deep)
    assert socket_path(deep) != socket_path(deep / "other")
    assert socket_path(Path("/srv/nvr")) == Path("/srv/nvr/redis.sock")


def test_it_keeps_nothing_on_disk_and_never_evicts(tmp_path: Path) -> None:
    spec = redis_spec(tmp_path / "r.sock", maxmemory_mb=64)
    process = subprocess.Popen(list(spec.command))
    try:
        assert spec.is_ready is not None
        wait_for(spec.is_ready, what="an answer")
        client = redis.Redis(unix_socket_path=str(tmp_path / "r.sock"), decode_responses=True)
        settings = {name: client.config_get(name)[name] for name in ("save", "appendonly", "maxmemory-policy", "maxmemory", "port")}
        client.close()
        assert settings == {"save": "", "appendonly": "no", "maxmemory-policy": "noeviction", "maxmemory": str(64 * 2**20), "port": "0"}
        assert (tmp_path / "r.sock").stat().st_mode & 0o077 == 0
    finally:
        process.terminate()
        process.wait(timeout=5)


def test_the_one_on_the_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "redis-server").write_text("#!/bin/sh\n")
    (tmp_path / "redis-server").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_redis_server() == tmp_path / "redis-server"


def test_without_one_on_the_path_the_wheel_brings_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    try:
        found = find_redis_server()
    except RedisNotFoundError as error:  # machines the wheel isn't made for
        assert "REDIS_URL" in str(error)
    else:
        version = subprocess.run([str(found), "--version"], capture_output=True, text=True, check=True, timeout=10)
        assert "Redis server" in version.stdout

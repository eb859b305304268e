from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
import redis
import redis.asyncio

from streaming.bus.base import BusAwayError
from streaming.bus.redis import RedisPublisher, RedisReader
from streaming.bus.resp import connect, parse_redis_url
from tests.support.bus_viewer import watching
from tests.support.certificates import self_signed_context
from tests.support.packets import gops, new_stream, some_tracks
from tests.support.stoppable_redis import StoppableRedis
from tests.support.tcp_door import tcp_door


def test_urls_are_read_as_redis_py_reads_them() -> None:
    address = parse_redis_url("redis://eve:p%40ss@example.test:6380/3")
    assert (address.host, address.port, address.username, address.password, address.db, address.tls) == (
        "example.test", 6380, "eve", "p@ss", 3, None,
    )  # fmt: skip
    assert parse_redis_url("unix://:secret@/run/r.sock?db=2").path == "/run/r.sock"
    secure = parse_redis_url("rediss://example.test").tls
    assert secure is not None
    assert secure.verify_mode is ssl.CERT_REQUIRED
    with pytest.raises(ValueError, match="scheme"):
        parse_redis_url("http://example.test")


async def test_user_name_password_and_database_are_sent(redis_server: StoppableRedis) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        client.acl_setuser("eve", enabled=True, passwords=["+p@ss word"], keys=["*"], commands=["+@all"])
        client.config_set("requirepass", "general")
    path = redis_server.url.removeprefix("unix://")
    for login in ("eve:p%40ss%20word", ":general"):
        connection = await connect(parse_redis_url(f"unix://{login}@{path}?db=2"))
        assert await connection.request("SET", "where", "db 2") == b"OK"
        connection.close()
    with redis.Redis.from_url(f"unix://:general@{path}?db=2") as client:
        assert client.get("where") == b"db 2"
    with pytest.raises(BusAwayError, match="WRONGPASS"):
        await connect(parse_redis_url(f"unix://eve:wrong@{path}"))


async def test_requests_in_flight_fail_when_the_connection_is_lost(redis_server: StoppableRedis) -> None:
    lost = asyncio.Event()
    connection = await connect(parse_redis_url(redis_server.url), on_lost=lost.set)
    waiting = connection.request("BLPOP", "nothing", 0)
    redis_server.kill()
    with pytest.raises(BusAwayError):
        await waiting
    assert lost.is_set()
    with pytest.raises(BusAwayError):
        await connection.request("PING")


async def test_tls_is_spoken_and_the_certificate_checked_unless_told_not_to(redis_server: StoppableRedis, tmp_path: Path) -> None:
    path = redis_server.url.removeprefix("unix://")
    async with tcp_door(path, self_signed_context(tmp_path)) as port:
        for options in ("ssl_cert_reqs=none", f"ssl_check_hostname=false&ssl_ca_certs={tmp_path / 'camera.pem'}"):
            connection = await connect(parse_redis_url(f"rediss://127.0.0.1:{port}?{options}"))
            assert await connection.request("PING") == b"PONG"
            connection.close()
        for options in ("", f"ssl_ca_certs={tmp_path / 'camera.pem'}"):
            with pytest.raises(BusAwayError, match="certificate"):
                await connect(parse_redis_url(f"rediss://127.0.0.1:{port}?{options}"))


async def test_packets_cross_a_tcp_connection(redis_server: StoppableRedis) -> None:
    stream = new_stream()
    async with tcp_door(redis_server.url.removeprefix("unix://"), None) as port:
        publisher = RedisPublisher(f"redis://127.0.0.1:{port}/1", 5_000)
        await publisher.start()
        publisher.announce(stream, some_tracks())
        async with watching(RedisReader(f"redis://127.0.0.1:{port}/1"), stream) as viewer:
            for packet in gops(0, 20, size=30_000):
                publisher.write(stream, packet)
            await viewer.until_number(19)
        await publisher.aclose()

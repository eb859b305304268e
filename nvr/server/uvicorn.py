"""How this project runs uvicorn: uvloop, httptools, no WebSocket compression, the push protocol, a bounded stop."""

from __future__ import annotations

from uvicorn import Config

from nvr.server.push import PushProtocol

LARGEST_VIEWER_MESSAGE_BYTES = 65_536
STOP_WITHIN_S = 3


def uvicorn_config(application: str, *, host: str, port: int) -> Config:
    return Config(
        application,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws=PushProtocol,
        ws_max_size=LARGEST_VIEWER_MESSAGE_BYTES,
        # A viewer that reads nothing for a minute is closed by its session; this is for peers that are gone.
        ws_ping_interval=20,
        ws_ping_timeout=60,
        # On by default; costs 1.4 ms a message for media that is compressed already.
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )

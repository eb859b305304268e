"""A real provider of OpenID Connect, of another make, as a process of its own; and a person who signs in there."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from tests.support.processes import wait_for


@dataclass
class Provider:
    issuer: str

    def person(self, sub: str, **claims: Any) -> None:
        requests.put(f"{self.issuer}/users/{sub}", json=claims, timeout=10).raise_for_status()

    def agree(self, address: str, sub: str) -> str:
        """What somebody does there who was sent to `address`. Returns where they are sent back to."""
        answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=10)
        return str(answer.headers["Location"])


@contextmanager
def running_provider() -> Iterator[Provider]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--host", "127.0.0.1", "--require-nonce", "true"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        issuer = f"http://127.0.0.1:{port}"
        wait_for(lambda: _is_up(issuer), seconds=25, what="the provider")
        yield Provider(issuer)
    finally:
        process.terminate()
        process.wait(10)


def _is_up(issuer: str) -> bool:
    try:
        with urllib.request.urlopen(f"{issuer}/.well-known/openid-configuration", timeout=5) as answer:
            return bool(re.search(b"authorization_endpoint", answer.read()))
    except OSError:
        return False

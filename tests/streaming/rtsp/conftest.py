from __future__ import annotations

import ssl

import pytest

from tests.support.certificates import self_signed_context


@pytest.fixture(scope="session")
def tls_server_context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return self_signed_context(tmp_path_factory.mktemp("tls"))

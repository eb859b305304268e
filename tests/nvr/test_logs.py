from __future__ import annotations

import pytest
from django.test import RequestFactory

from nvr.logs import hide_credentials


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        (
            "GET /api/v1/cameras/a/playlist.m3u8?start=1&ticket=WzEs:x-y_z&end=2",
            "GET /api/v1/cameras/a/playlist.m3u8?start=1&ticket=***&end=2",
        ),
        ("/share/abc.def-_/file?download=1", "/share/***/file?download=1"),
        ("/push/picture/WzEsMV0:1abc:sig-_.jpg", "/push/picture/***"),
        ("to rtsp://u:p@host/x", "to rtsp://***@host/x"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_no_secret_is_logged(said: str, logged: str) -> None:
    assert hide_credentials(None, "", {"event": said, "n": 1}) == {"event": logged, "n": 1}


def test_nor_in_an_object_that_is_logged() -> None:
    request = RequestFactory().get("/api/v1/cameras/a/playlist.m3u8", {"ticket": "a-secret", "start": "0"})
    hidden = hide_credentials(None, "", {"request": request, "status_code": 401, "data": {"b": 1}})
    assert "playlist.m3u8?ticket=***&start=0" in str(hidden["request"])
    assert (hidden["status_code"], hidden["data"]) == (401, {"b": 1})

from __future__ import annotations

import io
import logging

import pytest
from django.core.management import CommandError, call_command

from cameras.models import Camera
from cameras.stream_url import StreamUrl
from tests.cameras.passwords import AWKWARD

pytestmark = pytest.mark.django_db


def added(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """Credentials of the only camera, which the command has not said aloud."""
    camera = Camera.objects.get()
    said = "".join(capsys.readouterr())
    assert said == f"{camera.name} added as {camera.slug}\n"
    return camera.username, camera.password


@pytest.mark.parametrize("password", AWKWARD)
@pytest.mark.parametrize("way", ["address", "option", "stdin"])
def test_password_arrives_whole_and_unheard(
    password: str, way: str, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    plain = StreamUrl("rtsp", "cam.local", 8554, "/live?channel=1")
    if way == "address":
        call_command("addcamera", "Gate", plain.with_credentials("u", password))
    elif way == "option":
        call_command("addcamera", "Gate", str(plain), "--username", "u", f"--password={password}")
    else:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        call_command("addcamera", "Gate", str(plain), "--username", "u", "--password-stdin")
    assert added(capsys) == ("u", password)
    assert len(password) < 5 or password not in caplog.text


def test_all_options(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--sub", "rtsp://cam/sub", "--transport", "udp", "--record", "schedule"]
    call_command("addcamera", "Haus Tür", "rtsps://cam/main", *words, "--verify-tls")
    camera = Camera.objects.get(slug="haus-tur")
    assert camera.record == "schedule"
    streams = camera.streams.order_by("role").values_list("role", "url", "transport", "verify_tls")
    assert list(streams) == [("main", "rtsps://cam/main", "udp", True), ("sub", "rtsp://cam/sub", "udp", True)]


@pytest.mark.parametrize(
    ("words", "record", "motion"),
    [([], "continuous", False), (["--record", "motion"], "motion", True), (["--motion"], "continuous", True)],
)
def test_motion_is_looked_for_when_asked_for_or_needed(words: list[str], record: str, motion: bool) -> None:
    call_command("addcamera", "Gate", "rtsp://cam/x", *words)
    camera = Camera.objects.get()
    assert (camera.record, camera.detects_motion) == (record, motion)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["Gate", "rtsp://cam/x", "--record", "sometimes"], "invalid choice"),
        (["Gate", "https://cam/x"], "not cameras"),
        (["Gate", "/dev/video0"], "must look like rtsp://"),
        (["", "rtsp://cam/x"], "needs a name"),
        (["Gate", "rtsp://u:Secret-9@cam/x", "--password", "Secret-8"], "different passwords"),
    ],
)
def test_refused_in_plain_words(words: list[str], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint) as refused:
        call_command("addcamera", *words)
    assert "Secret" not in str(refused.value)
    assert refused.value.returncode == 1
    assert not Camera.objects.exists()

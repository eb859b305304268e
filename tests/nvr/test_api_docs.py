"""The small client in docs/api.md, run as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from nvr.people.tokens import create_token
from tests.support.people import House

PAGE = Path(__file__).parents[2] / "docs" / "api.md"


def test_the_small_client_works(live_server: Any, transactional_db: None) -> None:
    house = House()
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    environment = {"NVR": live_server.url, "TOKEN": create_token(house.alice)}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == ["Front door off ", "Garden off "]
    house.camera.refresh_from_db()
    assert house.camera.position == 1

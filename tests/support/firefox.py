"""A real Firefox on a Site, driven by the Marionette that is built into it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from marionette_driver.marionette import Marionette

from tests.support.processes import wait_for
from tests.support.site import Site

_PREFERENCES = """
user_pref("marionette.port", {port});
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.disabledForTesting", true);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
"""


@contextmanager
def firefox_signed_in(site: Site) -> Iterator[Any]:
    """A browser of its own, as alice, on a page of the site."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    binary = shutil.which("firefox-esr") or shutil.which("firefox")
    assert binary, "there is no Firefox on this machine"
    with tempfile.TemporaryDirectory(prefix="nvr-test-firefox-", ignore_cleanup_errors=True) as profile:
        (Path(profile) / "user.js").write_text(_PREFERENCES.format(port=port))
        command = [binary, "--headless", "--marionette", "--no-remote", "--profile", profile]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: _listens(port), seconds=60, what="Firefox")
            driver = Marionette(host="127.0.0.1", port=port, socket_timeout=60)
            driver.start_session()
            driver.switch_to_window(driver.window_handles[0])
            driver.navigate(f"{site.url}/healthz")
            driver.add_cookie({"name": "sessionid", "value": site.session})
            yield driver
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            finally:
                process.kill()
                process.wait()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True

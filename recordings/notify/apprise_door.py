"""Messages to the services that Apprise knows, each by one address that holds its keys, as in tgram://… or ntfys://…

The one door for Apprise. Services of this machine (the desktop, its log) are left out. A service's answer is never shown, but for its
status.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import apprise
from apprise.attachment.memory import AttachMemory

from recordings.notify.destinations import Network
from recordings.notify.guarded import guarded_connections
from recordings.notify.letter import SENT, Letter, Outcome, Result

_OF_THIS_MACHINE = {"dbus", "kde", "qt", "glib", "gio", "gnome", "macosx", "syslog", "windows"}
_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_STATUS = re.compile(r"error=(\d{3})")
_MOST_LINES = 50
_logger = logging.getLogger("apprise")


class AppriseAddressError(ValueError):
    """Not an address that Apprise can send to. The message repeats nothing of it."""


def describe(url: str) -> str:
    """The service's name, as in “Telegram”. Raises AppriseAddressError."""
    return str(_service(url).service_name)


def send(letter: Letter, url: str, allowed: Sequence[Network]) -> Outcome:
    try:
        service = _service(url)
    except AppriseAddressError as error:
        return Outcome(Result.REFUSED, f"{error}.")
    attachment = None
    if letter.picture is not None and service.attachment_support:
        picture = AttachMemory(content=letter.picture, name="event.jpg", mimetype="image/jpeg")  # type: ignore[no-untyped-call]  # of theirs
        attachment = apprise.AppriseAttachment(picture)
    body = f"{letter.body}\n{letter.url}" if letter.url else letter.body
    with guarded_connections(allowed) as guard, _overheard() as lines:
        is_sent = service.notify(body=body, title=letter.title, notify_type=apprise.NotifyType.INFO, attach=attachment)
    if is_sent:
        return SENT
    if guard.refused:
        text = "The service is in a private network, and the administrator has not allowed messages there (NVR_NOTIFY_PRIVATE)."
        return Outcome(Result.REFUSED, text)
    status = next((found[1] for line in reversed(lines) if (found := _STATUS.search(line))), "")
    name = service.service_name
    return Outcome(Result.AGAIN, f"{name} did not take the message{f': it answered {status}' if status else ', or can’t be reached'}.")


def _service(url: str) -> Any:
    scheme = _SCHEME.match(url)
    if scheme is None:
        raise AppriseAddressError("An address of Apprise begins with the service, as in ntfys://host/topic")
    if scheme[1].lower() in _OF_THIS_MACHINE:
        raise AppriseAddressError(f"“{scheme[1].lower()}” is a service of one’s own desktop, not of a server")
    memory = apprise.PersistentStoreMode.MEMORY
    asset = apprise.AppriseAsset(http_redirects=False, storage_mode=memory, app_id="NVR", app_desc="NVR", app_url="", secure_logging=True)
    service = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if service is None:
        raise AppriseAddressError(f"Apprise knows no service “{scheme[1].lower()}”, or something is missing in its address")
    service.redirects = False  # whatever the address asks for
    return service


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread and len(self.lines) < _MOST_LINES:
            self.lines.append(record.getMessage())


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """What Apprise says in this thread; it tells reasons in no other way."""
    listener = _Listener()
    _logger.addHandler(listener)
    try:
        yield listener.lines
    finally:
        _logger.removeHandler(listener)

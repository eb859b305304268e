"""A real mail server that keeps what it gets, refuses whom it is told to, and wants a password when it is told one."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session


@dataclass
class MailSink:
    port: int = 0
    password: str = ""
    refused: dict[str, str] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 Taken"

    def authenticate(self, _server: Any, _session: Session, _envelope: Envelope, _mechanism: str, data: object) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and data.password.decode() == self.password
        return AuthResult(success=is_right, handled=False)


@contextmanager
def running_mail_sink(password: str = "") -> Iterator[MailSink]:
    sink = MailSink(password=password)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options: dict[str, Any] = {"authenticator": sink.authenticate, "auth_require_tls": False} if password else {}
    controller = Controller(sink, hostname="127.0.0.1", port=port, **options)
    controller.start()
    sink.port = port
    try:
        yield sink
    finally:
        controller.stop()

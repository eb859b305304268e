from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cameras.audit.verification import verify


class Command(BaseCommand):
    help = "Whether the audit is as it was written. Names the first entry that was altered, removed or put in, and ends with 1 then."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = verify(settings.AUDIT_DIR)
        except ValueError as error:
            raise CommandError(str(error)) from error
        if report.fault is not None:
            raise CommandError(f"The audit is not as it was written: {report.fault.text}.")
        self.stdout.write(f"The audit is as it was written: {report.entries} entries up to number {report.last}.")
        if report.anchors:
            self.stdout.write(f"It holds the {report.anchors} heads that were written down in {settings.AUDIT_DIR}.")
        else:
            self.stdout.write(f"No heads are written down in {settings.AUDIT_DIR}: that the end was not cut off can't be told.")
        if report.waiting:
            self.stdout.write(f"{report.waiting} newer entries wait to be sealed; until then the chain does not protect them.")
        if report.late:
            raise CommandError(f"{report.late} of them wait for longer than they should: the worker that seals them does not run.")

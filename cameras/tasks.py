from __future__ import annotations

from celery import shared_task

from cameras.audit import activities, sealing


@shared_task(name="cameras.seal_audit")
def seal_audit() -> None:
    activities.end_overdue()
    sealing.seal()


@shared_task(name="cameras.forget_audit")
def forget_audit() -> None:
    while sealing.forget_old():
        pass

"""What was decided and delivered is kept for a month."""

from __future__ import annotations

from recordings.models import Delivery, Notice, NotifyMessage

KEPT_MS = 30 * 24 * 3_600_000
_BATCH = 500


def forget_old(*, now_ms: int) -> int:
    """A batch at a time, so that no transaction is long. Returns how many rows went."""
    before_ms = now_ms - KEPT_MS
    gone = 0
    for rows in (
        Delivery.objects.filter(made_ms__lt=before_ms),
        # That a camera is down is not told again a month later.
        Notice.objects.filter(at_ms__lt=before_ms, event__end_ms__isnull=False),
        NotifyMessage.objects.filter(sealed_ms__lt=before_ms, notices__isnull=True),
    ):
        while ids := list(rows.values_list("pk", flat=True)[:_BATCH]):
            gone += rows.model.objects.filter(pk__in=ids).delete()[0]
    return gone

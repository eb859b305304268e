"""What the page shows of a channel and of its devices: whether the last message arrived, and since when not."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from recordings.models import NotifyChannel, PushDevice
from recordings.notify.letter import Outcome, Result

logger = logging.getLogger(__name__)
_REASON_LENGTH = 300


def note_outcome(channel: NotifyChannel, device: PushDevice | None, outcome: Outcome, *, now_ms: int) -> None:
    """A browser that has withdrawn is forgotten."""
    at = datetime.fromtimestamp(now_ms / 1000, UTC)
    if device is not None and outcome.result is Result.GONE:
        PushDevice.objects.filter(pk=device.pk).delete()
        logger.info("%s of user %s takes no messages any more and is forgotten", device.name, device.owner_id)
        return
    reason = "" if outcome.result is Result.SENT else outcome.reason[:_REASON_LENGTH]
    if device is not None:
        PushDevice.objects.filter(pk=device.pk).update(failing_reason=reason, **({} if reason else {"last_sent_at": at}))
        is_any_well = PushDevice.objects.filter(owner_id=device.owner_id, failing_reason="").exists()
        reason = "" if is_any_well else reason
    channels = NotifyChannel.objects.filter(pk=channel.pk)
    if not reason:
        channels.update(failing_since=None, failing_reason="", **({"last_sent_at": at} if outcome.result is Result.SENT else {}))
        return
    channels.update(failing_reason=reason)
    if channels.filter(failing_since__isnull=True).update(failing_since=at):
        logger.warning("notifications by “%s” (%s) fail: %s", channel.name, channel.kind, reason)

"""Makes what waits to be exported. Safe to do twice, at once, and again after a crash: a lock that dies with its process says who is at it.

One file is written from front to back under a name of its own, and takes its own name when it is whole. Whatever ends the work, what is not
whole is removed: by the one who made it, or, when that one was killed, by who takes the export up again.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import F

from recordings import timelapse
from recordings.exclusive import alone
from recordings.fragment_reader import FootageGone
from recordings.models import Export
from recordings.rules.fragments import SegmentFormatError
from recordings.services.export_job import PART, Cancelled, Hopeless, Job
from recordings.services.exports import UNFINISHED, directory_of, tell

logger = logging.getLogger(__name__)
_MOST_ATTEMPTS = 3


def work() -> int:
    """Makes waiting exports, oldest first, while there are some and not too many are being made already; returns how many it took on."""
    done = 0
    with _turn() as has_turn:
        while has_turn and (export_id := _next()) is not None:
            done += run(export_id)
    return done


def run(export_id: uuid.UUID) -> bool:
    """False when somebody else is at it, or it is not to be made (any more)."""
    with alone(_locks() / f"export-{export_id}") as is_alone:
        if not is_alone or not Export.objects.filter(pk=export_id, state__in=UNFINISHED).update(state=Export.State.RUNNING, progress=0):
            return False
        export = Export.objects.get(pk=export_id)
        attempt = int(export.result.get("attempt", 0)) + 1
        Export.objects.filter(pk=export_id).update(result={"attempt": attempt})
        _remove_parts(export_id)
        if attempt > _MOST_ATTEMPTS:
            _fail(export_id, "the program ended each of the three times while it was made; it can be tried again")
            return True
        _attempt(export, attempt)
    return True


def _attempt(export: Export, attempt: int) -> None:
    try:
        job = Job(export)
        job.make()
        job.finish()
    except Cancelled:
        logger.info("export %s was cancelled", export.pk)
    except FootageGone as error:
        # Deleted under our hands, or the disk is away: the plan is made anew from what there is now.
        if attempt < _MOST_ATTEMPTS:
            logger.info("export %s begins again: %s", export.pk, error)
            Export.objects.filter(pk=export.pk, state=Export.State.RUNNING).update(state=Export.State.WAITING, progress=0)
        else:
            _fail(export.pk, "footage was deleted, or its disk taken away, while it was exported")
    except (Hopeless, timelapse.EmptyTimelapseError) as error:
        _fail(export.pk, str(error))
    except SegmentFormatError as error:
        logger.warning("export %s: %s", export.pk, error)
        _fail(export.pk, "a recorded file is damaged; check_recordings --repair mends what can be mended")
    except OSError as error:
        logger.warning("export %s: %s", export.pk, error)
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        _fail(export.pk, "the disk is full" if is_full else f"the disk can't be written: {error.strerror}")
    except Exception:  # the top of a job: nothing may leave it running for ever
        logger.exception("export %s", export.pk)
        _fail(export.pk, "a fault of ours; the log says more")
    finally:
        with contextlib.suppress(OSError):
            _remove_parts(export.pk)
        tell(export.pk)


@contextlib.contextmanager
def _turn() -> Iterator[bool]:
    with contextlib.ExitStack() as held:
        for number in range(settings.EXPORTS_AT_ONCE):
            if held.enter_context(alone(_locks() / f"exports-{number}")):
                yield True
                return
        yield False


def _next() -> uuid.UUID | None:
    """One that waits, or one that was being made by a process that is no more."""
    for export_id in Export.objects.filter(state__in=UNFINISHED).order_by(F("made_at")).values_list("pk", flat=True):
        with alone(_locks() / f"export-{export_id}") as is_free:
            if is_free:
                return export_id
    return None


def _locks() -> Path:
    return Path(settings.DATA_DIR) / "locks"


def _fail(export_id: uuid.UUID, reason: str) -> None:
    if Export.objects.filter(pk=export_id, state=Export.State.RUNNING).update(state=Export.State.FAILED, error=reason[:300], progress=0):
        logger.warning("export %s failed: %s", export_id, reason)
    tell(export_id)


def _remove_parts(export_id: uuid.UUID) -> None:
    directory = directory_of(export_id)
    if not directory.is_dir():
        return
    is_done = Export.objects.filter(pk=export_id, state=Export.State.DONE).exists()
    for path in directory.iterdir():
        if not is_done or path.name.endswith(PART):
            path.unlink()
    with contextlib.suppress(OSError):  # not empty
        directory.rmdir()

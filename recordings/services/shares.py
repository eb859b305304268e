"""Links that give an export to whoever has them: until they expire, are revoked, or their maker may not export those cameras any more.

A secret is random and signed, so that a made-up one is refused without asking the database, which keeps a hash of it and no more.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.core.signing import BadSignature, Signer
from django.db.models import F
from django.utils import timezone

from cameras.audit.entries import note
from cameras.models import AuditAction
from recordings.models import Export, ShareLink
from recordings.services.exports import file_of, may_download

LONGEST = timedelta(days=90)
_MOST_LINKS = 50


class LinkRefused(Exception):
    """The message says why, for the one who asked."""


def make_link(export: Export, *, by: AbstractBaseUser, valid_for: timedelta) -> tuple[ShareLink, str]:
    """The link and its secret, which nobody can be told again. It never outlives its export. Raises LinkRefused."""
    if export.state != Export.State.DONE:
        raise LinkRefused("the export is not ready yet")
    if not timedelta() < valid_for <= LONGEST:
        raise LinkRefused(f"a link is valid for at most {LONGEST.days} days")
    if export.links.count() >= _MOST_LINKS:
        raise LinkRefused("there are too many links to this export: delete some")
    secret = _signer().sign(secrets.token_urlsafe(24))
    expires_at = min(timezone.now() + valid_for, export.expires_at)
    link = ShareLink.objects.create(export=export, secret_hash=_hash(secret), made_by_id=by.pk, expires_at=expires_at)
    until_ms = round(expires_at.timestamp() * 1000)
    note(AuditAction.SHARE, kind="export", object_id=export.pk, name=export.file, details={"link": link.pk, "until_ms": until_ms})
    return link, secret


def find_link(secret: str) -> ShareLink | None:
    """None for one that is not ours, not valid (any more), or leads to nothing: nobody is told which."""
    try:
        _signer().unsign(secret)
    except BadSignature:
        return None
    link = (
        ShareLink.objects.filter(secret_hash=_hash(secret), revoked_at=None, expires_at__gt=timezone.now())
        .select_related("export", "made_by")
        .first()
    )
    if link is None or file_of(link.export) is None or not may_download(link.export, link.made_by):
        return None
    return link


def count_download(link: ShareLink) -> None:
    ShareLink.objects.filter(pk=link.pk).update(downloads=F("downloads") + 1)


def revoke(link: ShareLink) -> bool:
    revoked = bool(ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()))
    if revoked:
        note(AuditAction.SHARE, kind="export", object_id=link.export_id, name=link.export.file, details={"link": link.pk, "revoked": True})
    return revoked


def _signer() -> Signer:
    return Signer(sep=".", salt="nvr.share")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

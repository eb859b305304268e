"""Examinations of cameras on somebody's behalf: started, followed as they go, kept and compared.

One runs in a thread of the process that was asked, with an event loop of its own, so that neither the database nor the web server's loop
comes between the doctor and the packets it measures. What it has found is in the database at most half a second later, and told to who
started it; when the process dies meanwhile, the next look at the camera's diagnoses says so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, transaction

from cameras import events
from cameras.changes import Change, changes
from cameras.findings import Finding
from cameras.following import Following
from cameras.models import Camera, Diagnosis, OnvifDevice
from cameras.models.diagnosis import KEPT_PER_CAMERA
from cameras.onvif.address import DeviceAddressError
from cameras.stream_url import Credentials, StreamUrlError, parse_stream_url
from streaming.doctor.camera import CameraReport, Patient, examine
from streaming.doctor.examination import THOROUGH, Limits, Progress, Step, Target
from streaming.rtsp.client import TransportChoice

logger = logging.getLogger(__name__)

_TELL_EVERY_S = 0.4
_MOST_AT_ONCE = 6
_TRANSPORTS: dict[str, TransportChoice] = {"auto": "auto", "tcp": "tcp", "udp": "udp"}


class TooMany(Exception):
    """Enough cameras are being examined just now."""


def start(camera: Camera, *, by: AbstractBaseUser) -> Diagnosis:
    """Returns at once; the one that runs already, if one does. Raises TooMany, and ValidationError for a camera without an address."""
    patient = patient_of(camera)
    diagnosis, is_new = begin(camera, by)
    if is_new:
        logger.info("%s is examined for %s", camera.slug, by)
        thread = threading.Thread(target=_work, args=(diagnosis, patient), name=f"diagnosis {diagnosis.pk}", daemon=True)
        transaction.on_commit(thread.start)
    return diagnosis


def patient_of(camera: Camera) -> Patient:
    """Raises ValidationError."""
    credentials = Credentials(camera.username, camera.password)
    targets: dict[str, Target] = {}
    for stream in camera.streams.all():
        try:
            address = parse_stream_url(stream.url)
        except StreamUrlError as error:
            raise ValidationError({"streams": f"the address of the {stream.role} stream can't be used: {error}"}) from error
        targets[stream.role] = Target(address, credentials, _TRANSPORTS[stream.transport], stream.verify_tls)
    if "main" not in targets:
        raise ValidationError({"streams": "this camera has no main stream yet"})
    device = OnvifDevice.objects.filter(camera=camera).select_related("camera").first()
    if device is None:
        return Patient(targets)
    try:
        return Patient(targets, device.device_address, device.credentials)
    except DeviceAddressError:
        return Patient(targets)


def carry_out(diagnosis: Diagnosis, patient: Patient) -> Iterator[Step]:
    """Examines, stores what is found, and gives each step to the caller as well. To be run to its end."""
    findings: list[Finding] = []
    untold: list[Step] = []
    told_at_s = 0.0
    following = examining(patient, THOROUGH)
    for step in following:
        if step is not None:
            untold.append(step)
            findings += [step] if isinstance(step, Finding) else []
            yield step
        if untold and time.monotonic() - told_at_s >= _TELL_EVERY_S:
            told_at_s = time.monotonic()
            diagnosis.note(findings)
            _tell(diagnosis, untold)
            untold = []
    diagnosis.finish(following.result.findings)
    diagnosis.refresh_from_db()
    _tell(diagnosis, untold)
    _forget_old(diagnosis.camera)


def examining(patient: Patient, limits: Limits) -> Following[Step, CameraReport]:
    return Following(lambda tell: examine(patient, limits, tell), look_every_s=_TELL_EVERY_S)


@dataclass(frozen=True, slots=True)
class Comparison:
    """With the last diagnosis before in which nothing was bad; None when there was none."""

    before: Diagnosis | None
    changes: tuple[Change, ...]


def since_it_worked(diagnosis: Diagnosis) -> Comparison:
    earlier = Diagnosis.objects.working().filter(camera_id=diagnosis.camera_id, started_at__lt=diagnosis.started_at).first()
    if earlier is None:
        return Comparison(None, ())
    return Comparison(earlier, tuple(changes(earlier.findings, diagnosis.findings)))


def history(camera: Camera) -> list[Diagnosis]:
    """Newest first."""
    Diagnosis.objects.all().end_cut_off()
    return list(camera.diagnoses.select_related("started_by"))


def begin(camera: Camera, by: AbstractBaseUser | None) -> tuple[Diagnosis, bool]:
    """The new one, or the one that runs, and which of them it is. Raises TooMany."""
    Diagnosis.objects.all().end_cut_off()
    running = Diagnosis.objects.running()
    known = running.filter(camera=camera).first()
    if known is not None:
        return known, False
    if running.count() >= _MOST_AT_ONCE:
        raise TooMany("enough cameras are being examined just now; try again in half a minute")
    try:
        with transaction.atomic():
            return Diagnosis.objects.create(camera=camera, started_by_id=by.pk if by is not None else None), True
    except IntegrityError:
        return running.filter(camera=camera).get(), False  # somebody was quicker


def _work(diagnosis: Diagnosis, patient: Patient) -> None:
    try:
        for _step in carry_out(diagnosis, patient):
            pass
    except Exception:
        # Top of the thread: a mistake of ours ends this examination, and says so.
        logger.exception("the examination of %s was given up", diagnosis.camera.slug)
        diagnosis.interrupt()
        diagnosis.refresh_from_db()
        _tell(diagnosis, [])
    finally:
        connections.close_all()


def _tell(diagnosis: Diagnosis, steps: list[Step]) -> None:
    if diagnosis.started_by_id is None:
        return
    shares = {step.stream: round(step.share, 2) for step in steps if isinstance(step, Progress)}
    news = events.DiagnosisNews(
        type="diagnosis",
        camera=diagnosis.camera.slug,
        id=diagnosis.pk,
        state=diagnosis.state,
        shares=shares,
        findings=[{**step.to_json(), "title": step.title} for step in steps if isinstance(step, Finding)],
    )
    events.publish_to_user(diagnosis.started_by_id, news)


def _forget_old(camera: Camera) -> None:
    """Keeps the last one that worked, however long ago: it is what the others are compared with."""
    kept = list(camera.diagnoses.values_list("pk", flat=True)[:KEPT_PER_CAMERA])
    last_good = Diagnosis.objects.working().filter(camera=camera).values_list("pk", flat=True).first()
    camera.diagnoses.exclude(pk__in=[*kept, *([last_good] if last_good is not None else [])]).delete()

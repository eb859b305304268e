"""Examines a camera: its main stream, its sub stream beside it, how the two fit together, and what it says by ONVIF."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cameras.findings import Finding, in_order
from cameras.onvif.address import DeviceAddress
from cameras.stream_url import Credentials
from streaming.doctor.checks import onvif, sub_stream
from streaming.doctor.evidence import Observation
from streaming.doctor.examination import Limits, Step, StreamExamination, Target
from streaming.doctor.onvif_visit import visit
from streaming.media.packet import VideoTrack

_MAIN, _SUB = "main", "sub"
# What the camera itself names as its streams is of interest when one of these failed.
_ABOUT_THE_ADDRESS = ("port", "rtsp", "description")


@dataclass(frozen=True, slots=True)
class Patient:
    """`targets` by role, the main stream among them. `onvif` is where the camera speaks it, and its login there if it is another one."""

    targets: Mapping[str, Target]
    onvif: DeviceAddress | None = None
    onvif_credentials: Credentials | None = None
    has_onvif_looked_at: bool = True


@dataclass(frozen=True, slots=True)
class Seen:
    """What one stream showed: enough to describe it, and to make a picture of its first keyframe."""

    observation: Observation
    track: VideoTrack
    keyframe: bytes
    means: str


@dataclass(frozen=True, slots=True)
class CameraReport:
    """`seen` has a stream only if it showed a picture."""

    findings: tuple[Finding, ...]
    seen: Mapping[str, Seen]


async def examine(patient: Patient, limits: Limits, tell: Callable[[Step], None]) -> CameraReport:
    """Tells each finding as it becomes certain. Takes up to Limits.watch_most_s, and the time it takes to get there.

    Whatever else is asked of the camera waits until the main stream was let in, so that a wrong password is tried once: cameras count.
    """
    findings: list[Finding] = []

    def note(step: Step) -> None:
        if isinstance(step, Finding):
            findings.append(step)
        tell(step)

    streams = {role: StreamExamination(target, limits, role, note) for role, target in patient.targets.items()}
    main, sub = streams[_MAIN], streams.get(_SUB)
    is_reached = await main.reach()
    async with asyncio.TaskGroup() as group:
        if is_reached:
            group.create_task(main.watch())
        if is_reached and sub is not None:
            group.create_task(_follow(main, sub, has_same_door=patient.targets[_MAIN].door == patient.targets[_SUB].door))
        if patient.has_onvif_looked_at and main.evidence.contact is not None and main.evidence.contact.is_there:
            group.create_task(_visit(main, patient, note))
    fit = _fit(main, sub)
    if fit is not None:
        note(fit)
    return CameraReport(tuple(in_order(findings)), {role: seen for role, one in streams.items() if (seen := _seen(one)) is not None})


async def _follow(main: StreamExamination, sub: StreamExamination, *, has_same_door: bool) -> None:
    await main.is_let_in.wait()
    if has_same_door:
        if main.evidence.failed_check == "login":
            return
        sub.skip()
        await sub.watch()
    elif await sub.reach():
        await sub.watch()


async def _visit(main: StreamExamination, patient: Patient, note: Callable[[Step], None]) -> None:
    await main.is_let_in.wait()
    target, failed = patient.targets[_MAIN], main.evidence.failed_check
    own = patient.onvif_credentials or target.credentials
    credentials = Credentials() if failed == "login" and own == target.credentials else own
    seen = await visit(target.address.host, credentials, patient.onvif)
    for finding in onvif.check(seen, target.address, is_stream_missing=failed in _ABOUT_THE_ADDRESS):
        note(finding)


def _fit(main: StreamExamination, sub: StreamExamination | None) -> Finding | None:
    seen = main.evidence.observation
    if seen is None or seen.first_keyframe_ms is None:
        return None
    return sub_stream.check(seen, sub.evidence.observation if sub is not None else None, has_sub=sub is not None)


def _seen(examination: StreamExamination) -> Seen | None:
    evidence = examination.evidence
    observation = evidence.observation
    if observation is None or observation.parameters is None:
        return None
    return Seen(observation, observation.parameters.track, examination.notebook.keyframe, evidence.means)

"""Examines a camera: its main stream, its sub stream beside it, and how the two fit together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from cameras.findings import Finding, in_order
from streaming.doctor.checks import sub_stream
from streaming.doctor.evidence import Observation
from streaming.doctor.examination import Limits, Step, StreamExamination, Target
from streaming.media.packet import VideoTrack

_MAIN, _SUB = "main", "sub"


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
    seen: dict[str, Seen]


async def examine(targets: dict[str, Target], limits: Limits, tell: Callable[[Step], None]) -> CameraReport:
    """`targets` by role, the main stream among them. Takes up to Limits.watch_most_s and the time it takes to get there.

    The sub stream is opened once the main one was let in, so that a wrong password is tried once and not twice: cameras count.
    """
    findings: list[Finding] = []

    def note(step: Step) -> None:
        if isinstance(step, Finding):
            findings.append(step)
        tell(step)

    main = StreamExamination(targets[_MAIN], limits, _MAIN, note)
    sub = StreamExamination(targets[_SUB], limits, _SUB, note) if _SUB in targets else None
    if await main.reach():
        async with asyncio.TaskGroup() as group:
            group.create_task(main.watch())
            if sub is not None:
                group.create_task(_follow(main, sub, has_same_door=targets[_MAIN].door == targets[_SUB].door))
    main_seen, sub_seen = main.evidence.observation, sub.evidence.observation if sub is not None else None
    if main_seen is not None and main_seen.first_keyframe_ms is not None:
        fit = sub_stream.check(main_seen, sub_seen, has_sub=sub is not None)
        if fit is not None:
            note(fit)
    examined = {_MAIN: main} | ({_SUB: sub} if sub is not None else {})
    return CameraReport(tuple(in_order(findings)), {role: seen for role, one in examined.items() if (seen := _seen(one)) is not None})


async def _follow(main: StreamExamination, sub: StreamExamination, *, has_same_door: bool) -> None:
    await main.is_let_in.wait()
    if has_same_door:
        if main.evidence.failed_check == "login":
            return
        sub.skip()
        await sub.watch()
    elif await sub.reach():
        await sub.watch()


def _seen(examination: StreamExamination) -> Seen | None:
    evidence = examination.evidence
    observation = evidence.observation
    if observation is None or observation.parameters is None:
        return None
    return Seen(observation, observation.parameters.track, examination.notebook.keyframe, evidence.means)

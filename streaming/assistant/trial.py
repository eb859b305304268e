"""Tries a camera that is not added yet. Takes five to ten seconds, and no more than a minute with a device that hardly answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from cameras.findings import Finding, bad, in_order
from cameras.stream_url import StreamUrl
from streaming.assistant.outcome import Known, Outcome, TriedStream
from streaming.assistant.place import Place
from streaming.assistant.streams import find_streams
from streaming.doctor.camera import CameraReport, Patient, Seen, examine
from streaming.doctor.examination import QUICK, Progress, Step, Target
from streaming.doctor.measures import bitrate_bps, intervals, pictures_per_s
from streaming.media.packet import MediaPacket
from streaming.render.still import still_of
from streaming.rtsp.client import TransportChoice

_LIMIT_S = 60.0
_PICTURE_PX = 960


@dataclass(frozen=True, slots=True)
class Wish:
    """`chosen` are stream addresses by role, when the person has chosen among those a camera offers; else they are found."""

    place: Place
    maker: str = ""
    transport: TransportChoice = "tcp"
    chosen: Mapping[str, StreamUrl] | None = None


@dataclass(frozen=True, slots=True)
class Doing:
    """What is being done, in a sentence."""

    text: str


TrialStep = Doing | Finding


async def try_camera(wish: Wish, tell: Callable[[TrialStep], None]) -> Outcome:
    """Never raises for what a device does."""
    try:
        async with asyncio.timeout(_LIMIT_S):
            known = await _known(wish, tell)
            if known.main is None:
                for finding in known.findings:
                    tell(finding)
                return Outcome(known, (), in_order(known.findings))
            report = await _look(wish, known, tell)
    except TimeoutError:
        slow = bad("rtsp", "The camera took more than a minute.", "It answers, but far too slowly.", "Restart the camera, and try again.")
        return Outcome(Known(), (), (slow,))
    return Outcome(known, await asyncio.to_thread(_described, known, report), report.findings)


async def _known(wish: Wish, tell: Callable[[TrialStep], None]) -> Known:
    if wish.chosen is not None:
        return Known(main=wish.chosen["main"], sub=wish.chosen.get("sub"))
    return await find_streams(wish.place, wish.maker, lambda text: tell(Doing(text)))


async def _look(wish: Wish, known: Known, tell: Callable[[TrialStep], None]) -> CameraReport:
    def note(step: Step) -> None:
        if isinstance(step, Progress):
            if step.stream == "main":
                tell(Doing(f"Looking at the picture: {step.text}"))
        else:
            tell(step)

    tell(Doing("Opening the stream …"))
    targets = {
        role: Target(url, wish.place.credentials, wish.transport)
        for role, url in (("main", known.main), ("sub", known.sub))
        if url is not None
    }
    return await examine(Patient(targets, has_onvif_looked_at=False), QUICK, note)


def _described(known: Known, report: CameraReport) -> list[TriedStream]:
    urls = {"main": known.main, "sub": known.sub}
    return [_stream(role, url, report.seen[role], report) for role, url in urls.items() if url is not None and role in report.seen]


def _stream(role: str, url: StreamUrl, seen: Seen, report: CameraReport) -> TriedStream:
    observation = seen.observation
    lengths = [interval.length_ms for interval in intervals(observation.pictures)]
    return TriedStream(
        role=role,
        url=url,
        codec=seen.track.codec.value,
        width_px=seen.track.width_px,
        height_px=seen.track.height_px,
        rate_fps=round(pictures_per_s(observation.pictures), 1),
        gop_ms=round(median(lengths)) if lengths else 0,
        bitrate_bps=bitrate_bps(observation.pictures),
        sound=_sound(role, report),
        transport=seen.means,
        picture=_picture(seen),
    )


def _sound(role: str, report: CameraReport) -> str:
    """Empty for none."""
    found = next((finding for finding in report.findings if (finding.check, finding.stream) == ("sound", role)), None)
    return "" if found is None or found.facts.get("codec") == "none" else found.text.rstrip(".")


def _picture(seen: Seen) -> bytes:
    packet = MediaPacket("video", 0, 0, 0, 0, True, time.time_ns() // 1_000_000, seen.keyframe)
    still = still_of(seen.track, packet, _PICTURE_PX)
    return still.jpeg if still is not None else b""

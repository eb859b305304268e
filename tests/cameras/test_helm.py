"""One camera, steered in the test's event loop, against heads that do as told and heads that don't."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from cameras.control.deadman import BEAT_EVERY_S, BEATS_MISSING_S, Velocity
from cameras.control.helm import Helm
from cameras.onvif.client import OnvifClient
from cameras.onvif.errors import OnvifError, Unreachable
from cameras.onvif.ptz import Ptz
from tests.support.ipycam_camera import ipycam
from tests.support.live_server import until
from tests.support.onvif.camera import StubCamera, onvif_camera

RIGHT = Velocity(pan=0.2)


@dataclass(slots=True)
class Marked:
    """A Redis that remembers."""

    turning: dict[int, float] = field(default_factory=dict)
    seconds: float = 0.0

    async def answer_for(self, camera_id: int, seconds: float) -> None:
        self.turning[camera_id] = time.monotonic() + seconds

    async def is_still(self, camera_id: int) -> None:
        self.turning.pop(camera_id, None)


@dataclass(slots=True)
class SlowHead:
    """Each command hangs for as long as `hangs_s` says; `fails` with that error."""

    hangs_s: float = 0.0
    fails: OnvifError | None = None
    is_turning: bool = False
    said: list[str] = field(default_factory=list)

    async def turn(self, pan: float, tilt: float, zoom: float) -> None:
        self.said.append("turn")
        self.is_turning = True
        await asyncio.sleep(self.hangs_s)
        if self.fails:
            raise self.fails

    async def stop(self) -> None:
        self.said.append("stop")
        if self.fails:
            raise self.fails
        self.is_turning = False

    async def focus(self, speed: float) -> None:
        self.said.append(f"focus {speed:g}")

    async def focus_stop(self) -> None:
        self.said.append("focus stop")


@dataclass(slots=True)
class Heard:
    words: list[str] = field(default_factory=list)
    moves: list[str] = field(default_factory=list)

    def begun(self) -> Heard:
        self.moves.append("begun")
        return self

    def goes_on(self) -> None:
        if self.moves[-1] != "goes on":
            self.moves.append("goes on")

    def ends(self) -> None:
        self.moves.append("ended")


def helm_with(head: SlowHead | Ptz, marks: Marked | None = None, heard: Heard | None = None) -> Helm:
    async def found() -> SlowHead | Ptz:
        return head

    return Helm(1, found, marks or Marked(), begun=(heard or Heard()).begun)


@asynccontextmanager
async def stub_head(camera: StubCamera) -> AsyncIterator[Ptz]:
    with onvif_camera(camera):
        async with OnvifClient(camera.address, camera.credentials) as client:
            yield await Ptz.open(client)


async def beats(helm: Helm, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(BEAT_EVERY_S)
        helm.beat()


@pytest.mark.alone
async def test_a_held_camera_turns_for_as_long_as_it_is_held() -> None:
    camera, heard, marks = StubCamera(), Heard(), Marked()
    async with stub_head(camera) as head:
        helm = helm_with(head, marks, heard)
        helm.hold(RIGHT, heard.words.append)
        await until(lambda: camera.head.is_moving, 5)
        await beats(helm, 1.5)
        assert (await head.status()).is_moving is True, "the device's own timeout was renewed"
        assert marks.turning
        await helm.stop()
        assert not camera.head.is_moving
        assert not marks.turning
    assert camera.head.commands.count("ContinuousMove") >= 4
    assert camera.head.commands[-1] == "Stop"
    assert heard.words == []
    assert heard.moves == ["begun", "goes on", "ended"]


@pytest.mark.alone
async def test_without_beats_the_camera_is_stopped() -> None:
    camera, heard = StubCamera(), Heard()
    camera.head.ignores_timeouts = True
    async with stub_head(camera) as head:
        helm = helm_with(head, heard=heard)
        helm.hold(RIGHT, heard.words.append)
        begin = time.monotonic()
        await until(lambda: camera.head.is_moving, 5)
        await until(lambda: not camera.head.is_moving, 1)
        assert BEATS_MISSING_S <= time.monotonic() - begin < 1
        assert heard.words == ["Stopped: nothing was heard from you."]
        helm.beat()
        await helm.stop()
        assert camera.head.commands[-1] == "Stop", "a late beat starts nothing"


@pytest.mark.alone
async def test_another_direction_is_told_at_once() -> None:
    head = SlowHead()
    helm = helm_with(head)
    helm.hold(RIGHT, lambda _: None)
    await until(lambda: head.said == ["turn"], 1)
    helm.hold(Velocity(tilt=1), lambda _: None)
    await until(lambda: head.said == ["turn", "turn"], 0.2)
    helm.hold(Velocity(), lambda _: None)
    await until(lambda: head.said == ["turn", "turn", "stop"], 0.2)


@pytest.mark.alone
async def test_a_move_that_hangs_does_not_hold_up_the_stop() -> None:
    head = SlowHead(hangs_s=30)
    helm = helm_with(head)
    helm.hold(RIGHT, lambda _: None)
    await until(lambda: head.said == ["turn"], 1)
    begin = time.monotonic()
    helm.release()
    await until(lambda: not head.is_turning, 1)
    assert time.monotonic() - begin < 0.2
    await helm.stop()
    assert head.said == ["turn", "stop", "stop"], "said twice, for the move may have overtaken the first"


@pytest.mark.alone
async def test_a_stop_that_fails_is_said_again_and_the_mark_stays() -> None:
    head, marks, heard = SlowHead(), Marked(), Heard()
    helm = helm_with(head, marks, heard)
    helm.hold(RIGHT, heard.words.append)
    await until(lambda: head.said == ["turn"], 1)
    head.fails = Unreachable("No device answers at cam.")
    helm.release()
    await until(lambda: head.said.count("stop") == 2, 2)
    head.fails = None
    await until(lambda: not helm.is_turning, 2)
    assert not head.is_turning
    assert not marks.turning


@pytest.mark.alone
async def test_a_camera_that_never_confirms_is_left_to_the_watch() -> None:
    head, marks, heard = SlowHead(), Marked(), Heard()
    helm = helm_with(head, marks, heard)
    helm.hold(RIGHT, heard.words.append)
    await until(lambda: head.said == ["turn"], 1)
    head.fails = Unreachable("No device answers at cam.")
    await helm.stop()
    assert marks.turning
    assert heard.words == ["The camera does not answer to Stop. No device answers at cam."]


async def test_a_camera_that_can_t_be_reached_is_told_once_and_not_stopped() -> None:
    async def nobody() -> SlowHead:
        raise Unreachable("No device answers at cam.")

    heard = Heard()
    helm = Helm(1, nobody, Marked(), begun=Heard().begun)
    helm.hold(RIGHT, heard.words.append)
    await until(lambda: not helm.is_turning, 1)
    assert heard.words == ["No device answers at cam."]


@pytest.mark.alone
async def test_a_key_pressed_while_the_camera_stops_turns_it_again() -> None:
    head = SlowHead()
    helm = helm_with(head)
    helm.hold(RIGHT, lambda _: None)
    await until(lambda: head.said == ["turn"], 1)
    helm.release()
    helm.hold(RIGHT, lambda _: None)
    await until(lambda: head.said[-1] == "turn" and len(head.said) > 1, 1)
    await helm.stop()
    assert head.said[-1] == "stop"


@pytest.mark.alone
async def test_focus_is_held_and_stopped_likewise() -> None:
    head = SlowHead()
    helm = helm_with(head)
    helm.hold(Velocity(focus=-0.5), lambda _: None)
    await until(lambda: head.said == ["focus -0.5"], 1)
    await helm.stop()
    assert head.said == ["focus -0.5", "stop", "focus stop"]


@pytest.mark.alone
@pytest.mark.peer
async def test_a_camera_of_another_make_stands_still_within_a_second_of_the_last_beat() -> None:
    with ipycam() as camera:
        async with OnvifClient(camera.address, camera.credentials) as client:
            helm = helm_with(await Ptz.open(client))
            helm.hold(RIGHT, lambda _: None)
            await until(lambda: camera.is_moving, 5)
            await beats(helm, 0.6)
            last_beat = time.monotonic()
            await until(lambda: not camera.is_moving, 1)
            assert time.monotonic() - last_beat < 1
            await helm.stop()

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from cameras.onvif.client import OnvifClient
from cameras.onvif.errors import CameraRefuses, NotSupported
from cameras.onvif.ptz import Ptz
from cameras.onvif.spaces import Abilities
from tests.support.ipycam_camera import Ipycam, ipycam
from tests.support.live_server import until
from tests.support.onvif.answers import envelope, fault, profiles
from tests.support.onvif.camera import StubCamera, onvif_camera


@asynccontextmanager
async def head_of(camera: StubCamera | Ipycam) -> AsyncIterator[Ptz]:
    async with OnvifClient(camera.address, camera.credentials) as client:
        yield await Ptz.open(client)


@pytest.mark.peer
async def test_a_camera_of_another_make_turns_and_stops() -> None:
    with ipycam() as camera:
        async with head_of(camera) as head:
            await head.turn(0.5, -0.25, 0.1)
            assert (await head.status()).is_moving is True
            await until(lambda: camera.position[0] > 0.05, 5)
            await head.stop()
            assert not camera.is_moving
            pan, tilt, zoom = camera.position
            assert pan > 0
            assert tilt < 0
            assert zoom > 0
            told = await head.status()
            assert (told.pan, told.tilt, told.zoom, told.is_moving) == (round(pan, 4), round(tilt, 4), round(zoom, 4), False)


@pytest.mark.peer
async def test_a_camera_of_another_make_keeps_presets() -> None:
    with ipycam() as camera:
        async with head_of(camera) as head:
            assert head.abilities.most_presets == 10
            await head.move_to(0.5, 0.25, 0.75)
            token = await head.set_preset("Gate")
            await head.move_by(-0.5, 0.5, 0)
            assert camera.position == pytest.approx((0.0, 0.75, 0.75))
            assert ("Gate", token) in [(preset.name, preset.token) for preset in await head.presets()]
            await head.go_to_preset(token, speed=0.5)
            assert camera.position == pytest.approx((0.5, 0.25, 0.75))
            await head.go_home()
            assert camera.position == (0, 0, 0)


async def test_what_a_device_has_is_read_from_it() -> None:
    with onvif_camera() as camera:
        async with head_of(camera) as head:
            assert head.abilities == Abilities(
                turns=True,
                zooms=True,
                moves_by=True,
                zooms_by=True,
                moves_to=True,
                zooms_to=True,
                has_home=True,
                focuses=True,
                most_presets=8,
            )
    spaces = {"ContinuousZoomVelocitySpace"}
    with onvif_camera(StubCamera(services={"media", "ptz"}, spaces=spaces, has_home=False, most_presets=0)) as camera:
        async with head_of(camera) as head:
            assert head.abilities == Abilities(zooms=True)
            with pytest.raises(NotSupported):
                await head.move_by(0.1, 0, 0)
            await head.turn(1, 1, 1)
            await head.stop()
    with onvif_camera(StubCamera(services={"media"})) as camera, pytest.raises(NotSupported, match="no PTZ service"):
        async with head_of(camera):
            pass


async def test_a_head_that_moves_in_steps_only() -> None:
    with onvif_camera(StubCamera(spaces={"RelativePanTiltTranslationSpace"}, has_home=False, most_presets=0)) as camera:
        async with head_of(camera) as head:
            assert head.abilities == Abilities(moves_by=True, focuses=True)
            with pytest.raises(NotSupported):
                await head.turn(1, 0, 0)
            await head.move_by(0.25, 0, 0)
            assert camera.head.position[0] == 0.25


async def test_profiles_that_keep_quiet_of_the_head_are_steered_all_the_same() -> None:
    quiet = envelope(profiles(False))
    with onvif_camera(StubCamera(instead={"GetProfiles": quiet})) as camera:
        async with head_of(camera) as head:
            await head.turn(0.5, 0, 0)
            assert camera.head.is_moving
            await head.stop()


@pytest.mark.alone
async def test_a_move_ends_by_itself_when_nobody_renews_it() -> None:
    with onvif_camera() as camera:
        async with head_of(camera) as head:
            await head.turn(0.2, 0, 0)
            assert camera.head.is_moving
            await until(lambda: not camera.head.is_moving, 1.0)
            assert camera.head.commands == ["ContinuousMove"]


async def test_a_device_that_knows_whole_seconds_only_gets_them() -> None:
    class Whole(StubCamera):
        def respond(self, path: str, body: bytes, authorization: str) -> tuple[int, dict[str, str], bytes]:
            if b"PT0.8S" in body:
                return 400, {}, fault("InvalidArgVal", "Timeout out of range")
            return super().respond(path, body, authorization)

    with onvif_camera(Whole()) as camera:
        async with head_of(camera) as head:
            await head.turn(0.2, 0, 0)
            await head.turn(0.3, 0, 0)
            assert camera.head.commands == ["ContinuousMove", "ContinuousMove"]


async def test_stop_that_is_refused_becomes_a_move_of_speed_nothing() -> None:
    with onvif_camera() as camera:
        camera.instead["Stop"] = fault("ActionNotSupported", "Stop is not implemented")
        camera.statuses["Stop"] = 400
        async with head_of(camera) as head:
            await head.turn(0.5, 0, 0)
            await head.stop()
            assert not camera.head.is_moving


async def test_presets_home_and_focus() -> None:
    with onvif_camera() as camera:
        async with head_of(camera) as head:
            await head.move_to(0.5, 0.5, 0.5)
            token = await head.set_preset("Gate")
            await head.move_to(-0.5, 0.0, None)
            assert camera.head.position == (-0.5, 0.0, 0.5)
            assert await head.set_preset("Yard", token) == token
            assert [(preset.token, preset.name) for preset in await head.presets()] == [(token, "Yard")]
            await head.set_home()
            await head.move_to(1, 1, 1)
            await head.go_home()
            assert camera.head.position == (-0.5, 0.0, 0.5)
            await head.remove_preset(token)
            assert await head.presets() == ()
            with pytest.raises(CameraRefuses, match="The requested preset token does not exist"):
                await head.go_to_preset(token)
            await head.focus(-0.5)
            assert camera.head.focus_speed == -0.5
            await head.focus_stop()
            assert camera.head.focus_speed == 0


async def test_commands_side_by_side_do_not_mix() -> None:
    with onvif_camera() as camera:
        async with head_of(camera) as head:
            await asyncio.gather(*(head.status() for _ in range(20)), head.turn(0.1, 0.1, 0.1), head.stop())
            assert set(camera.head.commands) == {"ContinuousMove", "Stop"}

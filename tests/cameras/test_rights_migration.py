from __future__ import annotations

from importlib import import_module

from django.apps import apps

from cameras.models import Action, Grant
from cameras.permissions import may
from tests.support.people import House


def test_who_could_see_can_hear_after_the_upgrade(house: House) -> None:
    Grant.objects.create(user=house.bob, camera=house.camera, action=Action.PLAYBACK)
    migration = import_module("cameras.migrations.0008_rights")
    migration.let_viewers_hear(apps, None)
    assert may(house.bob, Action.HEAR, house.camera)
    assert may(house.carol, Action.HEAR, house.camera)
    assert not may(house.bob, Action.HEAR, house.other)
    assert Grant.objects.filter(user=house.bob, action=Action.HEAR).count() == 1
    migration.forget_new_rights(apps, None)
    assert not Grant.objects.filter(action=Action.HEAR).exists()

from __future__ import annotations

import pytest
import pytest_django
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

from nvr.people import factor_keys
from tests.support.people import House
from tests.support.second_step import SECRET, give_second_step

pytestmark = pytest.mark.django_db


def test_second_steps_outlive_the_keys_they_were_encrypted_under(settings: pytest_django.Settings) -> None:
    house = House()
    settings.SALT_KEY = ["old"]
    codes = give_second_step(house.bob)
    settings.SALT_KEY = ["new", "old"]
    found = factor_keys.renew()
    assert found.renewed == 2
    assert found.unreadable == ()
    settings.SALT_KEY = ["new"]
    app, recovery = (Authenticator.objects.get(user=house.bob, type=kind) for kind in ("totp", "recovery_codes"))
    assert get_adapter().decrypt(app.data["secret"]) == SECRET
    assert RecoveryCodes(recovery).get_unused_codes() == codes


def test_a_second_step_that_no_key_opens_is_named_and_left_alone(settings: pytest_django.Settings) -> None:
    house = House()
    settings.SALT_KEY = ["lost"]
    give_second_step(house.bob)
    before = list(Authenticator.objects.values_list("pk", "data"))
    settings.SALT_KEY = ["new"]
    found = factor_keys.renew()
    assert found.renewed == 0
    assert sorted(found.unreadable) == sorted(f"mfa.Authenticator.data of {pk}" for pk, _ in before)
    assert list(Authenticator.objects.values_list("pk", "data")) == before

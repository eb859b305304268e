from __future__ import annotations

import sys

from django.apps import AppConfig


class NvrConfig(AppConfig):
    name = "nvr"

    def ready(self) -> None:
        from nvr.people import sign_ins  # noqa: F401  # hears who signs in
        from nvr.people.audit import follow_people, name_the_command

        follow_people()
        name_the_command(sys.argv)
        from cameras.api.strict import be_strict  # needs the settings, as all of REST framework does

        be_strict()

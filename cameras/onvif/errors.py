"""What goes wrong with a device, as one sentence for its owner and a `code` for programs.

OnvifError
├── Unreachable       nothing answers there, or not in time
├── NotOnvif          something answers, but it does not speak ONVIF
├── NotAuthorized     the camera refuses the user name or password
├── NotSupported      the camera says that it can't do this
├── Malformed         the answer breaks the standard
└── CameraRefuses     the camera says no, and why
"""

from __future__ import annotations

from typing import ClassVar


class OnvifError(Exception):
    """`str()` is for people; it never holds a password."""

    code: ClassVar[str] = "onvif"


class Unreachable(OnvifError):
    """`was_sent`: the command may have arrived; only its answer did not."""

    code: ClassVar[str] = "unreachable"

    def __init__(self, text: str, *, was_sent: bool = False) -> None:
        super().__init__(text)
        self.was_sent = was_sent


class NotOnvif(OnvifError):
    code: ClassVar[str] = "not_onvif"


class NotAuthorized(OnvifError):
    code: ClassVar[str] = "not_authorized"


class NotSupported(OnvifError):
    code: ClassVar[str] = "not_supported"


class Malformed(OnvifError):
    code: ClassVar[str] = "malformed"


class CameraRefuses(OnvifError):
    code: ClassVar[str] = "refused"

"""Where Django looks for them."""

from __future__ import annotations

from nvr.people.models import ApiToken, SignIn, UsedCode

__all__ = ["ApiToken", "SignIn", "UsedCode"]

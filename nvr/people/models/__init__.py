from __future__ import annotations

from nvr.people.models.codes import UsedCode
from nvr.people.models.sign_ins import SignIn
from nvr.people.models.tokens import ApiToken

__all__ = ["ApiToken", "SignIn", "UsedCode"]

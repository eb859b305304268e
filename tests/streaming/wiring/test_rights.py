from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cameras.access import Identity
from streaming.live.protocol import Close, ProtocolError
from streaming.wiring import rights
from streaming.wiring.rights import RightsWatch


async def test_a_fault_while_rights_are_checked_does_not_end_the_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    async def rights_of(_: Identity) -> dict[int, Any]:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise RuntimeError("a fault of ours")
        return {}

    monkeypatch.setattr(rights, "ASK_EVERY_S", 0.01)
    monkeypatch.setattr(rights, "rights_of", rights_of)
    revoked: asyncio.Future[ProtocolError] = asyncio.get_running_loop().create_future()
    watch = RightsWatch(per_person=1, in_all=1)

    def on_revoked(failure: ProtocolError) -> None:
        watch.dismiss(admission)
        revoked.set_result(failure)

    admission = watch.admit(Identity(1, "token"), 1, on_revoked, lambda _: None)
    assert (await asyncio.wait_for(revoked, 5)).close is Close.FORBIDDEN

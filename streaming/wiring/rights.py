"""Who is watching, how many at a time, and whether they still may: asked again every few seconds, once per person and not per socket."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.db import Error as DatabaseError

from cameras.access import Identity, Refused, rights_of
from cameras.models import Action
from streaming.live.protocol import Close, ProtocolError
from streaming.wiring.watch_log import WatchLog

logger = logging.getLogger(__name__)

ASK_EVERY_S = 3.0
_WITHDRAWN = ProtocolError("forbidden", "You have no right to view this camera any more.", Close.FORBIDDEN)
_CODES = {
    Close.UNAUTHENTICATED: "unauthenticated",
    Close.FORBIDDEN: "forbidden",
    Close.NOT_FOUND: "not_found",
    Close.EXPIRED: "expired",
}


@dataclass(frozen=True, slots=True, eq=False)
class Admission:
    identity: Identity
    camera_id: int
    on_revoked: Callable[[ProtocolError], None]
    on_hearing: Callable[[bool], None]


class RightsWatch:
    def __init__(self, *, per_person: int, in_all: int) -> None:
        self._per_person = per_person
        self._in_all = in_all
        self._admitted: set[Admission] = set()
        self._sockets_of: Counter[int] = Counter()
        self._asking: asyncio.Task[None] | None = None
        self._log = WatchLog()

    def admit(
        self, identity: Identity, camera_id: int, on_revoked: Callable[[ProtocolError], None], on_hearing: Callable[[bool], None]
    ) -> Admission:
        """`on_hearing` is told with each look whether its sound may be heard. Raises ProtocolError (4429)."""
        if self._sockets_of[identity.user_id] >= self._per_person:
            raise ProtocolError("too_many", f"You have {self._per_person} live connections open; close one.", Close.TOO_MANY)
        if len(self._admitted) >= self._in_all:
            raise ProtocolError("too_many", "The server has as many viewers as it may; try again later.", Close.TOO_MANY)
        admission = Admission(identity, camera_id, on_revoked, on_hearing)
        self._admitted.add(admission)
        self._sockets_of[identity.user_id] += 1
        self._log.begin(admission, camera_id)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_on())
        return admission

    def dismiss(self, admission: Admission) -> None:
        if admission in self._admitted:
            self._admitted.discard(admission)
            self._sockets_of[admission.identity.user_id] -= 1
            self._log.end(admission)

    async def noted(self, admission: Admission) -> None:
        """When it is in the audit that this viewer came, or is gone."""
        await self._log.settled(admission)

    async def _ask_on(self) -> None:
        while self._admitted:
            await asyncio.sleep(ASK_EVERY_S)
            await self._log.beat()
            for identity in {admission.identity for admission in self._admitted}:
                try:
                    rights: Mapping[int, Collection[Action]] = await rights_of(identity)
                    failure = _WITHDRAWN
                except Refused as refused:
                    rights = {}
                    failure = in_words(refused)
                except DatabaseError as error:
                    logger.warning("viewers' rights can't be checked: %s", error)
                    continue
                except Exception:  # nobody would be asked for any more, until somebody new came
                    logger.exception("the rights of user %s can't be checked", identity.user_id)
                    continue
                for admission in [one for one in self._admitted if one.identity == identity]:
                    its = rights.get(admission.camera_id, ())
                    if Action.VIEW in its:
                        admission.on_hearing(Action.HEAR in its)
                    else:
                        admission.on_revoked(failure)


def in_words(refused: Refused) -> ProtocolError:
    code = Close(refused.close_code)
    return ProtocolError(_CODES[code], f"{refused.text[:1].upper()}{refused.text[1:]}.", code)

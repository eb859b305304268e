"""go2rtc's WebSocket, /api/ws?src=<camera>, for its own players and cards: docs/interop.md is the reference.

Who may see what, how many at a time and for how long is decided as for our own live WebSocket, whose socket handling this is. `src`
names a camera of ours and nothing else: there is no way to add a source here.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async

from cameras.access import Refused, find_camera, identify, still_may
from cameras.models import Action, Camera
from streaming.consumers.live import LiveConsumer
from streaming.live.go2rtc import words
from streaming.live.go2rtc.guest import Guest
from streaming.live.protocol import Close, ProtocolError
from streaming.live.viewer import LiveCamera
from streaming.wiring.live import live

_NO_SUCH_STREAM = ProtocolError("not_found", "stream not found", Close.NOT_FOUND)
_WITHOUT_PUSH = "this server can't tell whether a viewer keeps up; start it by manage.py web"


class Go2rtcConsumer(LiveConsumer):
    async def open(self) -> None:
        identity = await identify(self.scope)
        found = words.parse_name(_source(self.scope))
        if found is None:
            raise _NO_SUCH_STREAM
        slug, role = found
        camera = await find_camera(identity, slug)
        if not await database_sync_to_async(_has_stream)(camera, role):
            raise _NO_SUCH_STREAM
        if self._push is None:
            raise ProtocolError("unsupported", _WITHOUT_PUSH, Close.UNSUPPORTED)
        may_hear = await still_may(identity, camera.pk, Action.HEAR)
        here = live()
        self._admission = here.rights.admit(identity, camera.pk, self._fail, self._let_hear)
        self._push.prefer_newest(131_072)
        guest = Guest(
            hub=here.hub, camera=LiveCamera(camera.pk, (role,)), role=role, outlet=self._push, on_end=self._end, may_hear=may_hear
        )
        self._session = guest
        self._push.listen(guest.receive, guest.pump)
        guest.start()

    async def _refuse(self, failure: ProtocolError) -> None:
        await self.send(text_data=words.error(failure.text))
        await self.close(int(failure.close))


def _source(scope: dict[str, Any]) -> str:
    """Raises Refused for none, or several."""
    named: list[str] = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("src", [])
    if len(named) != 1:
        raise Refused(4404, "name one camera: ?src=<camera>")
    return named[0]


def _has_stream(camera: Camera, role: str) -> bool:
    return camera.streams.filter(role=role).exists()

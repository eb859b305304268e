"""The live hub of this process: one per event loop, made when the first viewer comes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from django.conf import settings

from streaming.bus.redis import RedisReader
from streaming.live.hub import LiveHub
from streaming.render.demand import DemandBoard
from streaming.wiring.pictures import LayerPictures
from streaming.wiring.rights import RightsWatch
from streaming.wiring.states import DatabaseStates


@dataclass(frozen=True, slots=True)
class Live:
    hub: LiveHub
    rights: RightsWatch


_live: WeakKeyDictionary[asyncio.AbstractEventLoop, Live] = WeakKeyDictionary()


def live() -> Live:
    loop = asyncio.get_running_loop()
    if loop not in _live:
        hub = LiveHub(
            reader=RedisReader(settings.REDIS_URL), pictures=LayerPictures(DemandBoard(settings.REDIS_URL)), states=DatabaseStates()
        )
        _live[loop] = Live(hub, RightsWatch(per_person=settings.LIVE_VIEWERS_PER_USER, in_all=settings.LIVE_VIEWERS))
    return _live[loop]


def use(hub: LiveHub) -> Live:
    """Makes the consumers of the running loop use this hub."""
    loop = asyncio.get_running_loop()
    _live[loop] = Live(hub, RightsWatch(per_person=settings.LIVE_VIEWERS_PER_USER, in_all=settings.LIVE_VIEWERS))
    return _live[loop]

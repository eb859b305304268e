"""Searching the network for cameras on somebody's behalf: started only when asked for, one at a time, told as it goes, and logged.

A search runs in a thread of the process that was asked, with an event loop of its own. Nothing it keeps or tells is secret: addresses,
and what devices tell to everybody.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, transaction

from cameras import events
from cameras.discovery.interfaces import own_interfaces
from cameras.discovery.networks import NetworkError, callable_from, parse_network, suggestions
from cameras.discovery.search import Device, Plan, Search
from cameras.following import Following
from cameras.models import Camera, CameraSearch, Stream
from cameras.models.search import KEPT
from cameras.permissions import cameras_for
from cameras.stream_url import StreamUrlError, parse_stream_url

logger = logging.getLogger(__name__)

_TELL_EVERY_S = 0.4
_LOOKED_UP_FOR_S = 60.0
_looked_up: dict[str, tuple[float, frozenset[str]]] = {}


class Busy(Exception):
    """Somebody searches already."""


@dataclass(frozen=True, slots=True)
class _Progress:
    looked_at: int
    in_all: int


def own_networks() -> list[IPv4Network]:
    """Those of this machine that may be looked at address by address."""
    return suggestions(own_interfaces(), settings.DISCOVERY_NETWORKS)


def start(*, network: str, by: AbstractBaseUser) -> CameraSearch:
    """Calls in the private networks of this machine, and looks at each address of `network` unless that is empty. Returns at once.

    Raises ValidationError for a network that is not searched, Busy while another search runs.
    """
    try:
        chosen = parse_network(network, settings.DISCOVERY_NETWORKS) if network else None
    except NetworkError as error:
        raise ValidationError({"network": str(error)}) from error
    CameraSearch.objects.all().end_cut_off()
    try:
        with transaction.atomic():
            search = CameraSearch.objects.create(network=str(chosen or ""), started_by_id=by.pk)
    except IntegrityError as error:
        raise Busy("a search is going on already; wait for its end") from error
    logger.info("%s searches for cameras: %s", by, f"looks at {chosen}" if chosen else "calls in the networks of this machine")
    plan = Plan(callable_from(own_interfaces(), settings.DISCOVERY_NETWORKS), chosen)
    thread = threading.Thread(target=_work, args=(search, plan), name=f"search {search.pk}", daemon=True)
    transaction.on_commit(thread.start)
    return search


def found_by(search: CameraSearch, user: AbstractBaseUser) -> list[dict[str, Any]]:
    """What was found, with which of it is a camera of this NVR already; its name only for who may see it."""
    known = _known_hosts(user)
    return [_described(device, known) for device in search.found]


def _work(search: CameraSearch, plan: Plan) -> None:
    try:
        _carry_out(search, plan)
    except Exception:
        # Top of the thread: a mistake of ours ends this search, and says so.
        logger.exception("a search for cameras was given up")
        search.interrupt()
        search.refresh_from_db()
        _tell(search, [])
    finally:
        connections.close_all()


def _carry_out(search: CameraSearch, plan: Plan) -> None:
    devices: dict[str, dict[str, Any]] = {}
    untold: dict[str, dict[str, Any]] = {}
    progress = _Progress(0, 0)
    told_at_s = 0.0
    for step in Following[Device | _Progress, list[Device]](_searching(plan), look_every_s=_TELL_EVERY_S):
        if isinstance(step, Device):
            devices[step.address] = untold[step.address] = _to_json(step)
        elif isinstance(step, _Progress):
            progress = step
        if time.monotonic() - told_at_s >= _TELL_EVERY_S:
            told_at_s = time.monotonic()
            search.note(list(devices.values()), progress.looked_at, progress.in_all)
            search.looked_at, search.in_all = progress.looked_at, progress.in_all
            _tell(search, list(untold.values()))
            untold = {}
    search.finish(list(devices.values()), progress.looked_at, progress.in_all)
    logger.info("the search for cameras found %d devices", len(devices))
    search.refresh_from_db()
    _tell(search, list(untold.values()))
    old = CameraSearch.objects.values_list("pk", flat=True)[KEPT:]
    CameraSearch.objects.filter(pk__in=list(old)).delete()


def _searching(plan: Plan) -> Callable[[Callable[[Device | _Progress], None]], Coroutine[Any, Any, list[Device]]]:
    return lambda tell: Search(plan, tell, lambda looked_at, in_all: tell(_Progress(looked_at, in_all))).run()


def _tell(search: CameraSearch, devices: list[dict[str, Any]]) -> None:
    if search.started_by is None:
        return
    known = _known_hosts(search.started_by) if devices else {}
    news = events.SearchNews(
        type="search",
        id=search.pk,
        state=search.state,
        looked_at=search.looked_at,
        in_all=search.in_all,
        found=[_described(device, known) for device in devices],
    )
    events.publish_to_user(search.started_by.pk, news)


def _to_json(device: Device) -> dict[str, Any]:
    return {
        "address": device.address,
        "onvif": str(device.onvif) if device.onvif is not None else "",
        "rtsp_port": device.rtsp_port,
        "name": device.name,
        "maker": device.maker,
        "model": device.model,
        "server": device.server,
    }


def _described(device: dict[str, Any], known: dict[str, Camera | None]) -> dict[str, Any]:
    camera = known.get(device["address"])
    return {**device, "is_added": device["address"] in known, "camera": camera.slug if camera is not None else None}


def _known_hosts(user: AbstractBaseUser) -> dict[str, Camera | None]:
    """Addresses of cameras of this NVR; None for those of cameras that the user may not see. Names are looked up."""
    visible = set(cameras_for(user).values_list("pk", flat=True))
    found: dict[str, Camera | None] = {}
    for stream in Stream.objects.select_related("camera"):
        try:
            host = parse_stream_url(stream.url).host
        except StreamUrlError:
            continue
        camera = stream.camera if stream.camera_id in visible else None
        for address in _addresses(host):
            found[address] = found.get(address) or camera
    return found


def _addresses(host: str) -> frozenset[str]:
    """The host itself and what it is now, looked up at most once a minute: a name that nobody knows takes seconds to be unknown."""
    known = _looked_up.get(host)
    if known is None or known[0] < time.monotonic():
        try:
            found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)}
        except (OSError, UnicodeError):
            found = set()
        known = _looked_up[host] = (time.monotonic() + _LOOKED_UP_FOR_S, frozenset({host} | found))
    return known[1]

"""Where the streams of a device are. It says so itself where it speaks ONVIF; else the addresses of the common makers are tried.

Never raises for what a network or a device does: what went wrong is a finding, in the doctor's words.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from cameras.discovery.makers import Pattern, candidates, hint_of, sub_paths
from cameras.discovery.onvif_door import find_device, speaks_onvif
from cameras.discovery.rtsp_door import RTSP_PORTS, rtsp_server
from cameras.findings import Finding, Grade, bad
from cameras.onvif.address import DeviceAddress
from cameras.onvif.client import OnvifClient
from cameras.onvif.errors import NotAuthorized, OnvifError
from cameras.onvif.media import OfferedStream, chosen_streams, offered_streams
from cameras.stream_url import Credentials, StreamUrl
from streaming.assistant.outcome import Known, Offer, Way
from streaming.assistant.place import Place
from streaming.doctor import contact
from streaming.doctor.checks import CHECKS_OF_A_STREAM
from streaming.doctor.checks.name import is_numeric
from streaming.doctor.culprit import culprit_of
from streaming.doctor.evidence import Evidence, Lookup
from streaming.doctor.notebook import Notebook
from streaming.doctor.paths import Door, find_path, has_stream
from streaming.rtsp.errors import FailureCode, StreamFailure

Say = Callable[[str], None]
_CONNECT_S = 4.0
_PORTS = (*RTSP_PORTS, 88)  # the last is Foscam's
_ANSWER_S = 2.0


async def find_streams(place: Place, maker: str, say: Say) -> Known:
    """`say` gets sentences about what is being done."""
    if place.stream is not None:
        known, device = await asyncio.gather(_beside(place.stream, place), find_device(place.host))
        return replace(known, onvif=str(device) if device is not None else "")
    say("Asking the camera what it is …")
    onvif, rtsp_port, server = await _doors(place)
    by_onvif = await _by_onvif(onvif, place.credentials, say) if onvif is not None else Known()
    if by_onvif.main is not None:
        return by_onvif
    named = [server, by_onvif.device]
    hint = hint_of(named, maker)
    if rtsp_port is None:
        return replace(by_onvif if by_onvif.findings else await _why_nothing_answers(place), hint=hint)
    tried = await _by_patterns(place, rtsp_port, candidates(named, maker), say)
    return replace(tried, device=by_onvif.device, firmware=by_onvif.firmware, onvif=by_onvif.onvif, hint=hint)


async def _doors(place: Place) -> tuple[DeviceAddress | None, int | None, str]:
    """Where ONVIF is, where RTSP is, and what its server calls itself. A typed port is either of them."""
    onvif = place.onvif
    if onvif is None and place.port is not None and not place.is_tls and await speaks_onvif(DeviceAddress(place.host, place.port)):
        onvif = DeviceAddress(place.host, place.port)
    if onvif is None:
        onvif = await find_device(place.host)
    is_onvifs = onvif is not None and onvif.port == place.port
    ports = (place.port,) if place.port is not None and not is_onvifs else _PORTS
    if place.is_tls:
        return onvif, place.port, ""
    servers = await asyncio.gather(*(rtsp_server(place.host, port, _ANSWER_S) for port in ports))
    found = next(((port, server) for port, server in zip(ports, servers, strict=True) if server is not None), None)
    return (onvif, *found) if found is not None else (onvif, None, "")


async def _by_onvif(address: DeviceAddress, credentials: Credentials, say: Say) -> Known:
    """With no main stream when it does not let us in, or offers none."""
    say("The camera speaks ONVIF. Asking it for its streams …")
    known = Known(onvif=str(address))
    try:
        async with OnvifClient(address, credentials) as client:
            information = await client.information()
            known = replace(known, device=str(information), firmware=information.firmware)
            offered = await offered_streams(client)
    except NotAuthorized:
        return replace(known, findings=[_refused(has_login=credentials != Credentials())])
    except OnvifError as error:
        return replace(known, findings=[_no_streams(error)])
    main, sub = chosen_streams(offered)
    return replace(known, way=Way.ONVIF, main=main.url, sub=sub.url if sub is not None else None, offers=[_offer(one) for one in offered])


def _offer(stream: OfferedStream) -> Offer:
    return Offer(stream.url, stream.name, stream.codec, stream.width_px, stream.height_px)


async def _beside(main: StreamUrl, place: Place) -> Known:
    """The typed stream, and the smaller one where its maker usually has it. Whether the main one is well is for the doctor to say."""
    known = Known(Way.ADDRESS, main)
    evidence = _evidence(place, main.port)
    try:
        for path in sub_paths(main.path):
            if await has_stream(replace(main, path=path), place.credentials, Notebook(evidence)):
                return replace(known, sub=replace(main, path=path))
    except StreamFailure as failure:
        # A login that is refused here need not be tried once more.
        return _failed(evidence, failure) if failure.code is FailureCode.UNAUTHORIZED else known
    return known


async def _by_patterns(place: Place, port: int, patterns: list[Pattern], say: Say) -> Known:
    evidence = _evidence(place, port)
    notebook = Notebook(evidence)
    door = Door(place.host, port, place.credentials, place.is_tls)
    try:
        found = await find_path(door, patterns, lambda path: say(f"Trying the addresses of the common makers: {path}"), notebook)
    except StreamFailure as failure:
        return _failed(evidence, failure)
    if found is None:
        return Known(findings=[_no_path(len(patterns))])
    main, pattern = found
    sub = replace(main, path=pattern.sub) if pattern.sub else None
    try:
        has_sub = sub is not None and await has_stream(sub, place.credentials)
    except StreamFailure:
        has_sub = False
    return Known(Way.PATTERN, main, sub if has_sub else None)


async def _why_nothing_answers(place: Place) -> Known:
    """Name, way and port, as the doctor sees them."""
    evidence = _evidence(place, place.port or RTSP_PORTS[0])
    if is_numeric(place.host):
        evidence.lookup = Lookup((place.host,), 0)
    else:
        evidence.lookup = await contact.look_up(place.host, _CONNECT_S)
    if evidence.lookup.addresses:
        evidence.contact = await contact.reach(evidence.lookup.addresses, evidence.address.port, _CONNECT_S)
    findings = _judged(evidence)
    if all(finding.grade is not Grade.BAD for finding in findings):
        findings.append(_not_rtsp(evidence.address.port))
    return Known(findings=findings)


def _failed(evidence: Evidence, failure: StreamFailure) -> Known:
    evidence.failure = failure
    evidence.failed_check = culprit_of(failure, evidence)
    return Known(findings=_judged(evidence))


def _judged(evidence: Evidence) -> list[Finding]:
    return [finding for check in CHECKS_OF_A_STREAM.values() if (finding := check(evidence)) is not None]


def _evidence(place: Place, port: int) -> Evidence:
    address = StreamUrl("rtsps" if place.is_tls else "rtsp", place.host, port, "")
    return Evidence(address, place.credentials != Credentials(), False, "tcp", time.time_ns() // 1_000_000)


def _no_path(tried: int) -> Finding:
    return bad(
        "description",
        f"The camera has no stream at any of the {tried} usual addresses.",
        "It answers, but its maker put the stream somewhere else.",
        "Choose the maker, or look the RTSP address up in the manual or the camera's web page and enter it whole: rtsp://…",
    )


def _refused(*, has_login: bool) -> Finding:
    return bad(
        "login",
        "The camera refused the user name or password." if has_login else "The camera asks for a user name and a password.",
        "It speaks ONVIF, but does not let us in.",
        "Enter the login of the camera itself, not of its maker's app. Some makers have users of their own for ONVIF: add one there, or "
        "enter the camera's RTSP address whole.",
    )


def _no_streams(error: OnvifError) -> Finding:
    return bad(
        "onvif",
        str(error),
        "The camera speaks ONVIF, but does not tell its streams.",
        "Enter the camera's RTSP address whole: rtsp://… Its manual or web page names it.",
    )


def _not_rtsp(port: int) -> Finding:
    return bad(
        "rtsp",
        f"Something answers at port {port}, but it does not speak RTSP.",
        "That may be another device, or the camera's RTSP is at another port.",
        "Switch RTSP or ONVIF on in the camera, or enter its RTSP address whole: rtsp://…",
    )

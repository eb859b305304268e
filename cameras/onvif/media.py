"""What a device offers to be watched: its profiles with their streams, and single pictures.

Media 2 (profile T) is asked where there is one, for it alone tells of H.265; the older Media service (profile S) otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cameras.onvif.address import DeviceAddressError, reachable, reachable_stream
from cameras.onvif.answers import dig, items, number, text, whole
from cameras.onvif.client import OnvifClient
from cameras.onvif.errors import CameraRefuses, Malformed, NotOnvif, NotSupported, OnvifError
from cameras.stream_url import StreamUrl

_MOST_PROFILES = 32
_MOST_PICTURE_BYTES = 16 * 2**20
_CODECS = {"JPEG": "mjpeg", "H264": "h264", "H265": "h265", "HEVC": "h265", "MPEG4": "mpeg4", "MPV4-ES": "mpeg4"}
# A sub stream is for tiles: wide enough for half a screen, and really smaller than the main one.
_SUB_AT_MOST_PX = 1280 * 960
_RECORDABLE = ("h264", "h265", "mjpeg")


@dataclass(frozen=True, slots=True)
class OfferedStream:
    """One profile. Sizes and rates are what the camera is set to, 0 for what it doesn't tell; `codec` is "" then."""

    profile: str
    name: str
    url: StreamUrl
    codec: str = ""
    width_px: int = 0
    height_px: int = 0
    frames_per_s: float = 0.0
    bitrate_kbps: int = 0
    gop_frames: int = 0
    audio: str = ""
    source: str = ""
    has_ptz: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """As the device describes it, before its stream address is asked for."""

    token: str
    name: str
    codec: str
    width_px: int
    height_px: int
    frames_per_s: float
    bitrate_kbps: int
    gop_frames: int
    audio: str
    source: str
    ptz_node: str
    has_ptz: bool


async def profiles(client: OnvifClient) -> tuple[Profile, ...]:
    """Those with a picture. Raises OnvifError; Malformed when there is none."""
    await client.connect()
    found: list[Profile] = []
    failure: OnvifError | None = None
    for service in _services(client):
        try:
            found = [profile for profile in await _profiles_of(client, service) if profile.token]
        except (CameraRefuses, Malformed, NotOnvif, NotSupported) as error:
            failure = failure or error
        if found:
            return tuple(found[:_MOST_PROFILES])
    raise failure or Malformed("The camera offers no stream.")


async def offered_streams(client: OnvifClient) -> tuple[OfferedStream, ...]:
    """In the camera's order. A profile whose address can't be had is left out; raises OnvifError when none is left."""
    offered = []
    failure: OnvifError | None = None
    for profile in await profiles(client):
        try:
            url = await stream_address(client, profile.token)
        except (CameraRefuses, Malformed, NotSupported) as error:
            failure = failure or error
            continue
        offered.append(
            OfferedStream(
                profile=profile.token,
                name=profile.name,
                url=url,
                codec=profile.codec,
                width_px=profile.width_px,
                height_px=profile.height_px,
                frames_per_s=profile.frames_per_s,
                bitrate_kbps=profile.bitrate_kbps,
                gop_frames=profile.gop_frames,
                audio=profile.audio,
                source=profile.source,
                has_ptz=profile.has_ptz,
            )
        )
    if not offered:
        raise failure or Malformed("The camera offers no stream.")
    return tuple(offered)


def chosen_streams(offered: Iterable[OfferedStream]) -> tuple[OfferedStream, OfferedStream | None]:
    """Main and sub by size: the largest that can be recorded, and the largest of the others, of the same lens, that suits a tile."""
    usable = [stream for stream in offered if stream.codec in _RECORDABLE or not stream.codec] or list(offered)
    main = max(usable, key=lambda stream: (stream.width_px * stream.height_px, stream.codec != "mjpeg"))
    size_px = main.width_px * main.height_px
    others = [
        stream
        for stream in usable
        if stream.url != main.url
        and stream.source == main.source
        and 0 < stream.width_px * stream.height_px <= min(_SUB_AT_MOST_PX, size_px - 1)
    ]
    sub = max(others, key=lambda stream: (stream.codec != "mjpeg", stream.width_px * stream.height_px), default=None)
    return main, sub


async def stream_address(client: OnvifClient, profile: str) -> StreamUrl:
    """Without credentials, on the host that the person typed."""
    setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
    requests: dict[str, dict[str, Any]] = {
        "media2": {"Protocol": "RTSP", "ProfileToken": profile},
        "media": {"StreamSetup": setup, "ProfileToken": profile},
    }
    answer = await _first_answer(client, "GetStreamUri", requests)
    try:
        return reachable_stream(_uri(answer), client.address)
    except DeviceAddressError as error:
        raise Malformed("The camera gives no usable stream address.") from error


async def snapshot_address(client: OnvifClient, profile: str) -> str:
    """Where the device has a single picture: http, reachable from here, never with credentials."""
    params = {"ProfileToken": profile}
    answer = await _first_answer(client, "GetSnapshotUri", {"media2": params, "media": params})
    try:
        return reachable(_uri(answer), client.address)
    except DeviceAddressError as error:
        raise Malformed("The camera gives no usable address for a single picture.") from error


async def snapshot(client: OnvifClient, profile: str) -> bytes:
    """The device's own picture, a JPEG. Raises OnvifError."""
    picture = await client.fetch(await snapshot_address(client, profile), most_bytes=_MOST_PICTURE_BYTES)
    if not picture.startswith(b"\xff\xd8"):
        raise Malformed("What the camera gives as its picture is no JPEG.")
    return picture


def _services(client: OnvifClient) -> list[str]:
    return [service for service in ("media2", "media") if service in client.services] or ["media"]


async def _first_answer(client: OnvifClient, operation: str, requests: dict[str, dict[str, Any]]) -> Any:
    await client.connect()
    failure: OnvifError | None = None
    for service in _services(client):
        try:
            return await client.call(service, operation, requests[service])
        except (CameraRefuses, Malformed, NotOnvif, NotSupported) as error:
            failure = failure or error
    raise failure or NotSupported(f"The camera does not offer {operation}.")


def _uri(answer: Any) -> str:
    return text(answer, "Uri") or text(answer, "MediaUri", "Uri")


async def _profiles_of(client: OnvifClient, service: str) -> list[Profile]:
    if service == "media2":
        answer = await client.call(service, "GetProfiles", {"Type": ["All"]})
        return [_profile(each, dig(each, "Configurations"), _MEDIA2) for each in items(answer, "Profiles")]
    answer = await client.call(service, "GetProfiles")
    return [_profile(each, each, _MEDIA) for each in items(answer, "Profiles")]


_MEDIA = ("VideoEncoderConfiguration", "AudioEncoderConfiguration", "VideoSourceConfiguration", "PTZConfiguration")
_MEDIA2 = ("VideoEncoder", "AudioEncoder", "VideoSource", "PTZ")


def _profile(profile: Any, configurations: Any, names: tuple[str, str, str, str]) -> Profile:
    video, audio, source, ptz = (dig(configurations, name) for name in names)
    codec = text(video, "Encoding").upper()
    return Profile(
        token=text(profile, "token"),
        name=text(profile, "Name"),
        codec=_CODECS.get(codec, codec.lower()),
        width_px=max(0, whole(video, "Resolution", "Width") or 0),
        height_px=max(0, whole(video, "Resolution", "Height") or 0),
        frames_per_s=max(0.0, number(video, "RateControl", "FrameRateLimit") or 0.0),
        bitrate_kbps=max(0, whole(video, "RateControl", "BitrateLimit") or 0),
        gop_frames=max(0, whole(video, "GovLength") or whole(video, "H264", "GovLength") or 0),
        audio=text(audio, "Encoding"),
        source=text(source, "SourceToken"),
        ptz_node=text(ptz, "NodeToken"),
        has_ptz=ptz is not None,
    )

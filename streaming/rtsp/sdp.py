"""Session descriptions: what a camera says it sends, read and written.

RFC 4566 (SDP), RFC 2326 appendix C (its use in RTSP: control attributes), RFC 3551 (static payload types), RFC 6184, 7798 and 3640
(the fmtp parameters that hold parameter sets). Read line by line; a line that can't be understood is left out, because cameras write
many such lines.

What does not belong here: the codecs' own syntax (streaming/media), choosing among the media (client.py).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from streaming.media.packet import Codec

CODECS: Mapping[str, Codec] = MappingProxyType(
    {
        "H264": Codec.H264,
        "H265": Codec.H265,
        "HEVC": Codec.H265,  # some cameras name it so
        "JPEG": Codec.MJPEG,
        "MPEG4-GENERIC": Codec.AAC,
        "PCMA": Codec.PCMA,
        "PCMU": Codec.PCMU,
        "OPUS": Codec.OPUS,
    }
)
# RFC 3551, tables 4 and 5: encoding, clock rate, channels.
_STATIC_TYPES = {
    0: ("PCMU", 8000, 1),
    2: ("G721", 8000, 1),
    3: ("GSM", 8000, 1),
    4: ("G723", 8000, 1),
    5: ("DVI4", 8000, 1),
    8: ("PCMA", 8000, 1),
    9: ("G722", 8000, 1),
    10: ("L16", 44100, 2),
    11: ("L16", 44100, 1),
    14: ("MPA", 90000, 1),
    15: ("G728", 8000, 1),
    18: ("G729", 8000, 1),
    26: ("JPEG", 90000, 1),
    28: ("NV", 90000, 1),
    31: ("H261", 90000, 1),
    32: ("MPV", 90000, 1),
    33: ("MP2T", 90000, 1),
    34: ("H263", 90000, 1),
}
_AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_DIRECTIONS = ("sendonly", "recvonly", "sendrecv", "inactive")
_SCHEME = re.compile(r"^rtspu?s?://", re.IGNORECASE)
_MAX_MEDIA = 64
_MAX_LINES = 1000  # each is looked at several times for each format


class SdpError(ValueError):
    """The text is no session description."""


@dataclass(frozen=True, slots=True)
class MediaDescription:
    """One m= section, with the first of its formats that we know, else the first.

    `encoding` is the rtpmap's name in upper case ("" when the camera does not say), `parameters` the fmtp line with lower-case names.
    `control` is as written, resolved by `resolve_control`.
    """

    kind: str
    payload_type: int
    encoding: str
    clock_rate_hz: int
    channels: int = 1
    parameters: Mapping[str, str] = field(default_factory=dict)
    control: str = ""
    direction: str = ""  # sendonly: wants to be sent audio (an ONVIF back channel); "" when not said
    frame_size: str = ""  # "640,480" or "640-480", as framesize (3GPP TS 26.234) or x-dimensions tell it

    @property
    def codec(self) -> Codec | None:
        """None for an encoding we can't read."""
        return CODECS.get(self.encoding)

    @property
    def parameter_sets(self) -> tuple[bytes, ...]:
        """VPS, SPS, PPS from the fmtp line, without start codes; empty when the camera sends them in band only."""
        names = ("sprop-parameter-sets",) if self.codec is Codec.H264 else ("sprop-vps", "sprop-sps", "sprop-pps")
        sets = (_unbase64(part) for name in names for part in self.parameters.get(name, "").split(","))
        # Some cameras wrap them in Annex B start codes or end them in zeros.
        return tuple(nal for nal in (re.sub(rb"^\x00{2,3}\x01", b"", s).rstrip(b"\0") for s in sets) if nal)

    @property
    def config(self) -> bytes:
        """The AudioSpecificConfig of AAC, that of plain AAC-LC where a camera forgot it; empty for other codecs."""
        if self.codec is not Codec.AAC:
            return b""
        text = self.parameters.get("config", "").strip('"')
        if re.fullmatch(r"(?:[0-9A-Fa-f]{2}){2,64}", text):
            return bytes.fromhex(text)
        if self.clock_rate_hz not in _AAC_RATES:
            return b""
        # ISO/IEC 14496-3, 1.6.2.1: object type 2 (5 bits), rate index (4), channels (4)
        return (2 << 11 | _AAC_RATES.index(self.clock_rate_hz) << 7 | min(self.channels, 7) << 3).to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class SessionDescription:
    media: tuple[MediaDescription, ...]
    control: str = ""
    name: str = "stream"


def parse_sdp(data: bytes) -> SessionDescription:
    """Raises SdpError when there is no m= line, and for nothing else."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    sections: list[list[tuple[str, str]]] = [[]]
    for line in re.split(r"[\r\n]+", text)[:_MAX_LINES]:
        kind, equals, value = line.strip().partition("=")
        if equals and len(kind) == 1:
            if kind == "m":
                sections.append([])
            sections[-1].append((kind, value.strip()))
    head, *rest = sections
    media = tuple(found for found in map(_parse_media, rest[:_MAX_MEDIA]) if found is not None)
    if not media:
        raise SdpError("a session description without any media")
    return SessionDescription(media, _attribute(head, "control"), next((value for kind, value in head if kind == "s"), ""))


def build_sdp(description: SessionDescription, *, host: str, session_id: int) -> bytes:
    """What a server answers to DESCRIBE; parse_sdp reads it back to the same values."""
    version = "IP6" if ":" in host else "IP4"
    any_address = "::" if ":" in host else "0.0.0.0"  # noqa: S104 - RFC 2326, C.1.7: no address, not one to bind to
    lines = [
        "v=0",
        f"o=- {session_id} 1 IN {version} {host}",
        f"s={description.name or '-'}",
        f"c=IN {version} {any_address}",
        "t=0 0",
    ]
    if description.control:
        lines.append(f"a=control:{description.control}")
    for media in description.media:
        channels = f"/{media.channels}" if media.channels > 1 else ""
        lines += [
            f"m={media.kind} 0 RTP/AVP {media.payload_type}",
            f"a=rtpmap:{media.payload_type} {media.encoding}/{media.clock_rate_hz}{channels}",
        ]
        if media.parameters:
            lines.append(f"a=fmtp:{media.payload_type} " + ";".join(f"{k}={v}" if v else k for k, v in media.parameters.items()))
        if media.frame_size:
            lines.append(f"a=framesize:{media.payload_type} {media.frame_size}")
        if media.direction:
            lines.append(f"a={media.direction}")
        if media.control:
            lines.append(f"a=control:{media.control}")
    return "\r\n".join([*lines, ""]).encode()


def sprop(nals: tuple[bytes, ...]) -> str:
    """NAL units as an fmtp line writes them."""
    return ",".join(base64.b64encode(nal).decode("ascii") for nal in nals)


def resolve_base(request_url: str, content_base: str, content_location: str, session_control: str) -> str:
    """The address that stands for the whole session in PLAY, keepalive and TEARDOWN (RFC 2326, C.1.1 and C.1.3)."""
    base = next((url.strip() for url in (content_base, content_location) if _SCHEME.match(url.strip())), request_url)
    return session_control if _SCHEME.match(session_control) else base


def resolve_control(base: str, control: str) -> str:
    """The address for SETUP of one medium.

    Not RFC 3986: cameras expect the control attribute behind the whole base, query included, with one slash between
    ("rtsp://host/cam?channel=1/trackID=1"), as FFmpeg and live555 have always sent it.
    """
    if control in ("", "*"):
        return base
    if _SCHEME.match(control):
        return control
    if control.startswith("?"):
        return base + control
    return base.rstrip("/") + "/" + control.lstrip("/")


def _parse_media(lines: list[tuple[str, str]]) -> MediaDescription | None:
    words = lines[0][1].split()
    types = [int(word) for word in words[3:] if word.isascii() and word.isdecimal() and len(word) <= 3 and int(word) < 128]
    if not types:
        return None
    kind = words[0].lower()
    found = [_format(kind, number, lines) for number in types[:16]]
    return next((media for media in found if media.codec is not None), found[0])


def _format(kind: str, number: int, lines: list[tuple[str, str]]) -> MediaDescription:
    encoding, clock_rate_hz, channels = _STATIC_TYPES.get(number, ("", 90_000 if kind == "video" else 8000, 1))
    mapping = re.match(r"([\w.+-]+)\s*(?:/\s*(\d{1,9}))?\s*(?:/\s*(\d{1,3}))?", _numbered(lines, "rtpmap", number))
    if mapping:
        encoding = mapping[1].upper()
        clock_rate_hz = int(mapping[2] or 0) or clock_rate_hz
        channels = int(mapping[3] or 0) or 1
    parameters: dict[str, str] = {}
    for part in _numbered(lines, "fmtp", number).split(";"):
        name, _, value = part.partition("=")
        if name.strip():
            parameters.setdefault(name.strip().lower(), value.strip())
    direction = next((value.lower() for key, value in lines if key == "a" and value.lower() in _DIRECTIONS), "")
    frame_size = _numbered(lines, "framesize", number) or _attribute(lines, "x-dimensions")
    return MediaDescription(
        kind, number, encoding, clock_rate_hz, channels, parameters, _attribute(lines, "control"), direction, frame_size.replace(" ", "")
    )


def _attribute(lines: list[tuple[str, str]], name: str) -> str:
    for kind, value in lines:
        key, _, rest = value.partition(":")
        if kind == "a" and key.strip().lower() == name:
            return rest.strip()
    return ""


def _numbered(lines: list[tuple[str, str]], name: str, number: int) -> str:
    """The text behind "a=name:number "."""
    for kind, value in lines:
        match = re.match(rf"{name}\s*:\s*{number}\s+(.*)$", value, re.IGNORECASE)
        if kind == "a" and match:
            return match[1]
    return ""


def _unbase64(text: str) -> bytes:
    """Padding may be missing or too much; empty for what is no base64."""
    bare = text.strip().rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""

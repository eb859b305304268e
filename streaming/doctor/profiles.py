"""What a video track's sequence parameter set says in words of a camera's settings page. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from streaming.media import h264, h265
from streaming.media.packet import Codec, VideoTrack

CODEC_NAMES = {
    Codec.H264: "H.264",
    Codec.H265: "H.265",
    Codec.MJPEG: "MJPEG",
    Codec.AAC: "AAC",
    Codec.PCMA: "G.711 A-law",
    Codec.PCMU: "G.711 µ-law",
    Codec.OPUS: "Opus",
}
# ITU-T H.264, annex A.2; H.265, annex A.3.
_H264 = {66: "Baseline", 77: "Main", 88: "Extended", 100: "High", 110: "High 10", 122: "High 4:2:2", 244: "High 4:4:4"}
_H265 = {1: "Main", 2: "Main 10", 3: "Main Still Picture", 4: "Range Extensions"}


@dataclass(frozen=True, slots=True)
class Profile:
    """`is_usual`: 8 bits and 4:2:0, which is all that browsers decode."""

    name: str
    level: str
    is_usual: bool


def profile_of(track: VideoTrack) -> Profile:
    """The track's SPS has been parsed before, so it can be. Empty names for MJPEG."""
    if track.codec is Codec.H264:
        sps = h264.parse_sps(next(nal for nal in track.parameter_sets if h264.nal_type(nal) == h264.SPS))
        name, level = _H264.get(sps.profile_idc, f"profile {sps.profile_idc}"), sps.level_idc / 10
        return Profile(name, f"{level:g}", sps.bit_depth_luma == sps.bit_depth_chroma == 8 and sps.chroma_format_idc == 1)
    if track.codec is Codec.H265:
        found = h265.parse_sps(next(nal for nal in track.parameter_sets if h265.nal_type(nal) == h265.SPS))
        name, level = _H265.get(found.profile_idc, f"profile {found.profile_idc}"), found.level_idc / 30
        return Profile(name, f"{level:g}", found.bit_depth_luma == found.bit_depth_chroma == 8 and found.chroma_format_idc == 1)
    return Profile("", "", True)

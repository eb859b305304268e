"""Stream addresses of the common makers, for devices without ONVIF: a table, and in which order to try it. Pure.

Where a pattern comes from stands beside it. Most small brands are made by one of a few: EZVIZ, HiLook, Annke and LTS by Hikvision; Amcrest,
Lorex and Imou by Dahua. `{username}` and `{password}` are put in when the stream is opened (cameras/stream_url.py), never stored there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# A camera may lock an account, or its web server, when too much is asked of it.
MOST_TRIED = 24


@dataclass(frozen=True, slots=True)
class Pattern:
    """Two streams of one device, `sub` empty where the maker has none."""

    main: str
    sub: str = ""


@dataclass(frozen=True, slots=True)
class Maker:
    """`signs` are parts of what such a device calls itself, in lower case. `hint`: what an owner has to do on the device first."""

    key: str
    name: str
    patterns: tuple[Pattern, ...]
    signs: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    hint: str = ""


MAKERS: tuple[Maker, ...] = (
    Maker(
        "hikvision",
        "Hikvision",
        (
            # ISAPI developer guide: channel 1, stream type 01 main, 02 sub
            Pattern("/Streaming/Channels/101", "/Streaming/Channels/102"),
            # firmware before 2012, and EZVIZ
            Pattern("/h264/ch1/main/av_stream", "/h264/ch1/sub/av_stream"),
        ),
        ("hikvision", "hik", "ezviz", "annke", "hilook", "ds-2"),
        ("EZVIZ", "HiLook", "Annke", "LTS", "Hiwatch"),
        "ONVIF is off until you switch it on (Network → Advanced → Integration Protocol) and add a user there. EZVIZ: user name admin, and "
        "the code on the label as password.",
    ),
    Maker(
        "dahua",
        "Dahua",
        # Dahua HTTP API, 4.1.1 “Get real-time stream”; Amcrest and Lorex publish the same
        (Pattern("/cam/realmonitor?channel=1&subtype=0", "/cam/realmonitor?channel=1&subtype=1"),),
        ("dahua", "amcrest", "lorex", "imou", "ipc-h", "dh-"),
        ("Amcrest", "Lorex", "Imou", "Q-See"),
        "Imou: the password is the safety code on the label, with user name admin.",
    ),
    Maker(
        "reolink",
        "Reolink",
        (
            # Reolink support, “Introduction to RTSP”: H.264 models, newer firmware, 4K models in H.265
            Pattern("/h264Preview_01_main", "/h264Preview_01_sub"),
            Pattern("/Preview_01_main", "/Preview_01_sub"),
            Pattern("/h265Preview_01_main", "/h264Preview_01_sub"),
        ),
        ("reolink", "rlc-", "rln"),
        (),
        "RTSP and ONVIF are off on many models: Settings → Network → Advanced → Port settings. Battery cameras have neither.",
    ),
    Maker(
        "tapo",
        "TP-Link Tapo and VIGI",
        # TP-Link FAQ 2680 (Tapo) and the VIGI user guide: stream1 high, stream2 low
        (Pattern("/stream1", "/stream2"),),
        ("tapo", "vigi", "tp-link", "tplink"),
        ("Tapo", "VIGI", "Kasa"),
        "Tapo wants a “camera account” of its own: Tapo app → camera → Settings → Advanced → Camera Account. The TP-Link login is another.",
    ),
    Maker(
        "axis",
        "Axis",
        # VAPIX “Video streaming over RTSP”: parameters choose codec and size
        (Pattern("/axis-media/media.amp?videocodec=h264", "/axis-media/media.amp?videocodec=h264&resolution=640x360"),),
        ("axis",),
        (),
        "ONVIF users are separate from the others: System → Accounts → ONVIF accounts.",
    ),
    Maker(
        "hanwha",
        "Hanwha Vision (Wisenet, Samsung)",
        (
            # SUNAPI “Video streaming”: profile numbers; 2 is H.264 by default, 3 or 4 smaller ones
            Pattern("/profile2/media.smp", "/profile3/media.smp"),
            Pattern("/onvif/profile2/media.smp", "/onvif/profile3/media.smp"),
        ),
        ("hanwha", "wisenet", "samsung", "techwin"),
        ("Wisenet", "Samsung Techwin"),
    ),
    Maker(
        "uniview",
        "Uniview",
        (
            # Uniview support, “RTSP URL of IPC” and “… of NVR”
            Pattern("/media/video1", "/media/video2"),
            Pattern("/unicast/c1/s0/live", "/unicast/c1/s1/live"),
        ),
        ("uniview", "unv", "ipc3"),
        ("UNV", "Alibi"),
    ),
    Maker(
        "bosch",
        "Bosch",
        # Bosch “RTSP usage with Bosch Video IP Devices”: inst is the stream
        (Pattern("/rtsp_tunnel?inst=1", "/rtsp_tunnel?inst=2"), Pattern("/?inst=1", "/?inst=2")),
        ("bosch", "flexidome", "dinion", "autodome"),
    ),
    Maker(
        "foscam",
        "Foscam",
        (
            # Foscam FAQ, “How to get RTSP of Foscam HD cameras”; on most models at port 88, which is that of its web page
            Pattern("/videoMain", "/videoSub"),
        ),
        ("foscam",),
    ),
    Maker(
        "vivotek",
        "Vivotek",
        # Vivotek “RTSP URL” support notes; live1s1 on newer firmware
        (Pattern("/live.sdp", "/live2.sdp"), Pattern("/live1s1.sdp", "/live1s2.sdp")),
        ("vivotek",),
    ),
    Maker(
        "ubiquiti",
        "Ubiquiti UniFi and airCam",
        # airCam and UVC in standalone mode: s0 high to s2 low
        (Pattern("/s0", "/s2"), Pattern("/live/ch00_0", "/live/ch00_1")),
        ("ubiquiti", "unifi", "ubnt", "uvc", "aircam"),
        (),
        "UniFi Protect gives each camera an address of its own: Protect → camera → Settings → Advanced → RTSP; paste that one here.",
    ),
    Maker(
        "xiongmai",
        "Xiongmai (XM) and its many names",
        # XM “RTSP protocol” note: the login is part of the path
        (
            Pattern(
                "/user={username}&password={password}&channel=1&stream=0.sdp?real_stream",
                "/user={username}&password={password}&channel=1&stream=1.sdp?real_stream",
            ),
        ),
        ("xiongmai", "h264dvr", "netsurveillance"),
        ("Sannce", "ZOSI", "Jooan", "Besder", "CamHi"),
    ),
    Maker(
        "sony",
        "Sony",
        # Sony SNC “RTSP command”: video1 to video3
        (Pattern("/media/video1", "/media/video2"),),
        ("sony", "snc-"),
    ),
    Maker(
        "panasonic",
        "Panasonic i-PRO",
        # i-PRO “CGI command interface”: stream numbers
        (Pattern("/MediaInput/h264/stream_1", "/MediaInput/h264/stream_2"),),
        ("panasonic", "i-pro", "ipro"),
    ),
    Maker(
        "dlink",
        "D-Link",
        # D-Link FAQ, “What is the RTSP path of my camera”
        (Pattern("/live1.sdp", "/live2.sdp"), Pattern("/play1.sdp", "/play2.sdp")),
        ("d-link", "dlink", "dcs-"),
    ),
    Maker(
        "mobotix",
        "Mobotix",
        # Mobotix “RTSP” compact guide
        (Pattern("/mobotix.h264"), Pattern("/stream0/mobotix.h264", "/stream1/mobotix.h264")),
        ("mobotix",),
    ),
    Maker(
        "eufy",
        "eufy",
        # eufy support, “NAS (RTSP)”
        (Pattern("/live0"),),
        ("eufy", "anker"),
        (),
        "Switch “NAS (RTSP)” on in the eufy Security app; only some models have it.",
    ),
    Maker(
        "other",
        "Another, or none of these",
        # chips of Hisilicon, Ingenic, Goke and Anyka as their makers' kits ship them; OpenIPC; go2rtc and MediaMTX users
        (
            Pattern("/11", "/12"),
            Pattern("/live/main", "/live/sub"),
            Pattern("/ch0_0.h264", "/ch0_1.h264"),
            Pattern("/stream=0", "/stream=1"),
            Pattern("/live"),
            Pattern("/cam"),
            Pattern(""),
        ),
    ),
)
_BY_KEY = {maker.key: maker for maker in MAKERS}


def makers_named(words: Iterable[str]) -> list[Maker]:
    """Whose device it may be, by what it calls itself: maker, model, server."""
    text = " ".join(words).lower()
    return [maker for maker in MAKERS if any(sign in text for sign in maker.signs)]


def candidates(words: Iterable[str] = (), chosen: str = "") -> list[Pattern]:
    """What to try, in this order: the chosen maker's, those of the makers named, then all others; at most MOST_TRIED, none twice."""
    order = [*([_BY_KEY[chosen]] if chosen in _BY_KEY else []), *makers_named(words), *MAKERS]
    return list(dict.fromkeys(pattern for maker in order for pattern in maker.patterns))[:MOST_TRIED]


def hint_of(words: Iterable[str], chosen: str = "") -> str:
    """What an owner has to do on the device first, if its maker is known and wants anything done."""
    known = [*([_BY_KEY[chosen]] if chosen in _BY_KEY else []), *makers_named(words)]
    return next((maker.hint for maker in known if maker.hint), "")


def sub_paths(main: str) -> Iterator[str]:
    """Where the smaller stream of a device may be whose main stream is at this path."""
    seen = set()
    for maker in MAKERS:
        for pattern in maker.patterns:
            if pattern.main == main and pattern.sub and pattern.sub not in seen:
                seen.add(pattern.sub)
                yield pattern.sub
